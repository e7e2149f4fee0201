"""The names of the two presets, for whoever must know them before anything heavy is imported.

What they stand for is in `gaze2report_core.model.config`.
"""

TINY = "gaze2report-tiny"
"""All parts in small: trains and runs on a CPU. The embedded model is made of it."""

FULL_SIZE = "gaze2report-llama2-7b"
"""The paper's."""
