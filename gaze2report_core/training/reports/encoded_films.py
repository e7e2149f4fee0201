"""All films of a training behind the frozen encoder, with the gaze that is predicted on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from gaze2report_core.model.gaze2report import Gaze2ReportModel, StudyBatch
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.typical_reading import typical_reading
from gaze2report_core.training.features import encode_films
from gaze2report_core.training.reports.examples import Example

AUGMENTED_COPIES = 1
"""How many augmented copies of each film are encoded beside the film as it is."""

READ_AT_ONCE = 128
"""On how many films gaze is predicted at a time."""


@dataclass(frozen=True)
class EncodedFilms:
    """Patches `(C, F, N, D)` and predicted fixation times `(C, F, N)` of C copies of F films; copy 0 is plain."""

    patches: Tensor
    durations: Tensor


@torch.inference_mode()
def encoded(
    model: Gaze2ReportModel, pixels: np.ndarray, tokenizer: PreTrainedTokenizerBase, copies: int = AUGMENTED_COPIES
) -> EncodedFilms:
    """Encode every film as it is and augmented, and predict a full reading of each.

    Augmented copies have the gaze of the film as it is, though what it lies on has moved by half a patch on average.
    """
    model.eval()
    seeds = [None, *range(1, copies + 1)]
    patches = torch.stack([encode_films(model.encoder, pixels, seed=seed) for seed in seeds])  # (C, F, N, D)
    mirrored = encode_films(model.encoder, pixels[..., ::-1])  # (F, N, D)
    durations = _predicted_durations(model, patches[0], mirrored, tokenizer)  # (F, N)
    return EncodedFilms(patches, durations.expand(len(patches), -1, -1))


def _predicted_durations(
    model: Gaze2ReportModel, patches: Tensor, mirrored: Tensor, tokenizer: PreTrainedTokenizerBase
) -> Tensor:
    """The typical reader's fixation time on each patch, `(F, N, D)` → `(F, N)`: section 2's T_i.

    As at inference, but for the side, which the linear probe of patches tells: a reader of sides knows these films.
    """
    longest = model.config.scanpath.longest_query
    device = model.encoder.mean.device
    rows = []
    for film, in_mirror in zip(patches.split(READ_AT_ONCE), mirrored.split(READ_AT_ONCE), strict=True):
        query = query_tokens([None] * len(film), tokenizer, longest)
        inputs = (film.float(), in_mirror.float(), query)
        reading = typical_reading(model.scanpath_predictor(*(part.to(device) for part in inputs)))
        rows.append(reading.patch_durations().cpu())
    return torch.cat(rows)


def study_batch(
    films: EncodedFilms, examples: Sequence[Example], copies: Sequence[int], gaze_dropped: Tensor
) -> StudyBatch:
    """What fusion needs of these examples, each seen in one of the copies of its films."""
    patches = torch.zeros(len(examples), 2, *films.patches.shape[2:])
    durations = torch.zeros(len(examples), films.durations.shape[-1])
    for row, (example, copy) in enumerate(zip(examples, copies, strict=True)):
        for view, film in enumerate((example.frontal, example.lateral)):
            if film is not None:
                patches[row, view] = films.patches[copy, film].float()
        if example.frontal is not None:
            durations[row] = films.durations[copy, example.frontal]
    has_frontal = torch.tensor([example.frontal is not None for example in examples])
    has_lateral = torch.tensor([example.lateral is not None for example in examples])
    has_gaze = has_frontal & ~gaze_dropped
    return StudyBatch(patches, torch.stack([has_frontal, has_lateral], 1), durations * has_gaze[:, None], has_gaze)
