"""A model is tuned on what readers made of its drafts, and keeps to what it was where that gains nothing."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from app.records import Verdict
from gaze2report_core.findings import Finding
from gaze2report_core.hub import hash_of_folder
from gaze2report_core.imaging import Radiograph
from gaze2report_core.model.folder import save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.studies import is_held_out
from gaze2report_core.training.reports.corrected_reports import CorrectedReports
from gaze2report_core.training.reports.correction_lines import HELD_OUT_IN
from gaze2report_core.training.reports.corrections import train_corrections
from gaze2report_core.training.run.checkpoint import progress_of
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training_settings import TrainingSettings
from tests.drawn_films import SIDEWAYS, drawn_chest, png
from tests.exported_corrections import READER, Reading, write_export
from tests.small_model import REPORTS, random_model, small_tokenizer

pytestmark = pytest.mark.thorough

FILMS = 12
SETTINGS = TrainingSettings(epochs=2, batch_size=4, learning_rate=2e-2, weight_decay=0.0)
ADDED = "The spine is normal."
TEXTS = [f"{text} {ADDED}" for text in REPORTS.values()]


def film_number(number: int) -> bytes:
    """Drawn chests that are alike but for their noise."""
    return png(drawn_chest(100 + number, 48, 40))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "gaze2report-small"
    save_model(random_model(), small_tokenizer(), folder)
    return folder


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("Mustermann")
    for number in range(FILMS):
        (folder / f"film {number}").write_bytes(film_number(number))
    (folder / "lateral").write_bytes(png(drawn_chest(SIDEWAYS)))
    return folder


def readings(count: int = FILMS, texts: list[str] = TEXTS) -> list[Reading]:
    return [
        Reading(Radiograph.from_bytes(film_number(number)), [texts[number % len(texts)]]) for number in range(count)
    ]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_export(readings(), tmp_path_factory.mktemp("export"))


Train = Callable[..., list[str]]


@pytest.fixture
def train(export: Path, films: Path, model: Path, tmp_path: Path) -> Train:
    """Trains to `tmp_path / "out"` and gives what was said."""

    def train(
        corrections: Path = export,
        films: Path = films,
        model: Path = model,
        settings: TrainingSettings = SETTINGS,
        out: str = "out",
    ) -> list[str]:
        said: list[str] = []
        train_corrections(corrections, films, tmp_path / out, model, said.append, settings)
        return said

    return train


def learnt_and_held_out(told: str) -> tuple[int, int]:
    counts = re.fullmatch(r"Corrections to learn from: (\d+); held out to choose the epoch by: (\d+)\.", told)
    assert counts is not None
    return int(counts[1]), int(counts[2])


def adapters(folder: Path) -> dict[str, Tensor]:
    return load_file(folder / "adapter" / "adapter_model.safetensors")


def test_what_is_corrected_alike_becomes_likelier_and_adapters_alone_change(
    train: Train, model: Path, tmp_path: Path
) -> None:
    *_, told, losses, revisions = train()
    written = tmp_path / "out" / "model"
    progress = progress_of(tmp_path / "out")
    before = float(losses.removeprefix("Loss on held-out corrections, for each token: ").split()[0])
    assert progress.best_score() < before - 0.05
    assert f"{progress.best_score():.4f} after epoch {progress.best_epoch()}, the best." in losses
    learnt, held_out = learnt_and_held_out(told)
    assert learnt + held_out == FILMS and 0 < held_out < learnt
    assert hash_of_folder(written) in revisions and hash_of_folder(model) in revisions
    assert hash_of_folder(written) != hash_of_folder(model)
    changed = {name for name, tensor in adapters(written).items() if not torch.equal(tensor, adapters(model)[name])}
    assert changed == adapters(model).keys()
    for part in ("model.safetensors", "scanpath/model.safetensors", "language_model/model.safetensors"):
        assert (written / part).read_bytes() == (model / part).read_bytes(), part
    assert Gaze2ReportPipeline.from_pretrained(written).model.config.trained_on == (
        "films and reports made for a test",
        f"{learnt} reports that readers corrected",
    )


def test_neither_model_nor_checkpoint_hold_a_name_a_text_or_a_place(train: Train, tmp_path: Path) -> None:
    said = train()
    secrets = (READER, "Mustermann", ADDED, "film 1", str(tmp_path), "records")
    written = [path.read_bytes().decode("latin-1") for path in (tmp_path / "out").rglob("*.json")]
    assert [secret for secret in secrets for text in (*said, *written) if secret in text] == []


def test_where_nothing_is_gained_the_model_stays_what_it_was(train: Train, tmp_path: Path) -> None:
    alike = readings(texts=["No effusion."])
    train(write_export(alike, tmp_path / "alike"), settings=replace(SETTINGS, epochs=8), out="first")
    learnt = tmp_path / "first" / "model"
    at_odds = [
        one if is_held_out(one.frontal.content_hash, HELD_OUT_IN) else replace(one, reports=["The heart is large."])
        for one in alike
    ]
    said = train(write_export(at_odds, tmp_path / "odds"), model=learnt)
    assert "No epoch made held-out corrections likelier: the model is written with its adapters as they were." in said
    assert hash_of_folder(tmp_path / "out" / "model") == hash_of_folder(learnt)


def test_a_training_that_was_broken_off_goes_on_as_the_unbroken_one(
    train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(out="unbroken")
    score, calls = CorrectedReports.held_out_score, iter(range(9))

    def breaking(objective: CorrectedReports) -> float:
        if next(calls) == 2:  # before training, and after each epoch
            raise KeyboardInterrupt
        return score(objective)

    monkeypatch.setattr(CorrectedReports, "held_out_score", breaking)
    with pytest.raises(KeyboardInterrupt):
        train(out="broken")
    assert progress_of(tmp_path / "broken").epochs_done == 1
    train(out="broken")
    assert hash_of_folder(tmp_path / "broken" / "model") == hash_of_folder(tmp_path / "unbroken" / "model")


def test_another_export_or_other_films_make_another_run(
    train: Train, export: Path, films: Path, tmp_path: Path
) -> None:
    train()
    (tmp_path / export.name).write_text("\n".join(export.read_text().splitlines()[1:]))
    with pytest.raises(TrainingRefused, match="or the same corrections, films as in its"):
        train(corrections=tmp_path / export.name)
    fewer = Path(shutil.copytree(films, tmp_path / "fewer"))
    (fewer / "film 3").unlink()
    with pytest.raises(TrainingRefused, match="or the same films as in its"):
        train(films=fewer)


def test_what_cannot_be_learnt_from_is_left_out_and_counted(train: Train, tmp_path: Path) -> None:
    absent = Radiograph.from_bytes(film_number(FILMS))
    lateral = Radiograph.from_bytes(film_number(FILMS + 1))
    more = [
        Reading(absent, ["Not there."]),
        Reading(Radiograph.from_bytes(film_number(0)), ["Its lateral film is not there."], lateral),
        Reading(Radiograph.from_bytes(film_number(1)), [" \n"]),
        Reading(Radiograph.from_bytes(film_number(2)), ["The heart. " * 300]),
        Reading(Radiograph.from_bytes(film_number(3)), ["First.", "Again."]),
        Reading(absent, [], verdicts={Finding.EDEMA: Verdict.CONFIRMED}),
    ]
    said = train(write_export([*readings(), *more], tmp_path / "export"), settings=replace(SETTINGS, epochs=1))
    assert said[:4] == [
        "Lines left out because no report was signed off, only findings judged: 1.",
        "Lines left out because their study was signed off again, and the latest counts: 1.",
        f"Of {FILMS + 5} corrections, left out for want of their films in the folder given as --films: 2.",
        f"Of {FILMS + 5} corrections, left out for want of text or for over 512 tokens of it: 2.",
    ]
    assert sum(learnt_and_held_out(said[4])) == FILMS + 1


def test_too_few_corrections_are_refused(train: Train, tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"^9 of 9 corrections can be learnt from, and 10 are needed\.$"):
        train(write_export(readings(9), tmp_path / "few"))
    judged = Reading(Radiograph.from_bytes(film_number(0)), [], verdicts={Finding.EDEMA: Verdict.CONFIRMED})
    with pytest.raises(TrainingRefused, match=r"^The corrections hold no report that was signed off\.$"):
        train(write_export([judged], tmp_path / "none"))
    same = [replace(reading, frontal=readings(1)[0].frontal) for reading in readings()]
    with pytest.raises(TrainingRefused, match=r"Of these 12 corrections that is none or all: give some of other films"):
        train(write_export(same, tmp_path / "same"))
    assert not (tmp_path / "out").exists()


def test_a_folder_without_the_films_is_refused(train: Train, tmp_path: Path) -> None:
    (tmp_path / "letter.png").write_bytes(b"%PDF-1.7")
    with pytest.raises(
        TrainingRefused, match=r"^None of these 12 corrections has its films in the folder given as --films"
    ):
        train(films=tmp_path)


def test_the_model_that_is_gone_on_from_is_not_replaced(export: Path, films: Path, model: Path) -> None:
    before = hash_of_folder(model)
    renamed = Path(shutil.copytree(model, model.parent / "run" / "model"))
    for out in (renamed.parent, renamed, renamed / "corrections"):
        with pytest.raises(TrainingRefused, match="is to stay as it is: give another --out"):
            train_corrections(export, films, out, renamed, print, SETTINGS)
    assert hash_of_folder(renamed) == before
