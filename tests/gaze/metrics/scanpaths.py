"""Scanpaths for the tests of metrics: drawn by hypothesis, or written down as triples."""

import numpy as np
from hypothesis import strategies as st

from gaze2report_core.gaze import GazeSource, Scanpath

Triple = tuple[float, float, float]


def scanpath_of(*fixations: Triple) -> Scanpath:
    """A scanpath of `(x, y, seconds)`."""
    x, y, duration = np.array(fixations).T if fixations else np.empty((3, 0))
    return Scanpath(x, y, duration, GazeSource.RECORDED)


FIXATION = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 1.5))
SCANPATH = st.lists(FIXATION, min_size=1, max_size=7).map(lambda fixations: scanpath_of(*fixations))
