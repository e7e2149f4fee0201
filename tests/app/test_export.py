"""Corrections leave as JSONL: in the promised schema, whole or not at all, without any identity."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.records import CorrectionLine, DraftPair, GazeQuery, RecordStore
from app.records.export import write_whole
from gaze2report_core.imaging import Radiograph

pytestmark = pytest.mark.thorough

REPOSITORY = Path(__file__).parents[2]
KEYS = [
    "schema_version", "kind", "study", "film", "drafts", "scanpath", "patch_durations", "gaze_source", "gaze_query",
    "findings", "model", "settings", "reader", "started_at", "draft", "corrected", "started_from", "reasons",
    "submitted_at",
]  # fmt: skip
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
JUDGED = {
    "probability": 0.5,
    "threshold": 0.4,
    "side": "left",
    "regions": ["left hilum"],
    "told": "undecided",
    "verdict": "confirmed",
}


def test_a_line_holds_what_was_promised(
    store: RecordStore, film: Radiograph, film_of: Callable[[int], Radiograph], drafts: DraftPair, tmp_path: Path
) -> None:
    lateral = film_of(2)
    asked = replace(drafts, asked=GazeQuery(query="cardiomegaly", share=0.25))
    drafts_id = store.add_drafts(store.open_case("ada", film, lateral), "ada", asked)
    store.submit(drafts_id, "ada", "The lungs are not clear.", "gaze_off", ["other", "missed_finding"], 0, note="Ödem")
    exported = store.export_jsonl("ada", tmp_path / "out.jsonl")
    [line] = exported.read_text("utf-8").splitlines()
    kept = json.loads(line)
    assert list(kept) == KEYS
    assert kept["schema_version"] == 4
    assert kept["kind"] == "correction"
    assert kept["film"] == {"frontal": film.content_hash, "lateral": lateral.content_hash}
    assert kept["draft"] == "The lungs are clear."
    assert kept["corrected"] == "The lungs are not clear."
    assert kept["drafts"] == {
        "gaze_on": "The heart is enlarged. No pleural effusion.",
        "gaze_off": "The lungs are clear.",
    }
    assert kept["started_from"] == "gaze_off"
    assert kept["scanpath"] == drafts.scanpath.to_fixations()
    assert kept["patch_durations"][3][7] == 0.4
    assert kept["patch_durations"][13][13] == 0.2
    assert sum(map(sum, kept["patch_durations"])) == pytest.approx(0.6)
    assert kept["gaze_source"] == "edited"
    assert kept["gaze_query"] == {"query": "cardiomegaly", "share": 0.25}
    assert kept["findings"] == {}
    assert kept["model"] == {"id": "owner/name", "revision": "0123abcd"}
    assert kept["settings"] == {"method": "sample", "temperature": 0.7, "seed": 3}
    assert kept["reasons"] == ["missed_finding", "other: Ödem"]
    assert kept["reader"] == "ada"
    assert kept["started_at"] == "2026-01-02T03:04:05.000Z"
    assert datetime.fromisoformat(kept["submitted_at"]).utcoffset() is not None
    assert kept["submitted_at"].endswith("Z")
    assert CorrectionLine.model_validate(kept).corrected == "The lungs are not clear."


def test_a_study_is_a_random_id(store: RecordStore, film: Radiograph, drafts: DraftPair) -> None:
    for reader in ("ada", "ada", "bob"):
        store.submit(store.add_drafts(store.open_case(reader, film), reader, drafts), reader, "Text.", "gaze_on", [], 0)
    studies = {json.loads(line)["study"] for reader in ("ada", "bob") for line in store.correction_lines(reader)}
    assert len(studies) == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(text=st.text(st.characters(codec=None), max_size=100))
def test_any_text_is_one_line(store: RecordStore, drafts_of: Callable[[str], str], text: str) -> None:
    hostile = text + "\u2028\u2029\u0085\x0b\x0c\x1c\x1d\x1e\r\n\0\ud800"
    store.submit(drafts_of("ada"), "ada", hostile, "gaze_on", ["other"], 0, note=hostile)
    lines = "".join(store.correction_lines("ada"))
    assert len(lines.splitlines()) == len(lines.split("\n")) - 1
    last = json.loads(lines.splitlines()[-1])
    assert last["corrected"].encode("utf-8").decode("utf-8") == last["corrected"]
    assert last["corrected"].endswith("\u2028\u2029\u0085\x0b\x0c\x1c\x1d\x1e\r\n\ufffd\ufffd")


def test_a_megabyte_of_text_leaves_whole(store: RecordStore, drafts_of: Callable[[str], str], tmp_path: Path) -> None:
    text = "Ein Erguß. " * 100_000
    store.submit(drafts_of("ada"), "ada", text, "gaze_on", [], 0)
    exported = store.export_jsonl("ada", tmp_path / "out.jsonl")
    assert json.loads(exported.read_bytes())["corrected"] == text


def test_the_file_name_says_when_and_neither_who_nor_what(
    store: RecordStore, drafts_of: Callable[[str], str], tmp_path: Path
) -> None:
    store.submit(drafts_of("ada"), "ada", "Text.", "gaze_on", [], 0)
    folder = tmp_path / "out"
    folder.mkdir()
    exported = store.export_jsonl("ada", folder)
    assert exported.parent == folder
    assert exported.name.startswith("gaze2report-corrections-20")
    assert "ada" not in exported.name
    assert [file.name for file in folder.iterdir()] == [exported.name]


def test_an_export_without_corrections_is_an_empty_file(store: RecordStore, tmp_path: Path) -> None:
    assert store.export_jsonl("nobody", tmp_path / "out.jsonl").read_bytes() == b""


def test_an_error_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old\n")

    def lines() -> Iterator[str]:
        yield "new\n" * 100_000
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write_whole(target, lines(), NOW)
    assert target.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_process_killed_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old\n")
    code = (
        "import os, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from app.records.export import write_whole\n"
        "def lines():\n"
        "    yield 'new\\n' * 1_000_000\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_whole(Path(sys.argv[1]), lines(), datetime.now(UTC))\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(target)], cwd=REPOSITORY, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert target.read_text() == "old\n"


def test_an_export_is_for_its_owner_alone(tmp_path: Path) -> None:
    exported = write_whole(tmp_path / "out.jsonl", ["a\n"], NOW)
    assert stat.S_IMODE(exported.stat().st_mode) & 0o077 == 0


def test_the_schema_refuses_what_was_not_promised(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    store.submit(drafts_of("ada"), "ada", "Text.", "gaze_on", [], 0)
    good = json.loads(next(store.correction_lines("ada")))
    assert CorrectionLine.model_validate(good | {"findings": {"Edema": JUDGED}}).findings
    for wrong in (
        {"patient": "Mustermann^Erika"},
        {"reasons": ["bored"]},
        {"reasons": ["style: with a note"]},
        {"submitted_at": "2026-01-02T03:04:05"},
        {"scanpath": [{"x": 1.5, "y": 0, "duration": 1}]},
        {"patch_durations": [[0.0] * 14] * 13},
        {"film": {"frontal": "../../etc/passwd", "lateral": None}},
        {"gaze_source": "guessed"},
        {"gaze_query": "cardiomegaly"},
        {"gaze_query": {"query": "", "share": 1}},
        {"gaze_query": {"query": "cardiomegaly", "share": 0}},
        {"findings": {"Effusion": JUDGED}},
        {"findings": {"Edema": JUDGED | {"probability": 1.5}}},
        {"findings": {"Edema": JUDGED | {"verdict": "perhaps"}}},
        {"findings": {"Edema": JUDGED | {"told": "perhaps"}}},
        {"findings": {"Edema": JUDGED | {"side": "upper"}}},
        {"findings": {"Edema": JUDGED | {"regions": ["Mustermann^Erika"]}}},
        {"schema_version": 3},
        {"kind": "verdicts"},
    ):
        with pytest.raises(ValidationError, match=next(iter(wrong))):
            CorrectionLine.model_validate(good | wrong)
