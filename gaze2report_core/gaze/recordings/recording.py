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


MOST_RECORDINGS = 20_000
"""In one file. The largest data sets have some thousands, and each takes its share of memory however short it is."""


MOST_COLUMNS = 10_000
"""Of a table. Tobii's exports have some hundred, and one more for each area of interest of each film."""


class Limits(NamedTuple):
    """How much of a file is taken; None takes all.

    Parameters
    ----------
    fixations
        Of one recording.
    rows
        Of a whole table; of JSON, objects and lists.
    """

    fixations: int | None = None
    rows: int | None = None

    def refuse_more_fixations(self, count: int) -> None:
        """Raise TooManyFixations for one recording with so many."""
        if self.fixations is not None and count > self.fixations:
            raise TooManyFixations(self.fixations)

    def refuse_more_rows(self, count: int) -> None:
        """Raise RecordingRefused for a file with so many."""
        if self.rows is not None and count > self.rows:
            raise RecordingRefused(
                f"The gaze file has more than {self.rows:,} rows or entries, more than are read here. "
                "Export the recording of this film alone."
            )


WITHOUT_LIMITS = Limits()


def refuse_more_recordings(count: int) -> None:
    """Raise RecordingRefused for a file with so many."""
    if count > MOST_RECORDINGS:
        raise RecordingRefused(
            f"The gaze file has more than {MOST_RECORDINGS:,} recordings, more than any data set. "
            "Check that the column of films names films, or give the recording of one film alone."
        )


def refuse_more_columns(count: int) -> None:
    """Raise RecordingRefused for a table with so many."""
    if count > MOST_COLUMNS:
        raise RecordingRefused(
            f"The gaze file has more than {MOST_COLUMNS:,} columns, more than any eye tracker writes. "
            "Export the columns of time, places and durations alone."
        )


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
    notes
        Sentences on what was left out or assumed, for the person who chose the file: how many fixations (of raw gaze:
        samples) lay off the film, or were seen by no eye.
    """

    scanpath: Scanpath
    notes: tuple[str, ...]


@dataclass(frozen=True)
class NamedRecording:
    """One recording of a data set: the film's name there, and what was looked for and the split where it says so."""

    film: str
    finding: str | None
    split: str | None
    scanpath: Scanpath
