"""Does the film matter? On films with a finding on one side, gaze must go there, and to the other in the mirror."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.gaze.films import Readers, SearchedFilm
from gaze2report_core.evaluation.score import Score, share_score
from gaze2report_core.evaluation.significance import with_interval
from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import GRID, Scanpath

FIGURES = {
    "agreement": "more time on the named side (chance 50 %)",
    "agreement_with_mirrored": "the same over film and mirrored film (chance 50 %)",
    "follows_mirror": "gaze goes to the other side in the mirror",
    "time_on_side": "time on the named side",
}
"""The figures of `SideScores` in words."""


@dataclass(frozen=True)
class SideScores:
    """Shares of films and findings, as scores over films; chance is one half for the first two.

    Attributes
    ----------
    agreement
        More time on the named side than on the other.
    agreement_with_mirrored
        The same, over each film and its mirrored copy, whose named side is the other one; no liking for one side of the
        film can raise it above one half.
    follows_mirror
        The side with more time is another one on the mirrored film.
    time_on_side
        The share of the time that falls on the named side.
    by_finding
        Agreeing and asked, for each finding.
    """

    agreement: Score
    agreement_with_mirrored: Score
    follows_mirror: Score
    time_on_side: Score
    by_finding: dict[Finding, tuple[int, int]]

    def figures(self) -> dict[str, Score]:
        """The shares by name, as in `FIGURES`."""
        return {name: getattr(self, name) for name in FIGURES}

    def to_dict(self) -> dict[str, Any]:
        figures: dict[str, Any] = {name: with_interval(score).to_dict() for name, score in self.figures().items()}
        agreeing = {finding: {"agreeing": pair[0], "asked": pair[1]} for finding, pair in self.by_finding.items()}
        return figures | {"by_finding": agreeing}


def side_scores(gaze: Sequence[SearchedFilm], on_right: Callable[[Readers], float]) -> SideScores | None:
    """Figures over the one-sided findings of `gaze`, by the share of time `on_right`, the patient's right side.

    None where no finding is one-sided.
    """
    cases = [(film, film.side, film.mirrored) for film in gaze if film.side is not None and film.mirrored is not None]
    if not cases:
        return None
    uids = [film.uid for film, _, _ in cases]
    share = np.array([_on(side, on_right(film.readers)) for film, side, _ in cases])
    in_mirror = np.array([_on(side, on_right(mirrored)) for _, side, mirrored in cases])
    agrees, agrees_mirrored = share > 0.5, in_mirror < 0.5
    findings = np.array([film.finding for film, _, _ in cases])
    masks = {finding: findings == finding for finding in Finding if (findings == finding).any()}
    by_finding = {
        finding: (int(agrees[of_finding].sum()), int(of_finding.sum())) for finding, of_finding in masks.items()
    }
    return SideScores(
        agreement=_over_films(agrees, uids),
        agreement_with_mirrored=_over_films((agrees + 0.0 + agrees_mirrored) / 2, uids),
        follows_mirror=_over_films((share - 0.5) * (in_mirror - 0.5) < 0, uids),
        time_on_side=_over_films(share, uids),
        by_finding=by_finding,
    )


def share_on_patients_right(scanpaths: Sequence[Scanpath]) -> float:
    """The share of the time on the patient's right, which is the film's left. A half where none passed."""
    seconds = sum(path.total_duration for path in scanpaths)
    on_left_of_film = sum(float(path.duration[path.x < 0.5].sum()) for path in scanpaths)
    on_middle = sum(float(path.duration[path.x == 0.5].sum()) for path in scanpaths)
    return (on_left_of_film + on_middle / 2) / seconds if seconds else 0.5


def expected_share_on_patients_right(durations: NDArray[np.float64]) -> float:
    """The same of seconds on patches `(14, 14)`, of which some passed."""
    return float(durations[:, : GRID // 2].sum() / durations.sum())


def _on(side: Side, on_right: float) -> float:
    return on_right if side is Side.RIGHT else 1 - on_right


def _over_films(cases: NDArray[Any], uids: Sequence[str]) -> Score:
    """The mean over cases, in which films are drawn and not cases: the findings of one film stay together."""
    row = {uid: index for index, uid in enumerate(dict.fromkeys(uids))}
    counts = np.zeros((len(row), 2))
    for uid, value in zip(uids, cases, strict=True):
        counts[row[uid]] += value, 1
    return share_score(counts)
