"""Both drafts of one pass as the records keep them: texts, gaze, and the findings that they were written with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert

from app.records.lines import GazeQuery
from app.records.rows import new_id
from app.records.tables import AskedGaze, ClassifierReading, Drafts, ToldSides
from app.records.text import storable, storable_json

if TYPE_CHECKING:
    from gaze2report_core.findings import Finding, Laterality
    from gaze2report_core.findings.reading import FindingsReading
    from gaze2report_core.gaze import Scanpath


@dataclass(frozen=True, eq=False)
class DraftPair:
    """Both reports of one pass, the gaze they were written with, and how they came about.

    `findings` is what the classifier gave, if there is one; `confirmed` what the reader had confirmed (True) or
    rejected (False) by then, and `sides` where they had said a side; `asked` what the gaze was predicted for, if
    anything was asked.
    """

    gaze_on: str
    gaze_off: str
    scanpath: "Scanpath"
    model_id: str
    model_revision: str
    settings: Mapping[str, Any]
    started_at: datetime
    findings: "FindingsReading | None" = None
    confirmed: Mapping["Finding", bool] = field(default_factory=dict)
    sides: Mapping["Finding", "Laterality"] = field(default_factory=dict)
    asked: GazeQuery | None = None


def insert_drafts(connection: Connection, case_id: str, drafts: DraftPair, now: datetime) -> str:
    """Add the drafts, and what belongs to them. Returns their id."""
    drafts_id = new_id()
    row = {
        "id": drafts_id,
        "case_id": case_id,
        "gaze_on": storable(drafts.gaze_on),
        "gaze_off": storable(drafts.gaze_off),
        "fixations": storable_json(drafts.scanpath.to_fixations()),
        "gaze_source": drafts.scanpath.source.value,
        "patch_durations": drafts.scanpath.patch_durations().tolist(),
        "model_id": storable(drafts.model_id),
        "model_revision": storable(drafts.model_revision),
        "settings": storable_json(dict(drafts.settings)),
        "started_at": drafts.started_at,
        "added_at": now,
    }
    connection.execute(insert(Drafts), [row])
    if drafts.findings is not None:
        given = {"id": drafts_id, "findings": storable_json(drafts.findings.to_dict()["findings"])}
        confirmed = {finding.value: is_there for finding, is_there in drafts.confirmed.items()}
        connection.execute(insert(ClassifierReading), [given | {"confirmed": confirmed}])
    if drafts.sides:
        sides = {finding.value: side.value for finding, side in drafts.sides.items()}
        connection.execute(insert(ToldSides), [{"id": drafts_id, "sides": sides}])
    if drafts.asked is not None:
        asked = {"id": drafts_id, "query": storable(drafts.asked.query), "share": drafts.asked.share}
        connection.execute(insert(AskedGaze), [asked])
    return drafts_id
