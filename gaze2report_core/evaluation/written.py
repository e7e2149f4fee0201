"""What one system wrote for the studies that have a reference, and whether it is what its prompts told."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from gaze2report_core.evaluation.clinical import clinical_scores
from gaze2report_core.evaluation.generations import Generation
from gaze2report_core.evaluation.score import Score
from gaze2report_core.evaluation.side_agreement import side_agreement
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.vocabulary import Finding
from gaze2report_core.scored_text import clean_candidate


@dataclass(frozen=True)
class Written:
    """What one system wrote for R references: its lines, where it has any, their texts, and what these state."""

    lines: Sequence[Generation | None]
    texts: Sequence[str]
    cleaned: Sequence[str]
    stated: Sequence[AbstractSet[Finding]]

    @classmethod
    def of(cls, uids: Iterable[str], generations: Mapping[str, Generation]) -> "Written":
        """In the order of the references; a study without a line counts as an empty text."""
        lines = [generations.get(uid) for uid in uids]
        texts = [line.text if line else "" for line in lines]
        return cls(lines, texts, [clean_candidate(text) for text in texts], [positive_findings(text) for text in texts])

    @property
    def missing(self) -> int:
        """Studies without a line."""
        return sum(line is None for line in self.lines)

    @property
    def errors(self) -> int:
        """Studies whose line is an error."""
        return sum(line is not None and line.error is not None for line in self.lines)

    @property
    def distinct(self) -> int:
        """Different texts that are not empty."""
        return len(set(self.cleaned) - {""})

    def obedience(self) -> Score | None:
        """Micro F1 of texts against the findings that models were told; studies without a prompt count for nothing."""
        told = [None if line is None else line.findings_prompt for line in self.lines]
        if all(prompt is None for prompt in told):
            return None
        score = clinical_scores([prompt or frozenset() for prompt in told], self.stated)["micro_f1"]
        has_prompt = np.array([[prompt is not None] for prompt in told])
        return Score(score.counts * has_prompt, score.formula)

    def against_prompts(self) -> dict[str, Score]:
        """Figures of what was written against what was told, those whose lines say it."""
        sides = [None if line is None else line.sides_told for line in self.lines]
        found = {"obedience": self.obedience(), "side_agreement": side_agreement(sides, self.texts)}
        return {name: score for name, score in found.items() if score is not None}
