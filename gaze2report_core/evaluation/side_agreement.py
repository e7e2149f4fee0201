"""Whether reports name findings on the sides that their prompts told, and on no other."""

from collections.abc import Sequence

import numpy as np

from gaze2report_core.evaluation.score import Score, share_score
from gaze2report_core.findings.labeller import sides_stated
from gaze2report_core.findings.laterality import Told
from gaze2report_core.findings.prompts import WITHOUT_SIDE


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
    named = {finding: sides for finding, sides in sides_stated(text).items() if sides and finding not in WITHOUT_SIDE}
    return sum(sides <= told.get(finding, frozenset()) for finding, sides in named.items()), len(named)
