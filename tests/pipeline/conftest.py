"""The small model as a pipeline, and films that were drawn for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gaze2report_core.imaging import Radiograph
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS, drawn_chest, png


@pytest.fixture(scope="module")
def pipeline(small_model_folder: Path) -> Gaze2ReportPipeline:
    return Gaze2ReportPipeline.from_pretrained(small_model_folder, device="cpu")


@pytest.fixture(scope="module")
def film(pipeline: Gaze2ReportPipeline) -> Callable[[int], Radiograph]:
    films = {kind: pipeline.read(png(drawn_chest(kind))) for kind in (LARGE_HEART, CLEAR_LUNGS, SIDEWAYS)}
    return films.__getitem__
