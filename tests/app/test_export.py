"""Corrections leave as JSONL: in the promised schema, without any identity."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.records import CorrectionLine, DraftPair, GazeQuery, RecordStore
from app.records.text import MOST_CHARACTERS
from gaze2report_core.imaging import Radiograph

pytestmark = pytest.mark.thorough

KEYS = [
    "schema_version", "kind", "study", "film", "drafts", "scanpath", "patch_durations", "gaze_source", "gaze_query",
    "findings", "model", "settings", "reader", "started_at", "draft", "corrected", "started_from", "read_first",
    "reasons", "submitted_at",
]  # fmt: skip
JUDGED = {
    "probability": 0.5,
    "threshold": 0.4,
    "side": "left",
    "regions": ["left hilum"],
    "told": "undecided",
    "told_side": None,
    "verdict": "confirmed",
    "verdict_side": "both",
}


def test_a_line_holds_what_was_promised(
    store: RecordStore, film: Radiograph, film_of: Callable[[int], Radiograph], drafts: DraftPair
) -> None:
    lateral = film_of(2)
    asked = replace(drafts, asked=GazeQuery(query="cardiomegaly", share=0.25))
    drafts_id = store.add_drafts(store.open_case("ada", film, lateral), "ada", asked)
    store.submit(drafts_id, "ada", "The lungs are not clear.", "gaze_off", ["other", "missed_finding"], 0, note="Ödem")
    [line] = store.correction_lines("ada")
    kept = json.loads(line)
    assert list(kept) == KEYS
    assert kept["schema_version"] == 5
    assert kept["kind"] == "correction"
    assert kept["film"] == {"frontal": film.content_hash, "lateral": lateral.content_hash}
    assert kept["draft"] == "The lungs are clear."
    assert kept["corrected"] == "The lungs are not clear."
    assert kept["drafts"] == {
        "gaze_on": "The heart is enlarged. No pleural effusion.",
        "gaze_off": "The lungs are clear.",
    }
    assert kept["started_from"] == "gaze_off"
    assert kept["read_first"] is None
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


def test_the_longest_text_leaves_whole(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    text = ("Ein Erguß. " * MOST_CHARACTERS)[:MOST_CHARACTERS]
    store.submit(drafts_of("ada"), "ada", text, "gaze_on", [], 0)
    [line] = store.correction_lines("ada")
    assert json.loads(line)["corrected"] == text


def test_whoever_corrected_nothing_has_no_lines(store: RecordStore) -> None:
    assert list(store.correction_lines("nobody")) == []


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
        {"findings": {"Edema": JUDGED | {"verdict_side": "upper"}}},
        {"schema_version": 4},
        {"kind": "verdicts"},
    ):
        with pytest.raises(ValidationError, match=next(iter(wrong))):
            CorrectionLine.model_validate(good | wrong)
