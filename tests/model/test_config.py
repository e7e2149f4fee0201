"""Configurations, presets, and what the six variants differ in."""

import json
from dataclasses import asdict

import pytest

from gaze2report_core.model.config import PRESETS, Gaze2ReportConfig
from gaze2report_core.presets import Variant, VisualTokens
from tests.small_model import small_config


@pytest.mark.parametrize("preset", PRESETS)
def test_a_configuration_reads_back_from_json_as_it_was(preset: str) -> None:
    config = PRESETS[preset]
    assert Gaze2ReportConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_the_full_size_preset_is_the_papers() -> None:
    config = PRESETS["gaze2report-llama2-7b"]
    assert (config.encoder.backbone, config.encoder.image_size) == ("vit_base_patch16_224.augreg_in21k", 224)
    assert (config.language_model.base, config.language_model.width) == ("meta-llama/Llama-2-7b-hf", 4096)
    assert (config.adapter.rank, config.adapter.alpha) == (16, 16)
    assert config.fusion.visual_tokens is VisualTokens.ONE
    assert "Generate a comprehensive and detailed diagnosis report for this chest X-ray image." in config.instruction


@pytest.mark.parametrize("variant", [one for one in Variant if one is not Variant.GAZE2REPORT])
def test_variants_differ_in_one_field(variant: Variant) -> None:
    papers, other = small_config().to_dict(), small_config(variant).to_dict()
    assert [name for name in papers if papers[name] != other[name]] == ["variant"]


def test_a_format_of_another_version_is_refused_with_both_versions() -> None:
    with pytest.raises(ValueError, match="format version 99, this program reads 1"):
        Gaze2ReportConfig.from_dict(asdict(small_config()) | {"format_version": 99})
