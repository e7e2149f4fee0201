"""Whether reports name findings on the sides that their prompts told, and on those where annotators saw them."""

from collections.abc import Mapping, Sequence

import numpy as np

from gaze2report_core.evaluation.score import Score, share_score
from gaze2report_core.findings.labelling.labeller import sides_stated
from gaze2report_core.findings.revision.laterality import Told
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE, Finding, Side


def side_agreement(told: Sequence[Told | None], texts: Sequence[str]) -> Score | None:
    """Of the findings that S texts state or doubt on a side, the share on told sides alone.

    Texts whose prompt is not known (None) count for nothing; nothing comes back where no text names a side.
    """
    pairs = zip(told, texts, strict=True)
    counts = np.array(
        [(0, 0) if sides is None else _counts(sides, text) for sides, text in pairs], dtype=np.float64
    )  # (S, 2)
    return share_score(counts) if counts[:, 1].any() else None


def _counts(told: Told, text: str) -> tuple[int, int]:
    """How many findings a text names on told sides alone, and on any side."""
    named = _named(text)
    return sum(sides <= told.get(finding, frozenset()) for finding, sides in named.items()), len(named)


def sides_seen_alike(seen: Sequence[Mapping[Finding, Side | None]], texts: Sequence[str]) -> tuple[int, int]:
    """Of the findings that S texts state or doubt on one side alone, and annotators saw on one side alone: how many are
    on the same side, and how many there are."""
    alike = [
        sides == {seen_on}
        for of_study, text in zip(seen, texts, strict=True)
        for finding, sides in _named(text).items()
        if len(sides) == 1 and (seen_on := of_study.get(finding)) is not None
    ]
    return sum(alike), len(alike)


def _named(text: str) -> dict[Finding, frozenset[Side]]:
    """The findings that a text names on a side, with their sides; those that have none are left out."""
    return {finding: sides for finding, sides in sides_stated(text).items() if sides and finding not in WITHOUT_SIDE}
