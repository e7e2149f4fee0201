"""A run knows the model and the findings that it goes on from again, and no others."""

import hashlib
import json
from pathlib import Path

import pytest

from gaze2report_core.hub import hash_of_folder
from gaze2report_core.training.run.identity import (
    hash_of_files,
    identity_of_findings,
    identity_of_sight,
)


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
    before = hash_of_folder(tmp_path)
    (tmp_path / "README.md").write_text("# A card")
    assert hash_of_folder(tmp_path) == before
    (tmp_path / "model.safetensors").write_bytes(b"others!")
    assert hash_of_folder(tmp_path) != before


def test_files_are_others_under_another_name_or_in_another_order(tmp_path: Path) -> None:
    first, second = tmp_path / "config.json", tmp_path / "model.safetensors"
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    hashes = {hash_of_files(first, second), hash_of_files(second, first), hash_of_files(first)}
    renamed = first.rename(tmp_path / "other.json")
    assert len({*hashes, hash_of_files(renamed), hash_of_files(renamed, second)}) == 5


SIGHT = {"variant": "mask", "encoder": {"width": 8}, "scanpath": {"width": 8}, "fusion": {"width": 8}}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    for name in (
        *("model.safetensors", "scanpath/model.safetensors", "language_model/model.safetensors"),
        *("language_model/tokenizer.json", "adapter/adapter_model.safetensors"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"weights")
    (tmp_path / "config.json").write_text(json.dumps(SIGHT | {"adapter": {"rank": 4}}))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "holds", "sees_otherwise"),
    [
        ("model.safetensors", "others", True),
        ("scanpath/model.safetensors", "others", True),
        ("language_model/tokenizer.json", "others", True),
        *(
            ("config.json", json.dumps(SIGHT | {part: {"width": 9}}), True)
            for part in ("encoder", "scanpath", "fusion")
        ),
        ("config.json", json.dumps(SIGHT | {"variant": "base1"}), True),
        ("config.json", json.dumps(SIGHT | {"adapter": {"rank": 8}, "indication_prompt": True}), False),
        ("language_model/model.safetensors", "others", False),
        ("adapter/adapter_model.safetensors", "others", False),
    ],
)
def test_films_are_seen_by_encoder_gaze_and_fusion_and_not_by_the_language_model(
    model: Path, name: str, holds: str, sees_otherwise: bool
) -> None:
    before = identity_of_sight(model)
    (model / name).write_text(holds)
    assert (identity_of_sight(model) != before) == sees_otherwise


def test_hashes_are_those_of_the_runs_that_were_made_before_whatever_way_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "part").mkdir()
    config, weights = tmp_path / "config.json", tmp_path / "part" / "model.safetensors"
    config.write_bytes(b"{}")
    weights.write_bytes(bytes(range(256)) * 4096)
    spelled = b"config.json" + b"{}", b"part/", b"model.safetensors" + bytes(range(256)) * 4096
    monkeypatch.setattr(Path, "read_bytes", None)  # the weights of a large model do not fit into memory twice
    assert hash_of_folder(tmp_path) == hashlib.sha256(b"".join(spelled)).hexdigest()[:12]
    assert hash_of_files(config, weights) == hashlib.sha256(spelled[0] + spelled[2]).hexdigest()[:12]
