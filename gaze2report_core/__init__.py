"""Gaze2Report: reports from a chest film and the gaze of a reader. For research, not for diagnosis.

The one door from outside is `pipeline`; `examination` is what goes in and comes out there. What nearly every program
needs of these and of a few other rooms can be imported from here as well, and is loaded when it is first asked for: who
reads a film or a recording waits for no library of models. Within the package, names are imported from where they are.
The rest, by what it is for:

- films: `imaging`, `films`, and in collections `studies` (of `tables`), `indiana`
- gaze: `gaze`, `gaze_query`, and drawn over a film `drawing`
- findings: `findings`
- texts: `indication`, `report_text`, `scored_text`
- the model: `model`, `presets`, `hub`, `unreadable`
- behind the pipeline: `trained_model`, `gaze_prediction`, `film_inspection`, `report_drafting`, `keyword_report` with
  its `remembered_texts`, and decoding in `decoding_settings`, `generation`, `guidance`
- the command line: `cli`, `commands`, `progress`
- learning and measuring: `training`, `training_settings`, `evaluation`, `area_under_curve`
- the machine: `cores`, `whole_files`
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gaze2report_core.decoding_settings import DecodingSettings
    from gaze2report_core.examination import Examination
    from gaze2report_core.findings import Finding, Laterality
    from gaze2report_core.gaze import GazeSource, Scanpath
    from gaze2report_core.imaging import FilmRefused, Radiograph
    from gaze2report_core.pipeline import Gaze2ReportPipeline

__all__ = [
    "DecodingSettings",
    "Examination",
    "FilmRefused",
    "Finding",
    "Gaze2ReportPipeline",
    "GazeSource",
    "Laterality",
    "Radiograph",
    "Scanpath",
    "__version__",
]

__version__ = "0.1.0"

_ROOMS = {
    "DecodingSettings": "decoding_settings",
    "Examination": "examination",
    "FilmRefused": "imaging",
    "Finding": "findings",
    "Gaze2ReportPipeline": "pipeline",
    "GazeSource": "gaze",
    "Laterality": "findings",
    "Radiograph": "imaging",
    "Scanpath": "gaze",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if not TYPE_CHECKING:  # type checkers would take every misspelt name for one that is found here

    def __getattr__(name: str) -> object:
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
        return found
