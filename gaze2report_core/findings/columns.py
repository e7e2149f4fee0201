"""Findings as columns of numbers, apart from their names, which are known without NumPy."""

from collections.abc import Iterable, Set

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.vocabulary import FINDINGS, Finding


def columns_of_findings(studies: Iterable[Set[Finding]]) -> NDArray[np.bool_]:
    """Which findings each of S studies has, `(S, C)`."""
    return np.array([[finding in study for finding in FINDINGS] for study in studies])
