"""Reports behind prompts and visual-gaze tokens: what fusion, projection and adapters are trained by (section 2)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from gaze2report_core.findings.prompts import findings_prompt
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.prompt import Prompt, report_tokens
from gaze2report_core.training.findings_prompts import PredictedFindings, found_in, training_prompt
from gaze2report_core.training.reports.encoded_films import EncodedFilms, study_batch
from gaze2report_core.training.reports.examples import Example
from gaze2report_core.training.run.batching import in_order
from gaze2report_core.training.texts import HELD_OUT_AT_ONCE, TextObjective
from gaze2report_core.training_settings import TrainingSettings

HIDDEN_SHARE = 0.2
"""The share of the report's words that are hidden from the input, so that it must be read off the film."""

GAZE_DROPPED_SHARE = 0.3
"""The share of studies that are shown without gaze, so that "gaze off" is something the model has met."""


class PromptTuning(TextObjective[Example]):
    """What fusion, projection and adapters are trained by: reports behind prompts, gaze and film copies by chance."""

    def __init__(
        self,
        model: Gaze2ReportModel,
        tokenizer: PreTrainedTokenizerBase,
        films: EncodedFilms,
        training: list[Example],
        held_out: list[Example],
        settings: TrainingSettings,
        predicted: PredictedFindings | None,
    ) -> None:
        super().__init__(training, held_out, settings)
        self.model = model
        self.tokenizer = tokenizer
        self.predicted = predicted
        self.films = films

    def loss(self, examples: list[Example]) -> Tensor:
        copies = torch.randint(len(self.films.patches), (len(examples),)).tolist()
        dropped = torch.rand(len(examples)) < GAZE_DROPPED_SHARE
        prompts = [
            training_prompt(
                example.text, self.predicted.of(example.uid, gaze=not drop) if self.predicted is not None else None
            )
            for example, drop in zip(examples, dropped.tolist(), strict=True)
        ]
        return self._loss(examples, prompts, copies, dropped, HIDDEN_SHARE)

    def weight(self, examples: list[Example]) -> float:
        """How many tokens the loss of these examples is the mean of."""
        _, mask = report_tokens([example.text for example in examples], self.tokenizer)
        return mask.sum().item()

    def held_out_score(self) -> float:
        """Mean loss on held-out studies with gaze, films as they are, told what the reports themselves say."""
        losses = []
        # In the precision of the training: a base that is kept in sixteen bits takes nothing of more from fusion.
        with torch.autocast(self.model.device.type, torch.bfloat16, enabled=self.settings.mixed_precision):
            for examples in in_order(self.held_out, HELD_OUT_AT_ONCE):
                prompts = [findings_prompt(found_in(example.text)) for example in examples]
                none_dropped = torch.zeros(len(examples), dtype=torch.bool)
                losses.append(self._loss(examples, prompts, [0] * len(examples), none_dropped).item())
        return float(np.mean(losses))

    def _loss(
        self,
        examples: Sequence[Example],
        prompts: Sequence[str | None],
        copies: list[int],
        gaze_dropped: Tensor,
        hidden_share: float = 0.0,
    ) -> Tensor:
        ids, mask = report_tokens([example.text for example in examples], self.tokenizer)
        instruction = self.model.config.instruction
        told = self.model.config.findings_prompt
        framed = [Prompt.of(instruction, self.tokenizer, findings if told else None) for findings in prompts]
        studies, device = study_batch(self.films, examples, copies, gaze_dropped), self.model.device
        return self.model.loss(studies.to(device), framed, ids.to(device), mask.to(device), hidden_share)
