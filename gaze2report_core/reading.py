"""What the pipeline is given and hands out: films, and drafts of reports as they grow."""

from dataclasses import dataclass, field

from gaze2report_core.findings.laterality import Told
from gaze2report_core.gaze import Scanpath
from gaze2report_core.generation import DecodingSettings
from gaze2report_core.imaging import Radiograph, View


class WithoutFindings(ValueError):
    """Findings were asked of a model that has no classifier of findings."""


class WithoutIndications(ValueError):
    """An indication was given to a model that never read one in training."""


@dataclass(frozen=True)
class Films:
    """The films of one study: a frontal one, a lateral one, or both; and why they were taken, where that is given."""

    frontal: Radiograph | None
    lateral: Radiograph | None = None
    indication: str = field(default="", repr=False)  # the reader's words on a patient must not come into a log

    def __post_init__(self) -> None:
        if self.frontal is None and self.lateral is None:
            raise ValueError("A study needs a frontal or a lateral film.")

    @classmethod
    def given(cls, radiograph: Radiograph, lateral: Radiograph | None, indication: str = "") -> "Films":
        """A film and maybe a lateral one; a film whose header calls it lateral, given alone, is read as one."""
        if lateral is None and radiograph.view is View.LATERAL:
            return cls(None, radiograph, indication)
        return cls(radiograph, lateral, indication)


@dataclass(frozen=True)
class Draft:
    """One report so far.

    `scanpath` is the gaze it was written with, or nothing where it was written without; `found` are the findings that
    its prompt named, each with its sides, or nothing where the model is told of none. In keyword mode,
    `structured_prompt` lays out the keywords by region, a line each.
    """

    text: str
    finished: bool
    scanpath: Scanpath | None
    settings: DecodingSettings
    warnings: tuple[str, ...] = field(default=())
    found: Told | None = None
    structured_prompt: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Two reports so far, with gaze and without, from one batched decoding loop under the same settings."""

    gaze_on: str
    gaze_off: str
    finished: bool
    scanpath: Scanpath
    settings: DecodingSettings
