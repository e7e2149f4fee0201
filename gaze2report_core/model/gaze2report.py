"""Gaze2Report itself: patch encoder, scanpath predictor, fusion, projection and language model, joined."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from peft import PeftModel
from torch import Tensor, nn
from torch.nn import functional
from transformers import LlamaForCausalLM

from gaze2report_core.gaze import GRID
from gaze2report_core.model.config import Gaze2ReportConfig
from gaze2report_core.model.film_check import FilmCheck
from gaze2report_core.model.fusion import VisualGazeFusion, mean_over_nodes
from gaze2report_core.model.language_model import build_language_model, with_new_adapter
from gaze2report_core.model.padding import ending_together
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.model.prompt import IGNORED, Prompt, hide_words, token_positions
from gaze2report_core.model.scanpath_predictor import ScanpathPredictor
from gaze2report_core.presets import VisualTokens


@dataclass(frozen=True)
class StudyBatch:
    """What fusion needs of B studies: patches of both views, which views are there, and the gaze on the frontal film.

    `patches` `(B, 2, N, D)`; `view_present` `(B, 2)`; `durations` `(B, N)` in seconds; `has_gaze` `(B,)`.
    """

    patches: Tensor
    view_present: Tensor
    durations: Tensor
    has_gaze: Tensor

    def to(self, device: torch.device) -> "StudyBatch":
        """The same on another device."""
        return StudyBatch(*(getattr(self, part.name).to(device) for part in fields(self)))

    @classmethod
    def of(cls, frontal: Tensor | None, lateral: Tensor | None, durations: NDArray[np.float64] | None) -> "StudyBatch":
        """One study: patches `(N, D)` of the views that there are, at least one, and seconds `(14, 14)` of gaze."""
        views = (frontal, lateral)  # the order of FRONTAL and LATERAL
        there = next(view for view in views if view is not None)
        seconds = there.new_zeros(GRID * GRID) if durations is None else torch.from_numpy(durations).float().flatten()
        return cls(
            patches=torch.stack([torch.zeros_like(there) if view is None else view for view in views]).unsqueeze(0),
            view_present=torch.tensor([[view is not None for view in views]]),
            durations=seconds.unsqueeze(0),
            has_gaze=torch.tensor([durations is not None]),
        ).to(there.device)

    @classmethod
    def stacked(cls, batches: Sequence["StudyBatch"]) -> "StudyBatch":
        """Several batches as one."""
        return cls(*(torch.cat([getattr(batch, part.name) for batch in batches]) for part in fields(cls)))


class Gaze2ReportModel(nn.Module):
    """All of the paper's architecture.

    Parameters
    ----------
    config
        Every hyper-parameter.
    language_model
        A loaded Llama with adapters; without it, one with random weights is built.
    """

    def __init__(self, config: Gaze2ReportConfig, language_model: PeftModel | None = None) -> None:
        super().__init__()
        self.config = config
        self.encoder = PatchEncoder(config.encoder)
        self.chest_check = FilmCheck(config.encoder.width)
        self.view_check = FilmCheck(config.encoder.width) if config.view_check else None
        self.polarity_check = FilmCheck(config.encoder.width) if config.polarity_check else None
        self.scanpath_predictor = ScanpathPredictor(
            config.scanpath, config.encoder.width, config.language_model.vocabulary_size
        )
        self.fusion = VisualGazeFusion(config.encoder.width, config.variant, config.fusion)
        self.projection = nn.Sequential(
            nn.LayerNorm(config.fusion.width), nn.Linear(config.fusion.width, config.language_model.width)
        )
        self.language_model: PeftModel | LlamaForCausalLM = language_model or with_new_adapter(
            build_language_model(config.language_model), config.adapter
        )

    def freeze_all_but_prompt_tuning(self) -> None:
        """Leave only fusion, projection and adapters to be trained.

        That of the language model adapters alone are tuned is the paper's (section 2); that the encoder stays as it is,
        is ours: films are then encoded once.
        """
        checks = (self.chest_check, self.view_check, self.polarity_check)
        for part in (self.encoder, *checks, self.scanpath_predictor):
            if part is not None:
                part.requires_grad_(False)

    def merge_adapters(self) -> LlamaForCausalLM:
        """Make the adapters part of the language model's weights, which is faster than beside them; it is returned."""
        merged: LlamaForCausalLM = cast(Any, self.language_model).merge_and_unload()
        self.language_model = merged
        return merged

    @property
    def device(self) -> torch.device:
        """Where its batches must be."""
        return self.fusion.view.device

    def visual_gaze_tokens(self, studies: StudyBatch) -> tuple[Tensor, Tensor]:
        """H in the width of the language model: tokens `(B, V, E)` and which of them count `(B, V)`."""
        nodes = self.fusion(studies.patches, studies.durations, studies.has_gaze)  # (B, 2, N, W)
        if self.config.fusion.visual_tokens is VisualTokens.ONE:
            token = self.projection(mean_over_nodes(nodes, studies.view_present)).unsqueeze(1)  # (B, 1, E)
            return token, torch.ones(token.shape[:2], dtype=torch.bool, device=token.device)
        counts = studies.view_present.repeat_interleave(nodes.shape[2], dim=1)  # (B, 2N)
        return self.projection(nodes).flatten(1, 2), counts

    def prompt_embeddings(self, studies: StudyBatch, prompt: Prompt | Sequence[Prompt]) -> tuple[Tensor, Tensor]:
        """The prompt up to `Assistant:` with H in its place: embeddings `(B, P, E)` and mask `(B, P)`.

        Given a prompt for each study, shorter ones are padded on the left, so that all reports begin together.
        """
        tokens, counts = self.visual_gaze_tokens(studies)
        return self.framed(tokens, counts, [prompt] * len(tokens) if isinstance(prompt, Prompt) else prompt)

    def framed(self, tokens: Tensor, counts: Tensor, prompts: Sequence[Prompt]) -> tuple[Tensor, Tensor]:
        """Each study's H, as `visual_gaze_tokens` gives it, in its place in the prompt of that study.

        Tokens `(B, V, E)`, of which those count that `counts` `(B, V)` says → embeddings `(B, P, E)` and mask `(B, P)`,
        shorter ones padded on the left.
        """
        rows, masks = [], []
        for token, counting, one in zip(tokens, counts, prompts, strict=True):
            before, after = self._embedded(one.before), self._embedded(one.after)
            rows.append(torch.cat([before, token.to(before.dtype), after]))
            masks.append(functional.pad(counting, (len(before), len(after)), value=True))
        return ending_together(rows, masks)

    def prompt_without_film(self, prompt: Prompt) -> Tensor:
        """The prompt with nothing in the place of H, `(1, P, E)`."""
        return self._embedded((*prompt.before, *prompt.after)).unsqueeze(0)

    def loss(
        self,
        studies: StudyBatch,
        prompt: Prompt | Sequence[Prompt],
        report: Tensor,
        report_mask: Tensor,
        hidden_share: float = 0.0,
    ) -> Tensor:
        """Mean negative log-likelihood of the report's tokens alone, all others labelled -100 (section 2).

        `report` `(B, R)` are token ids closed by the end token, `report_mask` `(B, R)` is false on padding.
        `hidden_share` of them are hidden from the input, see `hide_words`.
        """
        prompt_part, prompt_mask = self.prompt_embeddings(studies, prompt)
        words = hide_words(self.language_model.get_input_embeddings()(report), hidden_share)
        embedded = torch.cat([prompt_part, words], dim=1)
        labels = torch.cat(
            [
                torch.full(prompt_mask.shape, IGNORED, device=report.device),
                report.masked_fill(~report_mask, IGNORED),
            ],
            dim=1,
        )
        mask = torch.cat([prompt_mask, report_mask], dim=1)
        return self.language_model(
            inputs_embeds=embedded, attention_mask=mask.long(), position_ids=token_positions(mask), labels=labels
        ).loss

    def _embedded(self, ids: tuple[int, ...]) -> Tensor:
        tokens = torch.tensor(ids, device=self.device)
        return self.language_model.get_input_embeddings()(tokens)  # (T, E)
