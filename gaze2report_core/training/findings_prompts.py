"""The findings prompt in training: what the report says, noised; what towers found that had not seen it; or none."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import torch

from gaze2report_core.findings import ABNORMALITIES, Finding, Side
from gaze2report_core.findings.labelling.labeller import Mention, label_sentence
from gaze2report_core.findings.out_of_fold import OUT_OF_FOLD, name_of_reading
from gaze2report_core.findings.prompts import Found, findings_prompt
from gaze2report_core.report_text import sentences
from gaze2report_core.training.run.needed import needed

NO_PROMPT_SHARE = 0.2
PREDICTED_SHARE = 0.4
"""The shares of studies that are shown without a findings prompt, and with what towers found."""

LEFT_OUT_SHARE = 0.1
MADE_UP_SHARE = 0.05
"""Noise on what a report says: the share of findings left out, and of reports with one added that is not there."""


def found_in(text: str) -> list[Found]:
    """The findings that a report states, with their sides."""
    return [found for sentence in sentences(text) for found in stated(label_sentence(sentence))]


def stated(said: Iterable[tuple[Finding, Mention, Side | None]]) -> list[Found]:
    """Of what a sentence says of findings, those that it says are there."""
    return [
        (finding, side)
        for finding, mention, side in said
        if mention is Mention.POSITIVE and finding is not Finding.NO_FINDING
    ]


def noised(found: Sequence[Found]) -> list[Found]:
    """The same with some left out and now and then one added, by torch's random numbers."""
    kept = [one for one in found if torch.rand(()).item() >= LEFT_OUT_SHARE]
    if torch.rand(()).item() < MADE_UP_SHARE:
        kept.append((ABNORMALITIES[int(torch.randint(len(ABNORMALITIES), ()))], None))
    return kept


class PredictedFindings:
    """What towers found on training studies that they had not seen, with gaze and without."""

    def __init__(self, by_uid: Mapping[str, Mapping[str, Sequence[Sequence[str | None]]]]) -> None:
        self._by_uid = by_uid

    @classmethod
    def of_folder(cls, folder: Path) -> "PredictedFindings":
        """Read what `train findings` left."""
        path = needed(folder, OUT_OF_FOLD, "Run `train findings` with it as --out first.")
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def of(self, uid: str, *, gaze: bool) -> list[Found]:
        """Findings and sides of one study."""
        found = self._by_uid[uid][name_of_reading(gaze=gaze)]
        return [(Finding(str(name)), Side(side) if side else None) for name, side in found]


def training_prompt(text: str, predicted: Sequence[Found] | None) -> str | None:
    """One of the three kinds of prompts by chance; nothing stands for no findings prompt at all."""
    chance = torch.rand(()).item()
    if chance < NO_PROMPT_SHARE:
        return None
    if predicted is not None and chance < NO_PROMPT_SHARE + PREDICTED_SHARE:
        return findings_prompt(predicted)
    return findings_prompt(noised(found_in(text)))
