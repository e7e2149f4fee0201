"""`train`: from a data folder in small to a model folder that writes reports, by the commands alone."""

import json
import re
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from tests.commands.conftest import Run
from tests.training.small_data import SECRET_OF_VAL, write_marked_films, write_small_data

WHOLE = "--whole-language-model"
WITHOUT_GAZE = ("--without", "gaze")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_data(tmp_path_factory.mktemp("data"))


@pytest.mark.slow
def test_the_commands_in_their_order_make_a_model_that_writes_reports(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fold is of seven studies.
    monkeypatch.setattr("gaze2report_core.training.classifier.towers.EVALUATED_AT_LEAST", 1)
    runs = {part: tmp_path / part for part in ("encoder", "language", "scanpath", "report")}
    needs = ("--encoder", runs["encoder"], "--language", runs["language"])
    once = ("--epochs", "1")
    for words in (
        ("encoder", "--out", runs["encoder"], *once, "--batch-size", "16"),
        ("chest-check", "--out", runs["encoder"]),
        ("language", "--out", runs["language"], *once, "--batch-size", "16"),
        ("scanpath", "--out", runs["scanpath"], *once, "--batch-size", "4", *needs),
        ("report", "--out", runs["report"], *once, "--batch-size", "16", *needs, "--scanpath", runs["scanpath"]),
    ):
        ran = run("train", words[0], "--data", data, *words[1:])
        assert ran.code == 0, ran.err
        assert ran.out == ""
    for part, folder in runs.items():
        assert (folder / "loss_curve.png").read_bytes().startswith(b"\x89PNG"), part
    left = {path.suffix for folder in runs.values() for path in folder.rglob("*") if path.is_file()}
    assert left == {".json", ".safetensors", ".png"}
    for path in tmp_path.rglob("*.json"):
        assert "quagga" not in path.read_text(encoding="utf-8"), f"{path.name} has seen {SECRET_OF_VAL}"

    film = data / "iu_xray" / "images" / "1_front.jpg"
    ran = run("report", film, "--model", runs["report"] / "model", "--json")
    assert ran.code == 0
    printed = json.loads(ran.out)
    assert printed["report"] == "" or printed["report"][-1] in ".!?"
    assert printed["scanpath"]
    config = json.loads((runs["report"] / "model" / "config.json").read_text())
    assert config["variant"] == "gaze2report"
    assert any("Open-i" in source for source in config["trained_on"])

    findings_and_what_follows_them(run, data, runs, film)

    again = run("train", "language", "--data", data, "--out", runs["language"], *once, "--batch-size", "16")
    assert again.code == 0
    other = run("train", "language", "--data", data, "--out", runs["language"], "--epochs", "2", "--batch-size", "16")
    assert other.code == 1
    assert "holds a run with other settings. Give another --out" in other.err


def findings_and_what_follows_them(run: Run, data: Path, runs: dict[str, Path], film: Path) -> None:
    """Geometry and the classifier; then the language model as a whole, adapters, rewards, phrases."""
    parts = ("geometry", "deep-tower", "findings", "whole", "adapters", "reward")
    places = {part: runs["report"].parent / part for part in parts}
    write_marked_films(data)
    needs = [word for part in ("encoder", "language", "scanpath") for word in (f"--{part}", runs[part])]
    told, made_before = ("--findings", places["findings"]), ("--targets", places["whole"])
    taught = ("--epochs", "1", "--batch-size", "8")
    for words in (
        ("geometry", "--out", places["geometry"]),
        ("deep-tower", "--out", places["deep-tower"], *taught),
        (
            *("findings", "--out", places["findings"], *taught, *needs),
            *("--geometry", places["geometry"], "--deep-tower", places["deep-tower"]),
        ),
        ("obedience", "--out", places["whole"], "--model", runs["report"] / "model", *told, *taught, WHOLE),
        ("obedience", "--out", places["adapters"], "--model", places["whole"] / "model", *told, *taught, *made_before),
        ("reward", "--out", places["reward"], "--model", places["adapters"] / "model", *told, *taught),
    ):
        ran = run("train", words[0], "--data", data, *words[1:])
        assert ran.code == 0, ran.err
    other_sources_are_refused(run, data, runs, places)
    assert [path.name for path in places["findings"].iterdir() if path.is_file()] == ["out_of_fold.json"]
    config = json.loads((places["reward"] / "model" / "config.json").read_text())
    assert config["view_check"] is True and config["polarity_check"] is True
    named = config["trained_on"]
    assert [source[-5:] for source in named if "EfficientNet" in source] == ["Lite0", "Lite2"]
    assert (places["whole"] / "targets.json").exists() and not (places["adapters"] / "targets.json").exists()
    assert run("train", "phrases", "--model", places["reward"] / "model").code == 0
    before, whole, adapters = (
        load_file(folder / "model" / "language_model" / "model.safetensors")
        for folder in (runs["report"], places["whole"], places["adapters"])
    )
    assert any((whole[name] != before[name]).any() for name in before)
    assert all((whole[name] == adapters[name]).all() for name in whole)
    assert (places["reward"] / "model" / "findings" / "deep_tower" / "model.safetensors").exists()
    ran = run("report", film, "--model", places["reward"] / "model", "--indication", "chest pain")
    assert ran.code == 0, ran.err
    assert len(json.loads(run("findings", film, "--model", places["reward"] / "model", "--json").out)["findings"]) == 14


def other_sources_are_refused(run: Run, data: Path, runs: dict[str, Path], places: dict[str, Path]) -> None:
    """Runs that would go on from what another model, classifier, loss or variant has left."""
    needs = [word for part in ("encoder", "language", "scanpath") for word in (f"--{part}", runs[part])]
    taught = ("--epochs", "1", "--batch-size", "8")
    told = ("--findings", places["findings"])
    for words, sentence in (
        (
            ("findings", "--out", places["findings"], *taught, *needs, "--geometry", places["geometry"], *WITHOUT_GAZE),
            "or the same gaze as in its",
        ),
        (
            ("report", "--out", runs["report"], "--epochs", "1", "--batch-size", "16", *needs, "--variant", "mask"),
            "or the same variant as in its",
        ),
        (
            ("obedience", "--out", places["adapters"], "--model", runs["report"] / "model", *told, *taught),
            "or the same model as in its",
        ),
    ):
        ran = run("train", words[0], "--data", data, *words[1:])
        assert ran.code == 1, words[0]
        assert sentence in ran.err


@pytest.mark.parametrize(
    ("part", "defaults"),
    [
        ("encoder", ["(default: 4)", "(default: 32)", "(default: 0.0004)", "(default: 0)"]),
        ("reward", ["(default: 6)", "(default: 24)", "(default: 0.0004)", "(default: 0)"]),
        ("corrections", ["(default: 8)", "(default: 8)", "(default: 0.001)", "(default: 0)"]),
        (
            "obedience",
            [
                "(default: 8, with --whole-language-model 3)",
                "(default: 32)",
                "(default: 0.002, with --whole-language-model 0.001)",
                "(default: 0)",
            ],
        ),
    ],
)
def test_the_help_says_what_is_done_where_nothing_is_asked_for(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, part: str, defaults: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    with pytest.raises(SystemExit) as ended:
        run("train", part, "--help")
    assert ended.value.code == 0
    written = capsys.readouterr().out
    assert re.findall(r"--(?:epochs|batch-size|learning-rate|seed) [A-Z_]+\s+[^(]*(\(.+\))", written) == defaults
    assert "a checkpoint after every epoch" in written


@pytest.mark.parametrize("part", ["chest-check", "geometry", "phrases"])
def test_what_begins_anew_every_time_promises_no_checkpoint_and_takes_no_seed(
    run: Run, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    with pytest.raises(SystemExit):
        run("train", part, "--help")
    written = capsys.readouterr().out
    assert "checkpoint" not in written and "--seed" not in written and "--epochs" not in written


def test_what_is_missing_is_said_before_anything_is_trained(run: Run, data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    words = ("train", "scanpath", "--data", data, "--out", tmp_path / "out", "--encoder", empty, "--language", empty)
    assert run(*words).refusal == (
        "There is no language_model/tokenizer.json in the folder that was given. "
        "Run `train language` with it as --out first."
    )
    words = ("train", "language", "--data", empty, "--out", tmp_path / "out")
    assert run(*words).refusal == "There is no studies file at the given path."


def test_too_little_data_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "iu_xray").mkdir()
    (tmp_path / "iu_xray" / "studies.csv").write_text("uid,split,report\n1,val,The heart is normal.\n")
    refusal = run("train", "language", "--data", tmp_path, "--out", tmp_path / "out").refusal
    assert refusal.startswith("There are fewer examples to train on than one batch holds")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("encoder", "--epochs", "0"), "argument --epochs: it must be a whole number above 0"),
        (("language", "--batch-size", "-1"), "argument --batch-size: it must be a whole number above 0"),
        (("sides", "--learning-rate", "-0.1"), "argument --learning-rate: it must be a number above 0"),
        (("scanpath", "--learning-rate", "0"), "argument --learning-rate: it must be a number above 0"),
        (("report", "--learning-rate", "nan"), "argument --learning-rate: it must be a number above 0"),
        (("reward", "--learning-rate", "inf"), "argument --learning-rate: it must be a number above 0"),
        (("findings", "--learning-rate", "fast"), "argument --learning-rate: it must be a number above 0"),
        (("report",), "the following arguments are required"),
        (("everything",), "invalid choice"),
    ],
)
def test_words_that_make_no_sense_are_refused_before_anything_is_read(
    run: Run, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], complaint: str
) -> None:
    with pytest.raises(SystemExit):
        run("train", words[0], "--data", data, "--out", tmp_path / "out", *words[1:])
    assert complaint in capsys.readouterr().err
