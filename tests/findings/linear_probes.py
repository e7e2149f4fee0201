"""Linear probes on a narrow encoder, and patches and gaze that they may hear."""

import numpy as np

from gaze2report_core.findings.linear_probe import ROWS, LinearProbe

WIDTH = 4


def a_linear_probe(random: np.random.Generator) -> LinearProbe:
    return LinearProbe(
        mean=random.normal(size=(ROWS, WIDTH)).astype(np.float32),
        deviation=random.uniform(0.5, 2, size=(ROWS, WIDTH)).astype(np.float32),
        weights=random.normal(size=(ROWS, WIDTH, 14)).astype(np.float16).astype(np.float32),
        bias=random.normal(size=14).astype(np.float32),
    )


def patches_and_gaze(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Patches of a frontal film and of a lateral one, and seconds of gaze on the frontal one."""
    random = np.random.default_rng(seed)
    frontal, lateral = random.normal(size=(2, 196, WIDTH))
    return frontal, lateral, random.exponential(0.05, (14, 14))
