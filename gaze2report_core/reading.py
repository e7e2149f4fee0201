"""What the pipeline hands out: drafts of reports as they grow."""

from dataclasses import dataclass, field

from gaze2report_core.findings import Finding
from gaze2report_core.gaze import Scanpath
from gaze2report_core.generation import DecodingSettings
from gaze2report_core.imaging import Radiograph


@dataclass(frozen=True)
class Films:
    """The films of one study: a frontal one, a lateral one, or both."""

    frontal: Radiograph | None
    lateral: Radiograph | None = None

    def __post_init__(self) -> None:
        if self.frontal is None and self.lateral is None:
            raise ValueError("A study needs a frontal or a lateral film.")


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
