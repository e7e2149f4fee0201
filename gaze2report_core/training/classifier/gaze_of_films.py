"""The gaze that is predicted on films, and whether anything is seen there, as training of findings hears them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaze2report_core.gaze import GRID
from gaze2report_core.model.config import PRESETS
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.typical_reading import typical_reading
from gaze2report_core.presets import TINY
from gaze2report_core.studies import Study
from gaze2report_core.training.features import load_encoder
from gaze2report_core.training.films import as_batch
from gaze2report_core.training.gaze.predictor_folder import load_scanpath_predictor
from gaze2report_core.training.gaze.side_reader import anything_of, log_odds_in_training
from gaze2report_core.training.language import pretrained_tokenizer
from gaze2report_core.training.run.processes import progress_bar


class GazeOfFilms:
    """The typical reader's fixation times on films, by a trained scanpath predictor."""

    def __init__(self, encoder: Path, language: Path, scanpath: Path) -> None:
        preset = PRESETS[TINY]
        self._encoder = load_encoder(encoder)
        self._tokenizer = pretrained_tokenizer(language)
        self._longest_query = preset.scanpath.longest_query
        self._predictor = load_scanpath_predictor(preset, scanpath)

    def on(self, studies: Sequence[Study], films: NDArray[np.uint8], seed: int) -> list[NDArray[np.float64]]:
        """Seconds on each patch `(14, 14)` of the frontal film of each training study, `(S, H, W)`."""
        reader = self._predictor.side_reader
        sides = [None] * len(studies) if reader is None else log_odds_in_training(reader, studies, films, seed).split(1)
        return [
            self._on(film, side) for film, side in zip(progress_bar(films, desc="gaze on films"), sides, strict=True)
        ]

    def anything_on(self, films: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The log-odds that there is anything to be seen on films `(F, S, S)`, `(F,)`; not a number without a reader of
        sides."""
        reader = self._predictor.side_reader
        if reader is None:
            return np.full(len(films), np.nan)
        return anything_of(reader, films).double().numpy()

    @torch.inference_mode()
    def _on(self, film: NDArray[np.uint8], side: Tensor | None) -> NDArray[np.float64]:
        query = query_tokens([None], self._tokenizer, self._longest_query)
        both = as_batch(np.stack([film, film[:, ::-1]]))
        patches, mirrored = self._encoder(both).split(1)
        reading = typical_reading(self._predictor(patches, mirrored, query, side))
        return reading.patch_durations()[0].double().numpy().reshape(GRID, GRID)
