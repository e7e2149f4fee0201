"""Exports of corrections as the page writes them: made by its own records, so that the two cannot drift apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.records import DraftPair, RecordStore, StartedFrom, Verdict, Word
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph
from tests.findings_readings import reading_of

READER = "Dr. Erika Mustermann"
LOOK = Scanpath.from_fixations(
    [{"x": 0.5, "y": 0.6, "duration": 0.8}, {"x": 0.25, "y": 0.4, "duration": 0.3}], GazeSource.RECORDED
)


@dataclass(frozen=True)
class Reading:
    """One study that was opened on the page, and the reports of it that were signed off, one after the other."""

    frontal: Radiograph
    reports: Sequence[str]
    lateral: Radiograph | None = None
    started_from: StartedFrom = StartedFrom.GAZE_ON
    verdicts: Mapping[Finding, Verdict] = field(default_factory=dict)
    sides: Mapping[Finding, Laterality] = field(default_factory=dict)


def write_export(readings: Sequence[Reading], folder: Path) -> Path:
    """Keep readings in records, and write what their reader exports to a file in `folder`.

    Each further report of a study is that of other drafts, as when the drafts are written again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    store = RecordStore(f"sqlite:///{folder / 'records.sqlite3'}", folder / "kept")
    for reading in readings:
        case = store.open_case(READER, reading.frontal, reading.lateral)
        for finding, verdict in reading.verdicts.items():
            store.give_verdict(case, READER, finding, Word(verdict, reading.sides.get(finding)))
        drafts = [store.add_drafts(case, READER, _drafts()) for _ in reading.reports or [""]]
        for of_report, text in zip(drafts, reading.reports, strict=False):
            store.submit(of_report, READER, text, reading.started_from, ["style"], 0)
    export = folder / "corrections.jsonl"
    export.write_text("".join(store.correction_lines(READER)), encoding="utf-8")
    store.close()
    return export


def _drafts() -> DraftPair:
    return DraftPair(
        gaze_on="The heart is enlarged.",
        gaze_off="The lungs are clear.",
        scanpath=LOOK,
        model_id="owner/name",
        model_revision="0123abcd",
        settings={"method": "greedy"},
        started_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        findings=reading_of({Finding.CARDIOMEGALY: 0.9}),
    )
