"""Films of many studies in memory."""

from pathlib import Path

import numpy as np

from gaze2report_core.training.films import as_batch, load_films


def test_films_are_squashed_to_the_size_that_the_model_sees(data: Path) -> None:
    paths = sorted((data / "iu_xray" / "images").iterdir())[:3]
    films = load_films(paths, 224)
    assert (films.shape, films.dtype) == ((3, 224, 224), np.uint8)
    batch = as_batch(films)
    assert batch.shape == (3, 1, 224, 224)
    assert 0 <= float(batch.min()) < float(batch.max()) <= 1
