"""What the pipeline is given and hands out: examinations, and drafts of reports as they grow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gaze2report_core.findings import Finding
from gaze2report_core.findings.incidental import IncidentalFinding
from gaze2report_core.findings.laterality import Told
from gaze2report_core.gaze import Scanpath
from gaze2report_core.generation import DecodingSettings
from gaze2report_core.imaging import Radiograph, View

Gaze = Scanpath | Literal["predicted"] | None
"""A scanpath that was recorded or edited, the model's own prediction, or no gaze at all."""

NO_FRONTAL = "There is no frontal film: the lateral film alone is read, without gaze."


class WithoutFindings(ValueError):
    """Findings were asked of a model that has no classifier of findings."""


class WithoutTower(ValueError):
    """One tower of the classifier of findings was asked for that it does not have."""


class WithoutIndications(ValueError):
    """An indication was given to a model that never read one in training."""


@dataclass(frozen=True)
class Examination:
    """What a report is written of: a frontal film, a lateral one, or both, and what is known beside them.

    A film that is lateral by its header or its looks, given alone, is the lateral one.

    Parameters
    ----------
    indication
        Why the films were taken, in words; it is told to the language model alone, not to gaze or findings.
    confirmed
        What the reader confirmed (true) or rejected (false): the prompt follows the reader there.
    tower
        Of the towers of the classifier of findings the only one that is heard; all by default. Each was trained without
        one fold of its collection (`fold_of`), so that a study it was fitted on can be read as if it were new.
    """

    frontal: Radiograph | None
    lateral: Radiograph | None = None
    indication: str = field(default="", repr=False)  # the reader's words on a patient must not come into a log
    confirmed: Mapping[Finding, bool] = field(default_factory=dict)
    tower: int | None = None

    def __post_init__(self) -> None:
        if self.frontal is None and self.lateral is None:
            raise ValueError("A study needs a frontal or a lateral film.")
        if self.frontal is not None and self.frontal.view is View.LATERAL and self.lateral is None:
            object.__setattr__(self, "lateral", self.frontal)
            object.__setattr__(self, "frontal", None)

    @classmethod
    def of(cls, given: "FilmOrExamination") -> "Examination":
        """An examination as it is, or that of a single film."""
        return given if isinstance(given, Examination) else cls(given)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be said of the films, each thing once."""
        of_films = [warning for film in (self.frontal, self.lateral) if film is not None for warning in film.warnings]
        return tuple(dict.fromkeys([*of_films, *([NO_FRONTAL] if self.frontal is None else [])]))


FilmOrExamination = Radiograph | Examination
"""A film alone will do where nothing is known beside it."""


@dataclass(frozen=True)
class Draft:
    """One report so far.

    `scanpath` is the gaze it was written with, or nothing where it was written without; `found` are the findings that
    its prompt named, each with its sides, or nothing where the model is told of none. In keyword mode,
    `structured_prompt` lays out the keywords by region, a line each. `incidental` findings are those that are mentioned
    beside, or nothing where nothing is known of such.
    """

    text: str
    finished: bool
    scanpath: Scanpath | None
    settings: DecodingSettings
    warnings: tuple[str, ...] = ()
    found: Told | None = None
    structured_prompt: str | None = None
    incidental: frozenset[IncidentalFinding] | None = None

    def told(self) -> dict[str, Any]:
        """What the prompt named, ready for JSON: findings in order, and the sides of each; and incidental findings."""
        incidental = self.incidental
        beside = {"incidental": None if incidental is None else [one.value for one in sorted(incidental)]}
        if self.found is None:
            return {"findings_prompt": None, "sides_told": None} | beside
        return {
            "findings_prompt": [finding.value for finding in self.found],
            "sides_told": {finding.value: sorted(sides) for finding, sides in self.found.items()},
        } | beside


@dataclass(frozen=True)
class Comparison:
    """Two reports so far, with gaze and without, from one batched decoding loop under the same settings."""

    gaze_on: str
    gaze_off: str
    finished: bool
    scanpath: Scanpath
    settings: DecodingSettings
