"""A whole model in its folder, with the classifier that tells it of findings."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gaze2report_core.findings.encoder_probe import ENCODER_PROBE
from gaze2report_core.findings.folder import DEEP_TOWER_FOLDER, FINDINGS_FOLDER
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.model.config import PRESETS, Gaze2ReportConfig
from gaze2report_core.model.patch_encoder import PatchEncoderConfig
from gaze2report_core.presets import FULL_SIZE, TINY
from gaze2report_core.training.reports.assembly import TrainedParts, assemble, save_with_findings, trained_on
from gaze2report_core.training.run.needed import TrainingRefused
from tests.small_model import SMALL, random_model, small_config, small_tokenizer

OTHER_ENCODER = PatchEncoderConfig(backbone="vit_tiny_patch16_224", width=192)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("config", "kept"),
    [
        (SMALL, {"config.json", "geometry.safetensors", ENCODER_PROBE}),
        (replace(SMALL, encoder=OTHER_ENCODER), {"config.json", "geometry.safetensors"}),
    ],
)
def test_beside_another_encoder_the_reading_of_the_tiny_one_is_left_out(
    tmp_path: Path, config: Gaze2ReportConfig, kept: set[str]
) -> None:
    findings = tmp_path / "findings-run" / FINDINGS_FOLDER
    findings.mkdir(parents=True)
    for name in ("config.json", "geometry.safetensors", ENCODER_PROBE):
        (findings / name).write_bytes(name.encode())
    save_with_findings(random_model(config), small_tokenizer(), findings.parent, tmp_path / "model")
    copied = {path.name: path.read_bytes() for path in (tmp_path / "model" / FINDINGS_FOLDER).iterdir()}
    assert copied == {name: name.encode() for name in kept}
    assert (tmp_path / "model" / "model.safetensors").is_file()
    written = json.loads((tmp_path / "model" / "config.json").read_text(encoding="utf-8"))
    assert written["trained_on"] == list(trained_on(config, findings.parent))


@pytest.mark.thorough
def test_without_a_classifier_nobody_tells_the_model_of_findings(tmp_path: Path) -> None:
    model = random_model(replace(SMALL, findings_prompt=True))
    save_with_findings(model, small_tokenizer(), None, tmp_path)
    assert not json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))["findings_prompt"]


def test_the_embedded_model_names_what_the_trainings_would_name() -> None:
    named = json.loads((EMBEDDED_MODEL / "config.json").read_text(encoding="utf-8"))["trained_on"]
    assert named == list(trained_on(PRESETS[TINY], EMBEDDED_MODEL))
    assert any("SIIM" in source for source in named)


def test_backbones_are_named_where_something_starts_from_them(tmp_path: Path) -> None:
    def lites(config: Gaze2ReportConfig, findings: Path | None) -> list[str]:
        return [source[-5:] for source in trained_on(config, findings) if "EfficientNet" in source]

    tiny, full = PRESETS[TINY], PRESETS[FULL_SIZE]
    (tmp_path / "towers").mkdir()
    (tmp_path / "deep" / FINDINGS_FOLDER / DEEP_TOWER_FOLDER).mkdir(parents=True)
    assert lites(tiny, None) == lites(tiny, tmp_path / "towers") == lites(full, tmp_path / "towers") == ["Lite0"]
    assert lites(tiny, tmp_path / "deep") == lites(full, tmp_path / "deep") == ["Lite0", "Lite2"]
    assert lites(full, None) == []
    assert "meta-llama/Llama-2-7b-hf" in trained_on(full, None)


def test_what_a_model_was_trained_on_before_stays_named() -> None:
    assert trained_on(replace(PRESETS[TINY], trained_on=("films of one clinic",)), None)[0] == "films of one clinic"


def test_a_model_of_parts_that_were_not_trained_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"Run `train language`"):
        assemble(small_config(), TrainedParts(tmp_path, tmp_path, tmp_path))
