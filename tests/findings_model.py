"""The embedded model beside a classifier of findings that nobody has trained: what that gives is real, not right."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import torch

from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.ensemble import Calibration, TowersOfFindings
from gaze2report_core.findings.evidence import Fusion, Seen
from gaze2report_core.findings.folder import FINDINGS_FOLDER, GEOMETRY, save_findings
from gaze2report_core.findings.incidental_probe import WITHOUT_GAZE, Calibrated, IncidentalProbe
from gaze2report_core.findings.linear_probe import ROWS, LinearProbe
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.model.patch_encoder import LITE0

INPUTS = {Seen.FRONTAL: 2, Seen.LATERAL: 1, Seen.BOTH: 3, Seen.FRONTAL_AND_GAZE: 3, Seen.BOTH_AND_GAZE: 4}
LIKELY = np.linspace(-3, 3, 14)
"""Log-odds that the 14 findings start from, in the order of `Finding`; about half of them reach their thresholds."""
LIKELY_BESIDE = np.array([2.0, -2.0, -3.0])
"""Those of the incidental findings: a degenerative spine alone is mentioned."""


def save_model_with_findings(folder: Path) -> Path:
    """Write the model to `folder`, with the findings in its prompt, and return the folder."""
    shutil.copytree(EMBEDDED_MODEL, folder, copy_function=os.link, ignore=shutil.ignore_patterns(FINDINGS_FOLDER))
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").unlink()  # a link to the embedded model's own
    (folder / "config.json").write_text(json.dumps(config | {"findings_prompt": True}), "utf-8")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        towers = TowersOfFindings(ClassifierConfig(towers=2, auxiliary_labels=1)).eval()
    calibration = Calibration(
        {seen: Fusion(np.full((14, count), 0.05), LIKELY) for seen, count in INPUTS.items()},
        {seen: np.full(14, 0.5) for seen in Seen},
        side_threshold=0.5,
        reliability=dict.fromkeys(Seen, Reliability.without_studies()),
    )
    save_findings(towers, calibration, folder / FINDINGS_FOLDER)
    _incidental().save(folder / FINDINGS_FOLDER)
    shutil.copy(Path(EMBEDDED_MODEL) / FINDINGS_FOLDER / GEOMETRY, folder / FINDINGS_FOLDER / GEOMETRY)
    return folder


def _incidental() -> IncidentalProbe:
    """One that says the same of every film."""
    shape, labels = (ROWS, LITE0.width), len(LIKELY_BESIDE)
    linear = LinearProbe(
        np.zeros(shape, np.float32),
        np.ones(shape, np.float32),
        np.zeros((*shape, labels), np.float32),
        np.zeros(labels, np.float32),
    )
    return IncidentalProbe(linear, dict.fromkeys(WITHOUT_GAZE, Calibrated(np.ones(labels), LIKELY_BESIDE)))
