"""A whole model in its folder, with the classifier that tells it of findings."""

from dataclasses import replace
from pathlib import Path

import pytest

from gaze2report_core.findings.encoder_reading import ENCODER_READING
from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.model.config import Gaze2ReportConfig
from gaze2report_core.model.patch_encoder import PatchEncoderConfig
from gaze2report_core.training.assembly import TrainedParts, assemble, save_with_findings
from gaze2report_core.training.needed import TrainingRefused
from tests.small_model import SMALL, random_model, small_config, small_tokenizer

OTHER_ENCODER = PatchEncoderConfig(backbone="vit_tiny_patch16_224", width=192)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("config", "kept"),
    [
        (SMALL, {"config.json", "geometry.safetensors", ENCODER_READING}),
        (replace(SMALL, encoder=OTHER_ENCODER), {"config.json", "geometry.safetensors"}),
    ],
)
def test_beside_another_encoder_the_reading_of_the_tiny_one_is_left_out(
    tmp_path: Path, config: Gaze2ReportConfig, kept: set[str]
) -> None:
    findings = tmp_path / "findings-run" / FINDINGS_FOLDER
    findings.mkdir(parents=True)
    for name in ("config.json", "geometry.safetensors", ENCODER_READING):
        (findings / name).write_bytes(name.encode())
    save_with_findings(random_model(config), small_tokenizer(), findings.parent, tmp_path / "model")
    copied = {path.name: path.read_bytes() for path in (tmp_path / "model" / FINDINGS_FOLDER).iterdir()}
    assert copied == {name: name.encode() for name in kept}
    assert (tmp_path / "model" / "model.safetensors").is_file()


def test_a_model_of_parts_that_were_not_trained_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"Run `train language`"):
        assemble(small_config(), TrainedParts(tmp_path, tmp_path, tmp_path))
