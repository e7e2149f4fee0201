"""What comes out of a gaze file: one recording, a named one of many, or a refusal."""

from dataclasses import dataclass
from typing import NamedTuple

from gaze2report_core.gaze.scanpath import Scanpath


class RecordingRefused(ValueError):
    """A recording that cannot be used; the message says what was found and what is expected."""


class TooManyFixations(RecordingRefused):
    """One recording with more fixations than were to be taken."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The gaze file holds more than {most:,} fixations of one recording, more than a reading of a film has. "
            "These may be samples of the eye tracker: give the fixations that they make."
        )


class SeveralRecordings(RecordingRefused):
    """A file with more than one recording that could be meant; `names` are what each may be asked for by."""

    def __init__(self, sentence: str, names: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.names = names


class UnknownRecording(SeveralRecordings):
    """None of a file's recordings has the name that was asked for; `names` are those that there are."""


def refuse_too_many(fixations: int, most: int | None) -> None:
    """Raise TooManyFixations when there are more than `most`; None takes all."""
    if most is not None and fixations > most:
        raise TooManyFixations(most)


class FilmSize(NamedTuple):
    """A film's columns and rows, which places in pixels are divided by."""

    width: int
    height: int


@dataclass(frozen=True)
class Recording:
    """The gaze of one reading of one film.

    Parameters
    ----------
    scanpath
        The fixations on the film, in the order in which they were made.
    format_name
        The format that the file was recognised as.
    dropped
        How many fixations (of raw gaze: samples) were left out, because they lay off the film or no eye was seen.
    notes
        Sentences on what was left out or assumed, for the person who chose the file.
    """

    scanpath: Scanpath
    format_name: str
    dropped: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class NamedRecording:
    """One recording of a data set: the film's name there, and what was looked for and the split where it says so."""

    film: str
    finding: str | None
    split: str | None
    scanpath: Scanpath
