"""What the export says of every study: films, drafts, gaze, findings, and the model that wrote them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from app.records.lines import DraftTexts, FilmHashes, Fixation, GazeQuery, JudgedFinding, ModelVersion
from app.records.tables import AskedGaze, Case, ClassifierReading, Drafts
from app.records.verdicts import Verdict
from gaze2report_core.findings import Finding

STUDY_COLUMNS = (
    Drafts.id.label("drafts_id"),
    Drafts.case_id,
    Drafts.gaze_on,
    Drafts.gaze_off,
    Drafts.fixations,
    Drafts.gaze_source,
    Drafts.patch_durations,
    Drafts.model_id,
    Drafts.model_revision,
    Drafts.settings,
    Drafts.started_at,
    ClassifierReading.findings,
    ClassifierReading.confirmed,
    AskedGaze.query,
    AskedGaze.share,
    Case.reader,
    Case.study,
    Case.frontal_hash,
    Case.lateral_hash,
)
"""What a query has to ask for; the classifier's reading may be missing, and so may what was asked of the gaze."""


def study_fields(row: Row[Any], verdicts: Mapping[str, Verdict]) -> dict[str, Any]:
    """The fields of a `StudyLine` but for its kind, from the columns above and the reader's verdicts by label."""
    return {
        "study": row.study,
        "film": FilmHashes(frontal=row.frontal_hash, lateral=row.lateral_hash),
        "drafts": DraftTexts(gaze_on=row.gaze_on, gaze_off=row.gaze_off),
        "scanpath": [Fixation(**fixation) for fixation in row.fixations],
        "patch_durations": row.patch_durations,
        "gaze_source": row.gaze_source,
        "gaze_query": None if row.query is None else GazeQuery(query=row.query, share=row.share),
        "findings": _judged(row, verdicts),
        "model": ModelVersion(id=row.model_id, revision=row.model_revision),
        "settings": row.settings,
        "reader": row.reader,
        "started_at": row.started_at,
    }


def _judged(row: Row[Any], verdicts: Mapping[str, Verdict]) -> dict[Finding, JudgedFinding]:
    told = {
        label: Verdict.CONFIRMED if is_there else Verdict.REJECTED for label, is_there in (row.confirmed or {}).items()
    }
    return {
        Finding(one["finding"]): JudgedFinding(
            probability=one["probability"],
            threshold=one["threshold"],
            side=one["side"],
            regions=one["regions"],
            told=told.get(one["finding"], Verdict.UNDECIDED),
            verdict=verdicts.get(one["finding"], Verdict.UNDECIDED),
        )
        for one in row.findings or []
    }
