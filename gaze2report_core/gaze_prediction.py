"""Where readers would look on a film: the scanpath predictor over whole films."""

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from gaze2report_core.examination import checked_text
from gaze2report_core.films.patches import FilmPatches
from gaze2report_core.films.sides import FilmSides
from gaze2report_core.gaze import GRID, Scanpath
from gaze2report_core.gaze_query import in_the_models_words, is_general
from gaze2report_core.imaging import Radiograph
from gaze2report_core.model.fixation_distributions import FixationDistributions
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.side_reader import ANYTHING
from gaze2report_core.model.typical_reading import agreed_reading, typical_reading


class GazePrediction:
    """Gaze on films, for a query such as `pleural effusion`, or of a general reading without one."""

    def __init__(
        self, model: Gaze2ReportModel, patches: FilmPatches, sides: FilmSides, tokenizer: PreTrainedTokenizerBase
    ) -> None:
        self._predictor = model.scanpath_predictor
        self._longest_query = model.config.scanpath.longest_query
        self._patches = patches
        self._sides = sides
        self._tokenizer = tokenizer

    @torch.inference_mode()
    def of_one_reader(self, radiograph: Radiograph, query: str | None) -> Scanpath:
        """The most typical reader of a general reading, or what readers who look for something agree on most."""
        predicted = self._predicted(radiograph, query)
        # Fusion was trained with the typical reader's times of general readings.
        return typical_reading(predicted).scanpath() if is_general(query) else agreed_reading(predicted)

    @torch.inference_mode()
    def of_readers(self, radiograph: Radiograph, query: str | None, count: int, seed: int) -> list[Scanpath]:
        """Several plausible readers, drawn one after the other."""
        predicted = self._predicted(radiograph, query)
        generator = torch.Generator().manual_seed(seed)
        return [predicted.sampled_reading(generator).scanpath() for _ in range(count)]

    @torch.inference_mode()
    def expected_patch_durations(self, radiograph: Radiograph, query: str | None) -> NDArray[np.float64]:
        """For how many seconds each patch is looked at, the mean over all plausible readers: `(14, 14)`."""
        expected = self._predicted(radiograph, query).expected_patch_durations()
        return expected[0].cpu().double().numpy().reshape(GRID, GRID)

    def _predicted(self, radiograph: Radiograph, query: str | None) -> FixationDistributions:
        if query is not None:
            checked_text(query, "The query")
        patches, mirrored = (of(radiograph).unsqueeze(0) for of in (self._patches.of, self._patches.of_mirrored))
        asked_for = query_tokens([in_the_models_words(query)], self._tokenizer, self._longest_query)
        halves = self._sides.of(radiograph)
        of_anything = None if halves is None else halves.sides[:, ANYTHING]  # (1,)
        return self._predictor(patches, mirrored, asked_for.to(patches.device), of_anything)
