"""A real model, very small, that has learnt by heart what to write for a film and where somebody looks at it.

The embedded model hardly heeds the gaze: a report that stays as it was does not tell with which gaze it was written.
This model would write the other report.
"""

from dataclasses import replace
from pathlib import Path

import torch

from gaze2report_core.gaze import GRID
from gaze2report_core.model.folder import save_model
from gaze2report_core.model.gaze2report import Gaze2ReportModel, StudyBatch
from tests.drawn_films import LARGE_HEART
from tests.small_model import REPORTS, learn_by_heart, random_model, small_tokenizer, study_of

LOOKED_AT = (0, GRID - 1)
"""Row and column of the patch in the film's upper right corner."""
LOOKED_FOR = 4.5
"""Seconds."""

AS_PREDICTED = REPORTS[LARGE_HEART, None, True]
WITHOUT_GAZE = REPORTS[LARGE_HEART, None, False]
WITH_A_LOOK_AT_THE_CORNER = "Both views are normal. There is no effusion."


def save_gaze_following_model(folder: Path) -> Path:
    """Train the model for the drawn chest with the large heart, and save it."""
    tokenizer = small_tokenizer()
    model = random_model()
    _let_gaze_weigh_more(model)
    predicted, without = (study_of(model, tokenizer, LARGE_HEART, None, gaze) for gaze in (True, False))
    looks = [_with_a_look(predicted, seconds) for seconds in (3, LOOKED_FOR, 6)]
    studies = StudyBatch.stacked([predicted, *looks, without])
    reports = [AS_PREDICTED, *[WITH_A_LOOK_AT_THE_CORNER] * len(looks), WITHOUT_GAZE]
    learn_by_heart(model, tokenizer, studies, reports, rate=3e-3)
    save_model(model, tokenizer, folder)
    return folder


def _with_a_look(study: StudyBatch, seconds: float) -> StudyBatch:
    """The same study after another look at the corner."""
    durations = study.durations.clone()  # (1, 196)
    durations[0, LOOKED_AT[0] * GRID + LOOKED_AT[1]] += seconds
    return replace(study, durations=durations)


@torch.no_grad()
def _let_gaze_weigh_more(model: Gaze2ReportModel) -> None:
    """Begin with nodes in which the gaze counts: their mean would hide a look at a single one for long."""
    inward = model.fusion.nodes.inward
    film_width, gaze_width = model.config.encoder.width, model.config.fusion.gaze_width
    inward.weight[:, film_width : film_width + gaze_width] *= 200
