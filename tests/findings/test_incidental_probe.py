"""The probe for incidental findings: what it says of the views that there are, and its file."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from gaze2report_core.findings.evidence import Seen
from gaze2report_core.findings.incidental_probe import (
    INCIDENTAL_PROBE,
    MENTIONED_FROM,
    WITHOUT_GAZE,
    Calibrated,
    IncidentalLikelihood,
    IncidentalProbe,
)
from gaze2report_core.findings.labelling.incidental import INCIDENTAL_FINDINGS
from gaze2report_core.findings.linear_probe import OF_LATERAL, ROWS, LinearProbe

WIDTH, LABELS = 4, len(INCIDENTAL_FINDINGS)


def a_probe() -> IncidentalProbe:
    """One that looks at lateral films alone, and is the surer the more is seen."""
    weights = np.zeros((ROWS, WIDTH, LABELS), np.float32)
    weights[OF_LATERAL.start] = 1
    linear = LinearProbe(
        np.zeros((ROWS, WIDTH), np.float32), np.ones((ROWS, WIDTH), np.float32), weights, np.zeros(LABELS, np.float32)
    )
    slopes = zip(WITHOUT_GAZE, (0.5, 1.0, 2.0), strict=True)
    return IncidentalProbe(linear, {seen: Calibrated(np.full(LABELS, of), np.zeros(LABELS)) for seen, of in slopes})


def test_each_thing_that_may_be_seen_is_calibrated_for_itself() -> None:
    frontal, lateral = np.full((196, WIDTH), 9.0), np.full((196, WIDTH), 0.25)
    probe = a_probe()
    for films, slope in (((frontal, None), 0.0), ((None, lateral), 1.0), ((frontal, lateral), 2.0)):
        likely = probe.likelihoods(*films)
        assert tuple(one.finding for one in likely) == INCIDENTAL_FINDINGS
        assert [one.probability for one in likely] == pytest.approx([1 / (1 + np.exp(-slope))] * LABELS)


def test_what_is_likely_enough_is_mentioned() -> None:
    aorta = INCIDENTAL_FINDINGS[1]
    assert IncidentalLikelihood(aorta, MENTIONED_FROM).mentioned
    assert not IncidentalLikelihood(aorta, MENTIONED_FROM - 0.001).mentioned


def test_a_probe_survives_its_file(tmp_path: Path) -> None:
    assert IncidentalProbe.from_folder(tmp_path) is None
    a_probe().save(tmp_path)
    again = IncidentalProbe.from_folder(tmp_path)
    assert again is not None
    assert again.width == WIDTH
    lateral = np.random.default_rng(0).normal(size=(196, WIDTH))
    assert again.likelihoods(None, lateral) == a_probe().likelihoods(None, lateral)


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        ("linear.weights", np.zeros((ROWS, WIDTH, LABELS + 1), np.float32)),
        ("linear.mean", np.zeros((ROWS - 1, WIDTH), np.float32)),
        ("linear.deviation", np.zeros((ROWS, WIDTH + 1), np.float32)),
        ("linear.bias", np.zeros(LABELS + 1, np.float32)),
        (f"{Seen.FRONTAL.value}.slope", np.zeros(LABELS + 1, np.float32)),
        (f"{Seen.BOTH.value}.shift", None),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, name: str, damaged: np.ndarray | None) -> None:
    a_probe().save(tmp_path)
    state = load_file(tmp_path / INCIDENTAL_PROBE)
    state.pop(name)
    save_file(state if damaged is None else state | {name: damaged}, tmp_path / INCIDENTAL_PROBE)
    with pytest.raises(ValueError, match="probe for incidental findings is"):
        IncidentalProbe.from_folder(tmp_path)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / INCIDENTAL_PROBE).write_bytes(b"no safetensors")
    with pytest.raises(ValueError, match="damaged"):
        IncidentalProbe.from_folder(tmp_path)
