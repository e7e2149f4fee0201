"""A reading of the findings as a classifier would give it, for the page and the records."""

from collections.abc import Mapping

import numpy as np

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.incidental_probe import IncidentalLikelihood
from gaze2report_core.findings.labelling.incidental import IncidentalFinding
from gaze2report_core.findings.places.regions import Box, ThoraxGeometry, regions_of, regions_of_finding
from gaze2report_core.findings.reading import FindingLikelihood, FindingsReading

THORAX = ThoraxGeometry(
    right_lung=Box(0.15, 0.1, 0.45, 0.8), left_lung=Box(0.55, 0.1, 0.85, 0.8), heart=Box(0.4, 0.45, 0.7, 0.8)
)
THRESHOLD = 0.4


def reading_of(
    probabilities: Mapping[Finding, float],
    side: Side | None = None,
    incidental: Mapping[IncidentalFinding, float] | None = None,
) -> FindingsReading:
    """All 14 findings, unlikely (0.05) where no probability is given; each is said to be there from 0.4 on."""
    likelihoods = [probabilities.get(finding, 0.05) for finding in Finding]
    return FindingsReading(
        findings=tuple(
            FindingLikelihood(
                finding,
                likely,
                max(0.0, likely - 0.1),
                min(1.0, likely + 0.1),
                side,
                regions_of_finding(finding, side),
                0.75,
            )
            for finding, likely in zip(Finding, likelihoods, strict=True)
        ),
        regions=regions_of(THORAX),
        attention=np.full((14, 14), 1 / 196),
        attention_of=dict.fromkeys(tuple(Finding)[1:], np.full((14, 14), 1 / 196)),
        thresholds=dict.fromkeys(Finding, THRESHOLD),
        incidental=None if incidental is None else tuple(IncidentalLikelihood(*one) for one in incidental.items()),
    )
