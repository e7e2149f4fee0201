"""The films of a study from a folder, for the commands that go through many studies."""

from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.studies import StudyFilms

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline
    from gaze2report_core.reading import Films


def read_films(pipeline: "Gaze2ReportPipeline", study: StudyFilms, images: Path) -> "Films | str":
    """The films of a study, or the sentence that says why they cannot be read."""
    from gaze2report_core.imaging import FilmRefused
    from gaze2report_core.reading import Films

    if not study.films:
        return "The study names neither a frontal nor a lateral film."
    try:
        frontal, lateral = (pipeline.read(images / name) if name else None for name in (study.frontal, study.lateral))
    except FilmRefused as refusal:
        return str(refusal)
    return Films(frontal, lateral, study.indication)
