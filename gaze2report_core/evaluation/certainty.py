"""How sure reports say that they are: what they state as a fact, what as possible, and how much of each holds."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from gaze2report_core.findings.labelling.labeller import Mention, label_report
from gaze2report_core.findings.vocabulary import Finding

Labels = Sequence[AbstractSet[Finding]]
"""Of studies in their order, the findings that each has."""


@dataclass(frozen=True)
class Said:
    """How often reports say a finding but No Finding in one way, and how often the reference states it, and annotators
    gave it by hand; nothing without such labels."""

    findings: int
    by_text: int
    by_hand: int | None


def said_by_certainty(reports: Sequence[str], by_text: Labels, by_hand: Labels | None) -> dict[str, Said]:
    """`stated` as a fact, and `possible`, counted over studies that stand at the same place in all of these."""
    found = [label_report(report) for report in reports]
    ways = {"stated": Mention.POSITIVE, "possible": Mention.UNCERTAIN}
    return {
        way: _counted(
            [{one for one in mentions if mentions[one] is mention} - {Finding.NO_FINDING} for mentions in found],
            by_text,
            by_hand,
        )
        for way, mention in ways.items()
    }


def _counted(said: Labels, by_text: Labels, by_hand: Labels | None) -> Said:
    return Said(sum(map(len, said)), _in_common(said, by_text), None if by_hand is None else _in_common(said, by_hand))


def _in_common(said: Labels, truth: Labels) -> int:
    return sum(len(ours & theirs) for ours, theirs in zip(said, truth, strict=True))
