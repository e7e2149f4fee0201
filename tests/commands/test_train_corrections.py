"""`train corrections`: from what the page exports to a model that the page takes, by the command line alone."""

import json
from pathlib import Path

import pytest

from app.records import StartedFrom, Verdict
from gaze2report_core.findings import Finding
from gaze2report_core.hub import EMBEDDED_MODEL, hash_of_folder
from gaze2report_core.imaging import Radiograph
from tests.commands.conftest import Run
from tests.drawn_films import drawn_chest, png
from tests.exported_corrections import READER, Reading, write_export

FILMS = 12
ADDED = "The bony structures are intact."


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films") / "Mustermann"
    folder.mkdir()
    for number in range(FILMS):
        (folder / str(number)).write_bytes(png(drawn_chest(100 + number)))
    (folder / "letter.pdf").write_bytes(b"%PDF-1.7")
    return folder.parent


def export_of(films: Path, folder: Path) -> Path:
    said = {Finding.CARDIOMEGALY: Verdict.CONFIRMED, Finding.EDEMA: Verdict.REJECTED}
    readings = [
        Reading(
            Radiograph.from_file(films / "Mustermann" / str(number)),
            [f"The heart is enlarged. The lungs are clear. {ADDED}"],
            started_from=StartedFrom.GAZE_OFF if number % 3 else StartedFrom.GAZE_ON,
            verdicts=said,
        )
        for number in range(FILMS)
    ]
    judged = Reading(readings[0].frontal, [], verdicts=said)
    return write_export([*readings, judged], folder)


@pytest.mark.thorough
def test_corrections_of_the_page_make_a_model_that_writes_reports(run: Run, films: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs" / "corrections"
    words = ("--corrections", export_of(films, tmp_path / "export"), "--films", films, "--model", EMBEDDED_MODEL)
    ran = run("train", "corrections", *words, "--out", out, "--epochs", "3")
    assert ran.code == 0, ran.err
    assert ran.out == ""
    assert "Lines left out because no report was signed off, only findings judged: 1." in ran.err
    assert f"Of {FILMS + 1} files, passed over because no film can be read from them: 1." in ran.err
    losses = ran.err.split("Loss on held-out corrections, for each token: ")[1].split()
    assert float(losses[2]) < float(losses[0])

    model = out / "model"
    config, before = (json.loads((folder / "config.json").read_text()) for folder in (model, EMBEDDED_MODEL))
    assert config["trained_on"][:-1] == before["trained_on"]
    assert config["trained_on"][-1].endswith(" reports that readers corrected")
    assert {name: config[name] for name in config if name != "trained_on"} == {
        name: before[name] for name in before if name != "trained_on"
    }
    assert hash_of_folder(model / "findings") == hash_of_folder(EMBEDDED_MODEL / "findings")
    card = (model / "README.md").read_text()
    assert card.startswith("---\nlicense: cc-by-nc-nd-4.0\n")
    assert f"revision `{hash_of_folder(EMBEDDED_MODEL)}`" in card
    learnt = int(config["trained_on"][-1].split()[0])
    assert f"| learnt | {learnt} |" in card
    assert f"| {FILMS - learnt} | {losses[0]} | {losses[2]} |" in card
    for secret in (READER, "Mustermann", ADDED, str(tmp_path), str(films)):
        assert secret not in ran.err
        written = (path for path in out.rglob("*") if path.suffix in (".json", ".md"))
        assert all(secret not in path.read_text(encoding="latin-1") for path in written)

    ran = run("report", films / "Mustermann" / "0", "--model", model, "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert said["report"]
    assert said["model"]["revision"] == hash_of_folder(model) != hash_of_folder(EMBEDDED_MODEL)


def test_what_cannot_be_learnt_from_is_refused_in_a_sentence(run: Run, films: Path, tmp_path: Path) -> None:
    words = ("train", "corrections", "--films", films, "--model", EMBEDDED_MODEL, "--out", tmp_path / "out")
    (tmp_path / "Mustermann.jsonl").write_text('{"schema_version": 4}\n')
    assert run(*words, "--corrections", tmp_path / "Mustermann.jsonl").refusal == (
        "Line 1 of the corrections has no `kind` as the page writes it."
    )
    assert run(*words, "--corrections", tmp_path / "absent.jsonl").refusal == (
        "There is no file of corrections at the given path."
    )
    assert not (tmp_path / "out").exists()
