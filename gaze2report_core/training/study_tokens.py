"""Visual-gaze tokens of all training studies, made once by a fusion that is trained already."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from tqdm import tqdm

from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.prompt import Prompt
from gaze2report_core.training.encoded_films import EncodedFilms, study_batch
from gaze2report_core.training.examples import Example

STUDIES_AT_ONCE = 32


@dataclass(frozen=True)
class StudyTokens:
    """H of S studies, without gaze and with: `(2, S, K, L)`. Only what the language model does with them is trained."""

    tokens: Tensor
    place: dict[str, int]

    @classmethod
    @torch.inference_mode()
    def of(cls, model: Gaze2ReportModel, films: EncodedFilms, examples: Sequence[Example]) -> "StudyTokens":
        """Fuse films and gaze of every study once."""
        model.eval()
        chunks: tuple[list[Tensor], list[Tensor]] = ([], [])
        for first in tqdm(range(0, len(examples), STUDIES_AT_ONCE), desc="fusing film and gaze"):
            chosen = examples[first : first + STUDIES_AT_ONCE]
            without = torch.ones(len(chosen), dtype=torch.bool)
            for rows, dropped in zip(chunks, (without, ~without), strict=True):
                studies = study_batch(films, chosen, [0] * len(chosen), dropped)
                rows.append(model.visual_gaze_tokens(studies)[0])
        tokens = torch.stack([torch.cat(rows) for rows in chunks]).clone()
        return cls(tokens, {example.uid: index for index, example in enumerate(examples)})

    def prompts(
        self, model: Gaze2ReportModel, uids: Sequence[str], prompts: Sequence[Prompt], gaze: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Prompt embeddings `(B, P, L)` and mask `(B, P)`, padded on the left; `gaze` `(B,)` says who has it."""
        embed = model.language_model.get_input_embeddings()
        rows = []
        for uid, prompt, with_gaze in zip(uids, prompts, gaze.long().tolist(), strict=True):
            before, after = (embed(torch.tensor(ids)) for ids in (prompt.before, prompt.after))
            rows.append(torch.cat([before, self.tokens[with_gaze, self.place[uid]], after]))
        masks = [torch.ones(len(row), dtype=torch.bool) for row in rows]
        return (
            pad_sequence(rows, batch_first=True, padding_side="left"),
            pad_sequence(masks, batch_first=True, padding_side="left"),
        )
