"""Visual-gaze tokens of all training studies, made once by a fusion that is trained already."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.prompt import Prompt
from gaze2report_core.training.reports.encoded_films import EncodedFilms, study_batch
from gaze2report_core.training.reports.examples import Example
from gaze2report_core.training.run.processes import progress_bar

STUDIES_AT_ONCE = 32


@dataclass(frozen=True)
class StudyTokens:
    """H of S studies, without gaze and with: `(2, S, V, E)`. Only what the language model does with them is trained.

    `counts` `(S, K)` are the tokens that the language model is to attend to, with gaze or without: where each node is a
    token, those of a film that was not taken are none of them.
    """

    tokens: Tensor
    counts: Tensor
    place: dict[str, int]

    @classmethod
    @torch.inference_mode()
    def of(cls, model: Gaze2ReportModel, films: EncodedFilms, examples: Sequence[Example]) -> "StudyTokens":
        """Fuse films and gaze of every study once."""
        model.eval()
        chunks: tuple[list[Tensor], list[Tensor]] = ([], [])
        counts = []
        for first in progress_bar(range(0, len(examples), STUDIES_AT_ONCE), desc="fusing film and gaze"):
            chosen = examples[first : first + STUDIES_AT_ONCE]
            without = torch.ones(len(chosen), dtype=torch.bool)
            for rows, dropped in zip(chunks, (without, ~without), strict=True):
                studies = study_batch(films, chosen, [0] * len(chosen), dropped)
                fused, counting = model.visual_gaze_tokens(studies)
                rows.append(fused)
            counts.append(counting)  # the same with gaze as without
        tokens = torch.stack([torch.cat(rows) for rows in chunks]).clone()
        return cls(tokens, torch.cat(counts), {example.uid: index for index, example in enumerate(examples)})

    def prompts(
        self, model: Gaze2ReportModel, uids: Sequence[str], prompts: Sequence[Prompt], gaze: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Prompt embeddings `(B, P, E)` and mask `(B, P)`, padded on the left; `gaze` `(B,)` says who has it."""
        places = torch.tensor([self.place[uid] for uid in uids])
        return model.framed(self.tokens[gaze.long(), places], self.counts[places], prompts)
