"""A run knows the model and the findings that it goes on from again, and no others."""

from pathlib import Path

import pytest

from gaze2report_core.training.identity import identity_of_findings, identity_of_model


@pytest.fixture
def findings(tmp_path: Path) -> Path:
    """As `train findings` leaves it, but for what the files say."""
    (tmp_path / "findings").mkdir()
    (tmp_path / "findings" / "config.json").write_text("{}")
    (tmp_path / "findings" / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "out_of_fold.json").write_text("{}")
    (tmp_path / "tower-0").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", ["findings/config.json", "findings/model.safetensors", "out_of_fold.json"])
def test_findings_are_others_when_a_file_that_is_used_is_another(findings: Path, name: str) -> None:
    before = identity_of_findings(findings)
    (findings / name).write_bytes(b"other")
    assert identity_of_findings(findings) != before


def test_findings_are_the_same_whatever_else_lies_beside_them(findings: Path) -> None:
    before = identity_of_findings(findings)
    (findings / "tower-0" / "epoch-1.safetensors").write_bytes(b"a checkpoint")
    (findings / "loss_curve.png").write_bytes(b"a picture")
    assert identity_of_findings(findings) == before
    assert identity_of_findings(None) is None


def test_a_model_is_another_when_its_weights_are_and_the_same_under_another_card(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    before = identity_of_model(tmp_path)
    (tmp_path / "README.md").write_text("# A card")
    assert identity_of_model(tmp_path) == before
    (tmp_path / "model.safetensors").write_bytes(b"others!")
    assert identity_of_model(tmp_path) != before
