"""What the export says of every study: films, drafts, gaze, findings, and the model that wrote them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from app.records.lines import DraftTexts, FilmHashes, Fixation, GazeQuery, JudgedFinding, ModelVersion
from app.records.tables import AskedGaze, Case, ClassifierReading, Drafts, ToldSides
from app.records.verdicts import Verdict, Word
from gaze2report_core.findings import Finding, Laterality

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
    ToldSides.sides,
    AskedGaze.query,
    AskedGaze.share,
    Case.reader,
    Case.study,
    Case.frontal_hash,
    Case.lateral_hash,
)
"""What a query has to ask for; of drafts, the classifier's reading may be missing, and so may the sides that they were
told and what was asked of the gaze."""


def study_fields(row: Row[Any], words: Mapping[str, Word]) -> dict[str, Any]:
    """The fields of a `StudyLine` but for its kind, from the columns above and the reader's words by label."""
    return {
        "study": row.study,
        "film": FilmHashes(frontal=row.frontal_hash, lateral=row.lateral_hash),
        "drafts": DraftTexts(gaze_on=row.gaze_on, gaze_off=row.gaze_off),
        "scanpath": [Fixation(**fixation) for fixation in row.fixations],
        "patch_durations": row.patch_durations,
        "gaze_source": row.gaze_source,
        "gaze_query": None if row.query is None else GazeQuery(query=row.query, share=row.share),
        "findings": _judged(row, words),
        "model": ModelVersion(id=row.model_id, revision=row.model_revision),
        "settings": row.settings,
        "reader": row.reader,
        "started_at": row.started_at,
    }


def _judged(row: Row[Any], words: Mapping[str, Word]) -> dict[Finding, JudgedFinding]:
    sides = told_sides(row)
    told = {
        label: Word(Verdict.CONFIRMED if is_there else Verdict.REJECTED, sides.get(Finding(label)))
        for label, is_there in (row.confirmed or {}).items()
    }
    return {Finding(one["finding"]): _judged_finding(one, told, words) for one in row.findings or []}


def _judged_finding(given: Mapping[str, Any], told: Mapping[str, Word], words: Mapping[str, Word]) -> JudgedFinding:
    before, last = (said.get(given["finding"], Word()) for said in (told, words))
    return JudgedFinding(
        probability=given["probability"],
        threshold=given["threshold"],
        side=given["side"],
        regions=given["regions"],
        told=before.verdict,
        told_side=before.side,
        verdict=last.verdict,
        verdict_side=last.side,
    )


def told_sides(row: Row[Any]) -> dict[Finding, Laterality]:
    """The sides that drafts were told by their reader, of a row with the column of `ToldSides`."""
    return {Finding(label): Laterality(side) for label, side in (row.sides or {}).items()}
