"""Reference reports from a studies file, and the findings that annotators gave its studies by hand."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from gaze2report_core.findings.vocabulary import Finding, Side, findings_of_mesh, side_of_each
from gaze2report_core.studies import (
    HELD_OUT,
    StudiesRefused,
    is_held_out,
    read_study_rows,
    refuse_unclear_uids,
    rows_of_split,
)

TRAINING_SPLIT = "train"


def read_references(studies_csv: Path | str, split: str | None = None) -> dict[str, str]:
    """Reference reports by uid, in the file's order; studies without a report text are left out.

    With `split`, only the studies of that split. Raises TableRefused as `read_reports` does, or when nothing is left to
    compare with.
    """
    references = {uid: report for uid, report in read_reports(studies_csv, split).items() if report}
    if not references:
        where = "the studies file" if split is None else f"split {split} of the studies file"
        raise StudiesRefused(f"No study in {where} has a text in its `report` column, so there is nothing to compare.")
    return references


def read_reports(studies_csv: Path | str, split: str | None = None) -> dict[str, str]:
    """Of all studies, or those of one split, what stands in the column `report`, which may be nothing.

    Raises TableRefused for an unreadable file, missing columns, or a row without a uid or with that of another.
    """
    rows = read_study_rows(studies_csv, ("uid", "report"))
    refuse_unclear_uids(rows)
    if split is not None:
        rows = rows_of_split(rows, split)
    return {row["uid"].strip(): row["report"].strip() for row in rows}


def read_training_reports(studies_csv: Path | str, split: str | None) -> dict[str, str]:
    """Reports of `TRAINING_SPLIT` by uid, to stand beside those of `split`: without held-out ones where that is theirs.

    Empty where the file has no reports of that split.
    """
    try:
        reports = read_references(studies_csv, TRAINING_SPLIT)
    except StudiesRefused:
        return {}
    return {uid: report for uid, report in reports.items() if split != HELD_OUT or not is_held_out(uid)}


HandLabels = Mapping[str, Mapping[Finding, Side | None]]
"""By uid the findings that annotators gave a study, with the side where they saw each on one side alone."""


def read_hand_labels(studies_csv: Path | str, uids: Iterable[str]) -> HandLabels | None:
    """The findings of these studies in the column `mesh`, or `problems` where that is absent; nothing without either.

    `problems` lacks the qualifiers of `mesh`, so that neither sides nor an enlarged cardiac shadow are known from it.
    """
    rows = {row["uid"].strip(): row for row in read_study_rows(studies_csv, ("uid",))}
    column = next((name for name in ("mesh", "problems") if any(name in row for row in rows.values())), None)
    if column is None:
        return None
    return {uid: side_of_each(findings_of_mesh((rows[uid].get(column) or "").split(";"))) for uid in uids}
