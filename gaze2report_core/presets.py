"""What a model is chosen by: presets, variants, visual tokens; known before anything heavy is imported.

What they stand for is in `gaze2report_core.model`.
"""

from enum import StrEnum

TINY = "gaze2report-tiny"
"""All parts in small: trains and runs on a CPU. The embedded model is made of it."""

FULL_SIZE = "gaze2report-llama2-7b"
"""The paper's."""


class Variant(StrEnum):
    """How gaze and film are joined: the paper's model and the baselines it is compared with (section 3)."""

    BASE1 = "base1"
    BASE2 = "base2"
    BASE3 = "base3"
    MASK = "mask"
    UNMASK = "unmask"
    GAZE2REPORT = "gaze2report"


class VisualTokens(StrEnum):
    """What of the graph the language model gets to see: its mean as one token, or each node as a token."""

    ONE = "one"
    NODES = "nodes"
