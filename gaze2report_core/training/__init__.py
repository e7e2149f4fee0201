"""Training: data sets, one loop, and one module for each thing that is trained."""

import gaze2report_core.model  # noqa: F401 - must come before transformers where torch is a CPU build
