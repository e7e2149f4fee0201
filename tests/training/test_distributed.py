"""Several processes train what one would: `accelerate launch` with the shipped configurations, on the CPU over gloo."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from gaze2report_core.model.folder import load_model
from gaze2report_core.training import encoder, language
from gaze2report_core.training.chest_check import train_chest_check
from gaze2report_core.training.gaze import scanpath
from gaze2report_core.training_settings import TrainingSettings
from tests.training.shared_regression import Regression
from tests.training.small_data import write_small_data

ROOT = Path(__file__).parents[2]
CONFIGURATIONS = ROOT / "configs"


def launch(*words: str | Path, processes: int = 2) -> subprocess.CompletedProcess[str]:
    """Run a module in several processes as on several GPUs, only that there are none."""
    command = [
        *(sys.executable, "-m", "accelerate.commands.launch"),
        *("--config_file", CONFIGURATIONS / "accelerate-ddp.yaml", "--num_processes", processes),
        *("--main_process_port", 0, "-m", *words),
    ]
    surroundings = {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=os.environ | surroundings,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


def history(out: Path) -> dict[str, list[float]]:
    return json.loads((out / "checkpoint" / "history.json").read_text())["progress"]


@pytest.mark.parametrize("name", ["accelerate-ddp.yaml", "accelerate-fsdp.yaml"])
def test_the_shipped_configurations_are_understood_by_the_installed_accelerate(name: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file
    from accelerate.commands.launch import launch_command_parser

    configuration = load_config_from_file(str(CONFIGURATIONS / name))
    assert configuration.num_processes == 2
    options = {word for action in launch_command_parser()._actions for word in action.option_strings}
    divides = name == "accelerate-fsdp.yaml"
    assert configuration.distributed_type == ("FSDP" if divides else "MULTI_GPU")
    assert bool(configuration.fsdp_config) == divides
    assert {f"--{key}" for key in configuration.fsdp_config} <= options
    assert yaml.safe_load((CONFIGURATIONS / name).read_text())["mixed_precision"] == "no"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ddp", "fsdp"])
def test_two_processes_take_exactly_the_steps_of_one(tmp_path: Path, kind: str) -> None:
    alone = Regression()
    expected = alone.fit(tmp_path / "alone")
    ran = launch("tests.training.shared_regression", kind, tmp_path / "both")
    assert ran.returncode == 0, ran.stderr

    together = history(tmp_path / "both")
    assert together["training_losses"] == pytest.approx(expected.training_losses, rel=1e-5)
    assert together["held_out_scores"] == pytest.approx(expected.held_out_scores, rel=1e-5)
    for process in (0, 1):
        weights = load_file(tmp_path / "both" / f"process-{process}.safetensors")
        for name, value in alone.model.state_dict().items():
            torch.testing.assert_close(weights[name], value, rtol=1e-4, atol=1e-6)
    shares = [json.loads((tmp_path / "both" / f"process-{process}.json").read_text())["shares"] for process in (0, 1)]
    assert shares[0] == [4, 4, 4, 4, 1, 29] * 3
    assert shares[1] == [3, 3, 3, 3, 1, 29] * 3
    assert ran.stderr.count("held out") == 3, "only the first process speaks"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `train report` needs, in small; in full precision, since not every processor has sixteen bits."""
    folder = tmp_path_factory.mktemp("trained")
    data = write_small_data(folder / "data")
    once = TrainingSettings(epochs=1, batch_size=16, learning_rate=1e-4)
    encoder.train_encoder(data, folder / "encoder", once)
    train_chest_check(data, folder / "encoder")
    language.train_language(data, folder / "language", once)
    short = TrainingSettings(epochs=1, batch_size=4, learning_rate=1e-4)
    scanpath.train_scanpath(data, folder / "scanpath", folder / "encoder", folder / "language", settings=short)
    return folder


@pytest.mark.slow
def test_train_report_in_two_processes_has_the_losses_of_one(trained: Path, tmp_path: Path) -> None:
    def train(processes: int) -> Path:
        out = tmp_path / str(processes)
        folders = [word for part in ("encoder", "language", "scanpath") for word in (f"--{part}", trained / part)]
        words = ("--preset", "gaze2report-tiny", "--epochs", "2", "--batch-size", "8", "--gradient-checkpointing")
        ran = launch(
            *("gaze2report_core", "train", "report", "--data", trained / "data", "--out", out, *folders, *words),
            processes=processes,
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stderr.count("epoch 1: training loss") == 1
        return out

    one, two = train(1), train(2)
    # dropout falls differently on shares than on the whole, so this is close and not equal
    assert history(two)["training_losses"] == pytest.approx(history(one)["training_losses"], rel=0.01)
    assert history(two)["held_out_scores"] == pytest.approx(history(one)["held_out_scores"], rel=0.003)
    assert history(one)["held_out_scores"][1] < 0.98 * history(one)["held_out_scores"][0], (
        "too little is learnt to compare"
    )
    assert load_model(two / "model")


@pytest.mark.slow
def test_what_one_process_trains_is_refused_in_two(trained: Path, tmp_path: Path) -> None:
    ran = launch("gaze2report_core", "train", "language", "--data", trained / "data", "--out", tmp_path / "both")
    assert ran.returncode != 0
    assert "Several processes share `train report` alone: run this without `accelerate launch`." in ran.stderr
    assert not list((tmp_path / "both").rglob("*.safetensors"))
