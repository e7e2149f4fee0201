"""From what the towers say of each film to probabilities for the study: fusion of views, gaze and regions.

A tower gathers evidence for a finding by its own attention. Fusion adds two more readings of the same evidence: as the
reader's gaze gathers it (the gaze token), and as it lies in the regions where the finding is to be expected. A logistic
regression for each finding joins them; it is fitted on probabilities of towers that had not seen the study, which
calibrates it too (Platt 1999; stacked generalisation, Wolpert 1992).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.places.regions import ThoraxGeometry, region_weights, regions_of_finding
from gaze2report_core.findings.vocabulary import FINDINGS


class Seen(StrEnum):
    """What there is of a study; each has a fusion of its own."""

    FRONTAL = "frontal"
    LATERAL = "lateral"
    BOTH = "both"
    FRONTAL_AND_GAZE = "frontal_and_gaze"
    BOTH_AND_GAZE = "both_and_gaze"

    @classmethod
    def of(cls, *, frontal: bool, lateral: bool, gaze: bool) -> "Seen":
        """Gaze is on the frontal film: without that, it counts for nothing."""
        if not frontal:
            return cls.LATERAL
        if lateral:
            return cls.BOTH_AND_GAZE if gaze else cls.BOTH
        return cls.FRONTAL_AND_GAZE if gaze else cls.FRONTAL

    @property
    def has_lateral(self) -> bool:
        """Whether a lateral film is seen."""
        return self in (Seen.LATERAL, Seen.BOTH, Seen.BOTH_AND_GAZE)

    @property
    def has_gaze(self) -> bool:
        """Whether a reader's gaze on the frontal film is seen."""
        return self in (Seen.FRONTAL_AND_GAZE, Seen.BOTH_AND_GAZE)


@dataclass(frozen=True, eq=False)
class FilmEvidence:
    """What towers say of one film: `logits` `(C,)`, `attention` and `evidence` `(C, N)`."""

    logits: NDArray[np.float64]
    attention: NDArray[np.float64]
    evidence: NDArray[np.float64]


def inputs_of(
    frontal: FilmEvidence | None,
    lateral: FilmEvidence | None,
    durations: NDArray[np.float64] | None,
    geometry: ThoraxGeometry | None,
) -> tuple[Seen, NDArray[np.float64]]:
    """What fusion regresses on, `(C, K)`, with a column for each of these that there is.

    In this order, by which the weights of a saved fusion are read: logits of the frontal film, its evidence in the
    finding's regions, logits of the lateral film, evidence of the frontal film under gaze.

    Parameters
    ----------
    durations
        Seconds of gaze on each patch of the frontal film, `(14, 14)`, or nothing without gaze.
    geometry
        Where lungs and heart lie on the frontal film.
    """
    has_gaze = durations is not None and bool(durations.sum() > 0)
    seen = Seen.of(frontal=frontal is not None, lateral=lateral is not None, gaze=has_gaze)
    columns = []
    if frontal is not None:
        columns.append(frontal.logits)
        columns.append(_in_regions(frontal.evidence, geometry) if geometry is not None else frontal.evidence.mean(1))
    if lateral is not None:
        columns.append(lateral.logits)
    if frontal is not None and durations is not None and has_gaze:
        columns.append(frontal.evidence @ (durations.reshape(-1) / durations.sum()))
    return seen, np.stack(columns, axis=1)


def _in_regions(evidence: NDArray[np.float64], geometry: ThoraxGeometry) -> NDArray[np.float64]:
    """The mean evidence for each finding over the regions where it is to be expected, `(C,)`."""
    shares = region_weights(geometry)
    means = []
    for finding, of_finding in zip(FINDINGS, evidence, strict=True):
        regions = regions_of_finding(finding, None)
        if not regions:
            means.append(of_finding.mean())
            continue
        inside = np.clip(sum(shares[region] for region in regions), 0, 1).reshape(-1)
        means.append((of_finding * inside).sum() / max(inside.sum(), 1e-9))
    return np.array(means)


@dataclass(frozen=True, eq=False)
class Fusion:
    """A logistic regression for each finding: `weights` `(C, K)` and `bias` `(C,)`."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def probabilities(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """`(…, C, K)` → calibrated probabilities `(…, C)`."""
        return probabilities_of(self.log_odds(inputs))

    def log_odds(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same as log-odds."""
        return np.asarray((inputs * self.weights).sum(axis=-1) + self.bias)


def probabilities_of(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of log-odds. Beyond 700 to either side, which a degenerate fit may give, an exponential would overflow."""
    return 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))


def log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of probabilities, which are kept off 0 and 1."""
    kept = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.log(kept / (1 - kept))
