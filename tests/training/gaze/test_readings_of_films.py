"""One batch of what the scanpath predictor learns, and that it learns the same of a film and of its mirror image."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gaze2report_core.findings import Finding
from gaze2report_core.model.scanpath_predictor import ScanpathPredictor, both_ways_round
from gaze2report_core.studies import Study
from gaze2report_core.training.gaze.films_by_finding import on_film_of_study
from gaze2report_core.training.gaze.gazesearch import read_gazesearch, read_siim_gaze
from gaze2report_core.training.gaze.paired_recordings import PairedRecordings
from gaze2report_core.training.gaze.readings import Reading
from gaze2report_core.training.gaze.readings_of_films import ReadingsOfFilms, time_elsewhere
from gaze2report_core.training_settings import TrainingSettings
from tests.model.test_fixation_distributions import two_foci
from tests.small_model import SMALL, small_tokenizer
from tests.training.gradients import names_of, reached

WIDTH = 12


@pytest.fixture
def objective(data: Path, studies: list[Study]) -> ReadingsOfFilms:
    torch.manual_seed(0)
    model = ScanpathPredictor(SMALL.scanpath, WIDTH, SMALL.language_model.vocabulary_size)
    films = both_ways_round(*torch.randn(2, len(studies), 196, WIDTH))
    on_films = [on_film_of_study(study) for study in studies]
    held_out = np.array([study.held_out for study in studies])
    longest = SMALL.scanpath.most_fixations
    return ReadingsOfFilms(
        model,
        small_tokenizer(),
        films,
        torch.randn(len(studies), 2),
        read_siim_gaze(data),
        PairedRecordings.of(on_films, ~held_out, read_gazesearch(data, "train"), longest),
        PairedRecordings.of(on_films, held_out, read_gazesearch(data, "valid"), longest),
        TrainingSettings(epochs=1, batch_size=8, learning_rate=1e-3),
        SMALL.scanpath,
    )


def test_one_batch_reaches_all_of_the_predictor(objective: ReadingsOfFilms) -> None:
    first, second = objective.batches(0)
    assert len(first) == len(second) == 8
    assert reached(objective.loss(first), objective.model) == names_of(objective.model)


def test_an_epoch_is_the_same_whenever_it_is_asked_for_and_no_other(objective: ReadingsOfFilms) -> None:
    def films(epoch: int) -> list[int]:
        return [reading.film for batch in objective.batches(epoch) for reading in batch]

    assert films(0) == films(0) != films(1)


def in_mirror(reading: Reading) -> Reading:
    return replace(reading, place=reading.place * [-1, 1] + [1, 0])


@torch.no_grad()
def test_a_search_in_a_mirror_is_as_likely_on_the_mirrored_film(objective: ReadingsOfFilms) -> None:
    objective.model.eval()
    readings = [reading for batch in objective.batches(0) for reading in batch if reading.query is not None]
    assert readings
    likely = objective.loss(readings).item()
    mirrored = [in_mirror(reading) for reading in readings]
    assert objective.loss(mirrored).item() != pytest.approx(likely, abs=1e-3)
    objective.leanings = -objective.leanings
    assert objective.loss(mirrored).item() == pytest.approx(likely, abs=1e-4)


@torch.no_grad()
def test_the_held_out_score_is_over_readings_that_stay_the_same(objective: ReadingsOfFilms) -> None:
    objective.model.eval()
    assert objective.held_out_count == 1
    assert objective.held_out_score() == objective.held_out_score()
    assert np.isfinite(objective.held_out_score())


@pytest.mark.parametrize(
    ("finding", "side", "wanting"),
    [
        (Finding.LUNG_OPACITY, 4.0, 0.02 + 0.3),
        (Finding.LUNG_OPACITY, -4.0, 0.0),
        (Finding.LUNG_OPACITY, 0.0, 0.0),
        (Finding.CARDIOMEGALY, 4.0, 0.0),
        (None, 4.0, 0.0),
    ],
)
def test_time_is_wanting_where_a_search_stays_on_the_side_that_the_film_does_not_lean_to(
    finding: Finding | None, side: float, wanting: float
) -> None:
    looks_right = two_foci(0.8)  # the film's left, which is the patient's right, for 0.8 of the time
    reading = Reading(0, None if finding is None else str(finding), finding, np.zeros((1, 2)), np.ones(1))
    surely = np.tanh(abs(side) / 2)
    elsewhere = time_elsewhere(looks_right, torch.tensor([side]), [reading])
    assert elsewhere.item() == pytest.approx(wanting * surely, abs=1e-5)
