"""Corrected reports to be learnt, each behind the prompt that the pipeline would write it from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gaze2report_core.examination import Examination
from gaze2report_core.model.padding import ending_together, padded
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.training.reports.correction_lines import Correction
from gaze2report_core.training.reports.films_by_content import FilmsByContent
from gaze2report_core.training.reports.taught_model import TaughtModel
from gaze2report_core.training.run.batching import in_order
from gaze2report_core.training.texts import HELD_OUT_AT_ONCE, TextObjective
from gaze2report_core.training_settings import TrainingSettings

HIDDEN_SHARE = 0.1
"""The share of words that are hidden from the input, as in `train obedience`."""

KEPT = 0.5
"""How much it counts, beside the words of the reader, that the model still expects what it expected before.

Both terms together are the loss on a mixture of two parts of the reader's word and one of the model's own expectation.
Where the reader wrote what the model would have written, nothing pulls it away from there; where not, the reader's word
becomes the likeliest, and what else may be said of such a film is not unlearnt for it. In one run each of the tiny
preset on 49 reports that got the same sentence more: without this term the sentence is then written of 24 of 25 other
films, and 15 of 119 sentences that were written of these before are lost; with it of 17, and 9 are lost.
"""


@dataclass(frozen=True)
class CorrectedReport:
    """A report and its prompt, up to `Assistant:`: embeddings `(P, E)`, of which the mask `(P,)` says which count."""

    text: str = field(repr=False)
    prompt: Tensor
    mask: Tensor
    held_out: bool

    @classmethod
    @torch.no_grad()
    def of(cls, pipeline: Gaze2ReportPipeline, correction: Correction, films: FilmsByContent) -> "CorrectedReport":
        """Read the films as the pipeline does, with the gaze of the draft, and what the reader said of findings.

        The indication is not told, even where it was: records do not keep it.
        """
        lateral = None if correction.lateral is None else pipeline.seen_anew(films.read(correction.lateral))
        frontal = pipeline.seen_anew(films.read(correction.frontal))
        examination = Examination(
            frontal, lateral, confirmed=correction.verdicts, sides=correction.sides, may_exchange=False
        )
        briefing = pipeline.briefing(examination, correction.gaze)
        (prompt,), (mask,) = pipeline.model.prompt_embeddings(briefing.batch, briefing.prompt)
        return cls(correction.text, prompt, mask, correction.held_out)


class CorrectedReports(TextObjective[CorrectedReport]):
    """Corrected reports, as likely as can be without making the model another one than it was `before`."""

    def __init__(
        self,
        taught: TaughtModel,
        before: TaughtModel,
        reports: Sequence[CorrectedReport],
        settings: TrainingSettings,
    ) -> None:
        training, held_out = ([one for one in reports if one.held_out == kind] for kind in (False, True))
        super().__init__(training, held_out, settings)
        self.taught = taught
        self.before = before

    def loss(self, reports: list[CorrectedReport]) -> Tensor:
        prompt, mask, rows = self._asked(reports)
        logits = self.taught.logits(prompt, mask, rows, HIDDEN_SHARE)  # (B, R, vocabulary)
        with torch.no_grad():
            expected = self.before.logits(prompt, mask, rows)
        read = -self.taught.likelihood_by(logits, rows).sum()
        return (read + KEPT * self._divergence(expected, logits, rows)) / sum(map(len, rows))

    def held_out_score(self) -> float:
        """How unlikely held-out reports are, for each of their tokens."""
        losses, tokens = [], 0
        for reports in in_order(self.held_out, HELD_OUT_AT_ONCE):
            prompt, mask, rows = self._asked(reports)
            losses.append(-self.taught.log_likelihood(prompt, mask, rows).sum().item())
            tokens += sum(map(len, rows))
        return float(np.sum(losses)) / tokens

    def _asked(self, reports: Sequence[CorrectedReport]) -> tuple[Tensor, Tensor, list[list[int]]]:
        prompt, mask = ending_together([one.prompt for one in reports], [one.mask for one in reports])
        return prompt, mask, [self.taught.tokens_of(one.text) for one in reports]

    def _divergence(self, expected: Tensor, logits: Tensor, rows: Sequence[Sequence[int]]) -> Tensor:
        """Kullback-Leibler divergence D(was‖is) of what was expected from what is expected now: one sum over tokens.

        Both are logits `(B, R, vocabulary)`.
        """
        _, is_text = padded(rows, self.taught.tokenizer.pad_token_id)
        of_tokens = functional.kl_div(
            logits.log_softmax(dim=-1), expected.log_softmax(dim=-1), log_target=True, reduction="none"
        ).sum(dim=-1)  # (B, R)
        return of_tokens[is_text].sum()
