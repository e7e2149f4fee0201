"""Incidental findings measured: how often reports mention them rightly, and how well a probe tells films apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.area_under_curve import areas_under_curve
from gaze2report_core.evaluation.findings.figures import bootstrapped, where_known
from gaze2report_core.evaluation.significance import Figure
from gaze2report_core.findings.labelling.incidental import (
    INCIDENTAL_FINDINGS,
    IncidentalFinding,
    columns_of_incidental,
    incidental_in_text,
)


@dataclass(frozen=True)
class Mentions:
    """In how many studies the reference mentions an incidental finding, the report does, and both do."""

    references: int
    reports: int
    both: int


def mentions(references: Sequence[str], reports: Sequence[str]) -> dict[IncidentalFinding, Mentions]:
    """Counted over studies, whose reference and report stand at the same place."""
    asked, said = (columns_of_incidental(map(incidental_in_text, texts)) for texts in (references, reports))
    counts = (found.sum(axis=0).tolist() for found in (asked, said, asked & said))
    return dict(zip(INCIDENTAL_FINDINGS, map(Mentions, *counts), strict=True))


@dataclass(frozen=True)
class IncidentalAgainstLabels:
    """How many studies have each, and the area under the curve; none where no study has it, or all."""

    positives: Mapping[IncidentalFinding, int]
    area_under_curve: Mapping[IncidentalFinding, Figure | None]

    @classmethod
    def of(cls, probabilities: NDArray[np.float64], truth: NDArray[np.bool_]) -> "IncidentalAgainstLabels":
        """From probabilities and labels of S studies, both `(S, K)`."""
        areas = bootstrapped(len(truth), lambda rows: areas_under_curve(probabilities[rows], truth[rows]))
        return cls(
            dict(zip(INCIDENTAL_FINDINGS, truth.sum(axis=0).tolist(), strict=True)),
            dict(zip(INCIDENTAL_FINDINGS, where_known(areas, truth), strict=True)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "positives": {finding.value: count for finding, count in self.positives.items()},
            "area_under_curve": {
                finding.value: None if area is None else area.to_dict()
                for finding, area in self.area_under_curve.items()
            },
        }
