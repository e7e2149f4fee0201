"""`ablate`: variants trained on data in small, by steps that are not made twice, and their table."""

import csv
import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gaze2report_core.model.config import PRESETS
from gaze2report_core.model.film_check import FilmCheck
from gaze2report_core.model.folder import save_scanpath_predictor
from gaze2report_core.model.language_model import build_language_model
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.model.scanpath_predictor import ScanpathPredictor
from gaze2report_core.training.language import train_tokenizer
from tests.commands.conftest import Run
from tests.training.small_data import write_small_data

CONFIG = PRESETS["gaze2report-tiny"]

WRITTEN_FOR = ("19", "20", "21")
"""Training studies of the data in small that are made studies of val here, beside the one that it has."""


OTHER_STEPS = (
    "The folder given as --out holds steps with other settings, or from other sources. Give another --out, or those "
    "that stand in its settings.json."
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_small_data(tmp_path_factory.mktemp("data"))
    table = folder / "iu_xray" / "studies.csv"
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["split"] = "val" if row["uid"] in WRITTEN_FOR else row["split"]
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the earlier trainings would have left, with random weights: their files, and the options that name them."""
    folder = tmp_path_factory.mktemp("runs")
    torch.manual_seed(0)
    save_file(PatchEncoder(CONFIG.encoder).state_dict(), folder / "encoder.safetensors")
    save_file(FilmCheck(CONFIG.encoder.width).state_dict(), folder / "chest_check.safetensors")
    build_language_model(CONFIG.language_model).save_pretrained(folder / "language_model")
    texts = ["The heart is enlarged. The lungs are clear.", "There is no pneumothorax."]
    train_tokenizer(texts, CONFIG.language_model.vocabulary_size).save_pretrained(folder / "language_model")
    predictor = ScanpathPredictor(CONFIG.scanpath, CONFIG.encoder.width, CONFIG.language_model.vocabulary_size)
    save_scanpath_predictor(predictor, folder / "scanpath")
    return [word for name in ("encoder", "language", "scanpath") for word in (f"--{name}", str(folder))]


@pytest.mark.slow
def test_a_run_that_is_broken_off_goes_on_and_makes_the_same_table(
    run: Run, data: Path, sources: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "ablation"
    words = ["ablate", "--data", data, "--out", out, *sources, "--variants", "gaze2report", "base1", "--seeds", "2"]
    words += ["--repeated", "gaze2report", "--epochs", "1", "--batch-size", "8", "--num-beams", "1"]
    ran = run(*words)
    assert ran.code == 0, ran.err
    assert [line.split(" | ")[:2] for line in ran.out.splitlines() if line.startswith(("| Base-1 |", "| Gaze2"))] == [
        ["| Base-1", "1"],
        ["| Gaze2Report", "2"],
        ["| Gaze2Report, the paper's (cited, its test split)", "–"],
    ]
    controls = {line.split(" | ")[0].removeprefix("| ") for line in ran.out.splitlines()}
    assert controls >= {"Gaze off", "Nearest training film", "Shuffled films", "Constant report"}
    assert "Gaze2Report minus Base-1, paired randomisation tests" in ran.out
    assert (out / "ablation.md").read_text(encoding="utf-8") == ran.out

    folders = {path.name: path for path in out.iterdir() if path.is_dir()}
    assert set(folders) == {"base1-seed-0", "gaze2report-seed-0", "gaze2report-seed-1"}
    for name, folder in folders.items():
        variant, seed = name.split("-seed-")
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        assert (result["variant"], result["seed"], result["figures"]["count"]) == (variant, int(seed), 4)
        config = json.loads((folder / "model" / "config.json").read_text(encoding="utf-8"))
        assert (config["variant"], config["findings_prompt"]) == (variant, False)
        reports = (folder / "reports.jsonl").read_text(encoding="utf-8").splitlines()
        assert {json.loads(line)["uid"] for line in reports} == {"1", *WRITTEN_FOR}
    losses = [
        json.loads((folders[f"gaze2report-seed-{seed}"] / "result.json").read_text())["held_out_loss"]
        for seed in (0, 1)
    ]
    assert losses[0] != losses[1]

    broken_off = folders["base1-seed-0"]
    written = (broken_off / "reports.jsonl").read_bytes()
    (broken_off / "reports.jsonl").write_bytes(written[: len(written) // 2])
    (broken_off / "result.json").unlink()
    trained = {name: (folder / "model" / "model.safetensors").stat().st_mtime_ns for name, folder in folders.items()}
    again = run(*words)
    assert again.out == ran.out
    assert (broken_off / "reports.jsonl").read_bytes() == written
    assert "Gaze2Report, seed 1 is done already." in again.err
    assert trained == {
        name: (folder / "model" / "model.safetensors").stat().st_mtime_ns for name, folder in folders.items()
    }

    other = run(*words, "--num-beams", "2").refusal
    assert other == OTHER_STEPS


@pytest.mark.parametrize("changed", ["encoder.safetensors", "scanpath/model.safetensors", "studies.csv"])
def test_steps_that_would_start_from_something_else_are_refused(
    run: Run, data: Path, sources: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    folders = {"--data": data, "--parts": Path(sources[1])}
    copies = {option: shutil.copytree(folder, tmp_path / option[2:]) for option, folder in folders.items()}

    def words(data: Path, parts: Path) -> list[str]:
        given = [word for name in ("encoder", "language", "scanpath") for word in (f"--{name}", str(parts))]
        return ["ablate", "--data", str(data), "--out", str(tmp_path / "out"), *given, "--variants", "base1"]

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gaze2report_core.training.reports.ablation.VariantTrainer.train", stopped)
    assert run(*words(**{option[2:]: folder for option, folder in folders.items()})).code == 130
    same = {option[2:]: folder for option, folder in copies.items()}
    assert run(*words(**same)).code == 130, "the same files elsewhere are no other ones"
    path = copies["--data"] / "iu_xray" / changed if changed == "studies.csv" else copies["--parts"] / changed
    path.write_bytes(path.read_bytes() + b"\n")
    assert run(*words(**same)).refusal == OTHER_STEPS


def test_parts_that_were_not_trained_are_asked_for_before_anything_is_made(
    run: Run, data: Path, sources: list[str], tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    words = ["ablate", "--data", data, "--out", tmp_path / "out", *sources[2:], "--encoder", empty]
    assert run(*words).refusal == (
        "There is no encoder.safetensors in the folder that was given. Run `train encoder` with it as --out first."
    )
    assert not (tmp_path / "out").exists()


def test_a_threshold_of_findings_that_nobody_is_told_of_is_refused_before_anything_is_made(
    run: Run, data: Path, sources: list[str], tmp_path: Path
) -> None:
    words = ["ablate", "--data", data, "--out", tmp_path / "out", *sources, "--findings-threshold", "0.5"]
    assert run(*words).refusal == (
        "Without --findings no variant is told of findings: give --findings, or leave out --findings-threshold."
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("split", "complaint"),
    [
        ("train", "Split train has a part in training the variants: give --split another one."),
        ("held-out", "Split held-out has a part in training the variants: give --split another one."),
        ("test", "The studies file has no split named test: its splits are extra, train, val."),
    ],
)
def test_a_split_that_cannot_be_written_for_is_refused_before_anything_is_made(
    run: Run, data: Path, sources: list[str], tmp_path: Path, split: str, complaint: str
) -> None:
    out = tmp_path / "ablation"
    assert run("ablate", "--data", data, "--out", out, *sources, "--split", split).refusal == complaint
    assert not out.exists()
