"""What the pipeline is given and hands out: examinations, and drafts of reports as they grow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.films.places import doubts_about, in_their_places
from gaze2report_core.findings import FINDINGS, Finding, Laterality
from gaze2report_core.findings.labelling.incidental import IncidentalFinding
from gaze2report_core.findings.revision.laterality import Told
from gaze2report_core.findings.vocabulary import may_have_side
from gaze2report_core.gaze import Scanpath
from gaze2report_core.imaging import Radiograph

Gaze = Scanpath | Literal["predicted"] | None
"""A scanpath that was recorded or edited, the model's own prediction, or no gaze at all."""

LONGEST_READING = 3600.0
"""Seconds. Models have seen readings of some seconds, and write nonsense for what is in another unit."""

NO_FRONTAL = "There is no frontal film: the lateral film alone is read, without gaze."


class GazeTooLong(ValueError):
    """Gaze was given that lasts longer than anybody reads a film, so that its durations are in another unit."""


class WithoutFindings(ValueError):
    """Findings were asked of a model that has no classifier of findings."""


class WithoutTower(ValueError):
    """One tower of the classifier of findings was asked for that it does not have."""


class WithoutIndications(ValueError):
    """An indication was given to a model that never read one in training."""


@dataclass(frozen=True)
class Examination:
    """What a report is written of: a frontal film, a lateral one, or both, and what is known beside them.

    A film that is lateral by its header or its looks, given alone, is the lateral one. Two whose headers say that each
    was given as the other are exchanged, with a warning: gaze lies on `frontal` as it is then.

    Parameters
    ----------
    frontal
        The film on which gaze lies; None where there is a lateral one alone.
    lateral
        The film from the side, if there is one; it is read without gaze.
    indication
        Why the films were taken, in words; it is told to the language model alone, not to gaze or findings.
    confirmed
        What the reader confirmed (true) or rejected (false): the prompt follows the reader there.
    tower
        Of the towers of the classifier of findings the only one that is heard; all by default. Each was trained without
        one fold of its collection (`fold_of`). Encoder and deep tower are heard all the same, so that only studies that
        they were trained without, too, can be read as if they were new.
    may_exchange
        False where gaze lies on the film given as the frontal already, as before a reader's eyes: then both stay.
    sides
        On which side of the patient the reader sees findings, where not as the classifier says: `"right"`, `"left"`,
        `"both"`, or `"none"` where none is meant. Whoever says a side confirms the finding.

    Raises
    ------
    TypeError
        For a film that is no `Radiograph`, or an indication that is no text.
    ValueError
        Without a film, when something is confirmed that is none of the 14 findings, or when a side is said of a finding
        that is rejected or has none.
    """

    frontal: Radiograph | None
    lateral: Radiograph | None = None
    indication: str = field(default="", repr=False)  # the reader's words on a patient must not come into a log
    confirmed: Mapping[Finding, bool] = field(default_factory=dict)
    tower: int | None = None
    may_exchange: bool = True
    sides: Mapping[Finding, Laterality] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.frontal is None and self.lateral is None:
            raise ValueError("A study needs a frontal or a lateral film.")
        given = (None if film is None else checked_film(film) for film in (self.frontal, self.lateral))
        frontal, lateral = in_their_places(*given, may_exchange=self.may_exchange)
        object.__setattr__(self, "frontal", frontal)
        object.__setattr__(self, "lateral", lateral)
        checked_text(self.indication, "The indication")
        sides = _sides_by_finding(self.sides)
        confirmed = _by_finding(self.confirmed)
        if rejected := [finding.value for finding in sides if not confirmed.get(finding, True)]:
            raise ValueError(f"What is rejected is on no side: leave the side of {', '.join(rejected)} out.")
        object.__setattr__(self, "confirmed", confirmed | dict.fromkeys(sides, True))
        object.__setattr__(self, "sides", sides)

    @classmethod
    def of(cls, given: "FilmOrExamination") -> "Examination":
        """An examination as it is, or that of a single film; raises TypeError for what is neither."""
        return given if isinstance(given, Examination) else cls(given)

    @property
    def films(self) -> tuple[Radiograph, ...]:
        """The one or two films that there are, the frontal first."""
        return tuple(film for film in (self.frontal, self.lateral) if film is not None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be said of the films, each thing once."""
        of_films = [warning for film in self.films for warning in film.warnings]
        of_places = [*doubts_about(self.frontal, self.lateral), *([NO_FRONTAL] if self.frontal is None else [])]
        return tuple(dict.fromkeys([*of_films, *of_places]))


FilmOrExamination = Radiograph | Examination
"""A film alone will do where nothing is known beside it."""


def checked_text(given: object, what: str) -> None:
    """Raise TypeError for what is no text, and ValueError for what cannot be written in UTF-8, which no model reads."""
    if not isinstance(given, str):
        raise TypeError(f"{what} must be text: leave it out where there is none.")
    try:
        given.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{what} holds half of a letter, which is no text in UTF-8: type it again.") from None


def checked_film(given: object) -> Radiograph:
    """The film itself; raises TypeError for what is none, such as the path of one."""
    if not isinstance(given, Radiograph):
        raise TypeError("A film must be a Radiograph, as the pipeline's `read` makes it of a file.")
    return given


def checked_gaze(given: object) -> None:
    """Raise ValueError for what is no `Gaze`, and GazeTooLong for a scanpath that lasts longer than anybody reads."""
    if not (given is None or isinstance(given, Scanpath) or (isinstance(given, str) and given == "predicted")):
        raise ValueError('Gaze must be a Scanpath, "predicted", or None to read without.')
    if isinstance(given, Scanpath) and given.total_duration > LONGEST_READING:
        raise GazeTooLong("This gaze lasts for more than an hour. Give durations in seconds: these may be others.")


def _by_finding(confirmed: Mapping[Finding, bool]) -> dict[Finding, bool]:
    """The same under findings, where names of them were given; raises ValueError for a name that is none."""
    try:
        return {Finding(name): judged for name, judged in confirmed.items()}
    except ValueError:
        known = ", ".join(finding.value for finding in FINDINGS)
        raise ValueError(f"What is confirmed or rejected must be one of these: {known}.") from None


def _sides_by_finding(said: Mapping[Finding, Laterality]) -> dict[Finding, Laterality]:
    """The same under findings, where words were given; raises ValueError for what is no side, or has none."""
    try:
        sides = {Finding(name): Laterality(side) for name, side in said.items()}
    except ValueError:
        known, words = (", ".join(one.value for one in kind) for kind in (Finding, Laterality))
        raise ValueError(f"A side is one of {words}, and said of one of these: {known}.") from None
    if without := [finding.value for finding in sides if not may_have_side(finding)]:
        raise ValueError(f"A side of {', '.join(without)} would say nothing: leave it out.")
    return sides


@dataclass(frozen=True)
class Draft:
    """One report so far.

    `scanpath` is the gaze that was predicted or given, or nothing where there was none; one that lasts no time, as
    where its last fixation was deleted, stands here too, though the model then writes as it does without gaze. `told`
    are the findings that its prompt named, each with its sides, or nothing where the model is told of none. In keyword
    mode, `structured_prompt` lays out the keywords by region, a line each. `incidental` findings are those that are
    mentioned beside, or nothing where nothing is known of such.
    """

    text: str
    finished: bool
    scanpath: Scanpath | None
    settings: DecodingSettings
    warnings: tuple[str, ...] = ()
    told: Told | None = None
    structured_prompt: str | None = None
    incidental: frozenset[IncidentalFinding] | None = None

    def __repr__(self) -> str:
        """What the draft is, in a line, without its text: a report must not come into a log."""
        gaze = "no gaze" if self.scanpath is None else self.scanpath
        return f"Draft({_length_of(self.text)}, {_so_far(self.finished)}, {gaze}, {self.settings.method})"

    def prompt_to_dict(self) -> dict[str, Any]:
        """What the prompt named, ready for JSON: findings in order, and the sides of each; and incidental findings."""
        incidental = self.incidental
        beside = {"incidental": None if incidental is None else [one.value for one in sorted(incidental)]}
        if self.told is None:
            return {"findings_prompt": None, "sides_told": None} | beside
        return {
            "findings_prompt": [finding.value for finding in self.told],
            "sides_told": {finding.value: sorted(sides) for finding, sides in self.told.items()},
        } | beside


@dataclass(frozen=True)
class Comparison:
    """Two reports so far, with gaze and without, from one batched decoding loop under the same settings."""

    gaze_on: str
    gaze_off: str
    finished: bool
    scanpath: Scanpath
    settings: DecodingSettings

    def __repr__(self) -> str:
        """What both drafts are, in a line, without their texts."""
        lengths = f"{_length_of(self.gaze_on)} with gaze, {_length_of(self.gaze_off)} without"
        return f"Comparison({lengths}, {_so_far(self.finished)}, {self.scanpath}, {self.settings.method})"


def _length_of(text: str) -> str:
    words = len(text.split())
    return "1 word" if words == 1 else f"{words} words"


def _so_far(finished: bool) -> str:
    return "finished" if finished else "unfinished"
