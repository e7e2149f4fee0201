"""What the pipeline hands out: drafts of reports as they grow."""

from dataclasses import dataclass, field

from gaze2report_core.findings import Finding
from gaze2report_core.gaze import Scanpath
from gaze2report_core.generation import DecodingSettings
from gaze2report_core.imaging import Radiograph, View


@dataclass(frozen=True)
class Films:
    """The films of one study: a frontal one, a lateral one, or both."""

    frontal: Radiograph | None
    lateral: Radiograph | None = None

    def __post_init__(self) -> None:
        if self.frontal is None and self.lateral is None:
            raise ValueError("A study needs a frontal or a lateral film.")

    @classmethod
    def given(cls, radiograph: Radiograph, lateral: Radiograph | None) -> "Films":
        """A film and maybe a lateral one; a film whose header calls it lateral, given alone, is read as one."""
        if lateral is None and radiograph.view is View.LATERAL:
            return cls(frontal=None, lateral=radiograph)
        return cls(frontal=radiograph, lateral=lateral)


@dataclass(frozen=True)
class Draft:
    """One report so far.

    `scanpath` is the gaze it was written with, or nothing where it was written without; `found` are the findings that
    its prompt named, or nothing where the model is told of none.
    """

    text: str
    finished: bool
    scanpath: Scanpath | None
    settings: DecodingSettings
    warnings: tuple[str, ...] = field(default=())
    found: tuple[Finding, ...] | None = None


@dataclass(frozen=True)
class Comparison:
    """Two reports so far, with gaze and without, from one batched decoding loop under the same settings."""

    gaze_on: str
    gaze_off: str
    finished: bool
    scanpath: Scanpath
    settings: DecodingSettings
