"""Films of many studies in memory."""

from pathlib import Path

import numpy as np

from gaze2report_core.imaging import Radiograph
from gaze2report_core.training.films import as_batch, load_films
from tests.imaging.films import dicom, ramp


def test_films_are_squashed_to_the_size_that_the_model_sees(data: Path) -> None:
    paths = sorted((data / "iu_xray" / "images").iterdir())[:3]
    films = load_films(paths, 224)
    assert (films.shape, films.dtype) == ((3, 224, 224), np.uint8)
    batch = as_batch(films)
    assert batch.shape == (3, 1, 224, 224)
    assert 0 <= float(batch.min()) < float(batch.max()) <= 1


def test_networks_see_a_film_in_the_steps_that_training_keeps_it_in() -> None:
    film = Radiograph.from_bytes(dicom(ramp()))
    kept = film.squashed_to_bytes(40)
    assert (kept.shape, kept.dtype) == ((40, 40), np.uint8)
    assert np.array_equal(film.squashed(40), as_batch(kept[None])[0, 0].numpy())
