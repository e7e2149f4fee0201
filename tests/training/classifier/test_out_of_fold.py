"""What is left out of fold is what `evaluate-findings` reads: probabilities, and attention beside recorded gaze."""

import csv
from pathlib import Path

import numpy as np
import pytest

from gaze2report_core.evaluation.findings.files import read_findings
from gaze2report_core.findings import FINDINGS, Finding, Side
from gaze2report_core.findings.ensemble import Calibration
from gaze2report_core.findings.evidence import FilmEvidence, Fusion, Seen
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.studies import read_studies
from gaze2report_core.training.classifier.calibration import CrossFitted, StudyEvidence
from gaze2report_core.training.classifier.finding_labels import labels_of_studies
from gaze2report_core.training.classifier.gaze_maps import GazeMaps
from gaze2report_core.training.classifier.out_of_fold import FoundOutOfFold, attention_correlations, write_out_of_fold
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.gaze.gazesearch import RecordedSearch

EFFUSION = FINDINGS.index(Finding.PLEURAL_EFFUSION)
ON_THE_LEFT = Scanpath(np.array([0.8]), np.array([0.8]), np.array([1.0]), GazeSource.RECORDED)
GAZE = GazeMaps([RecordedSearch(ON_THE_LEFT, Finding.PLEURAL_EFFUSION, Side.LEFT)] * 3)


def recorded_map() -> np.ndarray:
    recorded = GAZE.map_of(Finding.PLEURAL_EFFUSION, Side.LEFT)
    assert recorded is not None
    return recorded.numpy().reshape(14, 14)


def looking_like(attention: np.ndarray) -> StudyEvidence:
    rows = np.broadcast_to(attention.reshape(-1), (14, 196))
    return StudyEvidence(FilmEvidence(np.zeros(14), rows, np.zeros((14, 196))), None, None, None)


def test_attention_is_held_against_recordings_of_the_finding_on_its_side() -> None:
    recorded = recorded_map()
    target, side = np.zeros(14), np.zeros(14)
    target[EFFUSION], side[EFFUSION] = 1, 1
    same, mirrored = looking_like(recorded), looking_like(recorded[:, ::-1])
    assert attention_correlations(same, target, side, GAZE) == {"Pleural Effusion": pytest.approx(1, abs=1e-5)}
    assert attention_correlations(mirrored, target, side, GAZE)["Pleural Effusion"] < 0
    assert attention_correlations(same, target, -side, GAZE) == {}  # nobody was recorded on the right
    assert attention_correlations(same, np.zeros(14), side, GAZE) == {}
    assert attention_correlations(StudyEvidence(None, None, None, None), target, side, GAZE) == {}


def test_what_is_written_out_of_fold_is_read_by_the_evaluation_and_by_training(tmp_path: Path) -> None:
    table = tmp_path / "studies.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [
                ("uid", "split", "report", "mesh", "frontal"),
                ("1", "train", "There is a left pleural effusion.", "Pleural Effusion/left", "1.png"),
                ("2", "train", "The lungs are clear.", "normal", "2.png"),
            ]
        )
    studies = read_studies(table, ("train",))
    recorded = recorded_map()
    probabilities = np.full((2, 14), 0.1)
    probabilities[0, EFFUSION] = probabilities[1, 0] = 0.9
    calibration = Calibration(
        {seen: Fusion(np.ones((14, 1)), np.zeros(14)) for seen in Seen},
        {seen: np.full(14, 0.5) for seen in Seen},
        side_threshold=1e9,
        reliability=dict.fromkeys(Seen, Reliability.without_studies()),
    )
    seen_there = (Seen.FRONTAL, Seen.FRONTAL_AND_GAZE)
    towers = FoundOutOfFold({seen: CrossFitted(np.arange(2), probabilities) for seen in seen_there}, calibration)
    surer = FoundOutOfFold({seen: CrossFitted(np.arange(2), probabilities**0.1) for seen in seen_there}, calibration)
    evidence = [looking_like(recorded)] * 2
    write_out_of_fold(studies, evidence, labels_of_studies(studies), surer, towers, GAZE, tmp_path)

    read = read_findings(tmp_path / "out_of_fold.json", table, "train", gaze=False)
    np.testing.assert_allclose(read.probabilities, probabilities)
    np.testing.assert_array_equal(read.named, probabilities >= 0.5)
    assert np.isfinite(read.attention).sum() == 1
    assert read.attention[0, EFFUSION] == pytest.approx(1, abs=1e-5)
    told = PredictedFindings.of_folder(tmp_path)
    assert (Finding.PLEURAL_EFFUSION, None) in told.of("1", gaze=True)
    assert len(told.of("2", gaze=True)) == 13  # the encoder is surer, and the prompts of training hear it
