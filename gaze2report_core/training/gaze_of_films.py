"""The gaze that is predicted on films, as the findings classifier hears it in training."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gaze2report_core.gaze import GRID
from gaze2report_core.model.config import PRESETS
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.typical_reading import typical_reading
from gaze2report_core.presets import TINY
from gaze2report_core.training.features import load_encoder
from gaze2report_core.training.films import as_batch
from gaze2report_core.training.language import pretrained_tokenizer
from gaze2report_core.training.scanpath import load_scanpath_predictor


class GazeOfFilms:
    """The typical reader's fixation times on a film, by a trained scanpath predictor."""

    def __init__(self, encoder: Path, language: Path, scanpath: Path) -> None:
        preset = PRESETS[TINY]
        self._encoder = load_encoder(encoder)
        self._tokenizer = pretrained_tokenizer(language)
        self._longest_query = preset.scanpath.longest_query
        self._predictor = load_scanpath_predictor(preset, scanpath)

    @torch.inference_mode()
    def on(self, film: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Seconds on each patch `(14, 14)` of a film `(S, S)`."""
        query, mask = query_tokens([None], self._tokenizer, self._longest_query)
        both = as_batch(np.stack([film, film[:, ::-1]]))
        patches, mirrored = self._encoder(both).split(1)
        reading = typical_reading(self._predictor(patches, mirrored, query, mask))
        return reading.durations_on_patches()[0].double().numpy().reshape(GRID, GRID)
