"""What a pipeline refuses to load, and that it asks nothing of a device that not every device has."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.model.folder import UnreadableModel, save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.drawn_films import LARGE_HEART, drawn_chest, png
from tests.small_model import random_model, small_config, small_tokenizer


def test_a_reader_of_the_sides_of_something_else_is_refused(tmp_path: Path) -> None:
    config = replace(small_config(), scanpath=replace(small_config().scanpath, side_labels=3))
    save_model(random_model(config), small_tokenizer(), tmp_path)
    with pytest.raises(UnreadableModel, match="other labels than the 14 findings"):
        Gaze2ReportPipeline.from_pretrained(tmp_path, device="cpu")


def test_a_model_that_is_told_of_findings_is_refused_without_its_classifier(tmp_path: Path) -> None:
    """Half a copy of a model would write of every film that it is normal."""
    save_model(random_model(replace(small_config(), findings_prompt=True)), small_tokenizer(), tmp_path)
    with pytest.raises(UnreadableModel, match="told of findings, and its classifier, findings/, is missing"):
        Gaze2ReportPipeline.from_pretrained(tmp_path, device="cpu")


FORK = """
import multiprocessing, sys, torch
from gaze2report_core.pipeline import Gaze2ReportPipeline

def cores(_):
    return torch.get_num_threads()

torch.set_num_threads(4)
Gaze2ReportPipeline.from_pretrained(sys.argv[1], device="cpu")
with multiprocessing.get_context("fork").Pool(1) as pool:
    assert pool.map(cores, [0]) == [1]
"""


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no forks")
def test_who_loads_a_model_need_see_to_nothing_before_its_process_is_forked(small_model_folder: Path) -> None:
    subprocess.run([sys.executable, "-c", FORK, str(small_model_folder)], check=True)


@pytest.mark.thorough
def test_a_device_is_asked_for_no_float64_which_apples_gpu_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """No such device is here, so a tensor may be made float64 once it was fetched, and not before."""
    pipeline = Gaze2ReportPipeline.from_pretrained(EMBEDDED_MODEL, device="cpu")
    fetch, double = torch.Tensor.cpu, torch.Tensor.double

    def fetched(tensor: Any) -> Any:
        copy = fetch(tensor).clone()
        copy.is_fetched = True
        return copy

    def doubled(tensor: Any) -> Any:
        assert getattr(tensor, "is_fetched", False), "float64 is asked for on the device"
        return double(tensor)

    film = pipeline.read(png(drawn_chest(LARGE_HEART)))
    monkeypatch.setattr(torch.Tensor, "cpu", fetched)
    monkeypatch.setattr(torch.Tensor, "double", doubled)
    gaze = pipeline.predict_gaze(film)
    assert len(gaze) > 0 and len(pipeline.predict_gaze(film, "cardiomegaly")) > 0
    assert pipeline.sample_gaze(film, count=1)
    assert pipeline.expected_patch_durations(film).sum() > 0
    assert pipeline.find(film, gaze)
    assert pipeline.generate(film, gaze).text
