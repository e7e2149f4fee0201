"""Reference reports from a studies file, and the findings that annotators gave its studies by hand."""

from collections.abc import Iterable
from pathlib import Path

from gaze2report_core.findings.vocabulary import Finding, findings_of_mesh
from gaze2report_core.studies import StudiesRefused, read_rows


def read_references(studies_csv: Path | str, split: str | None = None) -> dict[str, str]:
    """Reference reports by uid, in the file's order; studies without a report text are left out.

    With `split`, only the studies of that split. Raises StudiesRefused for an unreadable file, missing columns, a
    repeated uid, or when nothing is left to compare with.
    """
    rows = read_rows(studies_csv, ("uid", "report"))
    if split is not None:
        rows = _of_split(rows, split)
    references: dict[str, str] = {}
    for row in rows:
        uid, report = row["uid"].strip(), (row["report"] or "").strip()
        if not report:
            continue
        if uid in references:
            raise StudiesRefused("Two rows of the studies file have the same uid: keep one of them.")
        references[uid] = report
    if not references:
        where = "the studies file" if split is None else f"split {split} of the studies file"
        raise StudiesRefused(f"No study in {where} has a text in its `report` column, so there is nothing to compare.")
    return references


def read_hand_labels(studies_csv: Path | str, uids: Iterable[str]) -> dict[str, frozenset[Finding]] | None:
    """The findings of these studies in the column `mesh`, or `problems` where that is absent; nothing without either.

    `problems` lacks the qualifiers of `mesh`, so that an enlarged cardiac shadow is not known from it.
    """
    rows = {row["uid"].strip(): row for row in read_rows(studies_csv, ("uid",))}
    column = next((name for name in ("mesh", "problems") if any(name in row for row in rows.values())), None)
    if column is None:
        return None
    return {uid: _findings_of(rows[uid].get(column) or "") for uid in uids}


def _findings_of(labels: str) -> frozenset[Finding]:
    return frozenset(finding for finding, _ in findings_of_mesh(labels.split(";")))


def _of_split(rows: list[dict[str, str]], split: str) -> list[dict[str, str]]:
    splits = sorted({row.get("split") or "" for row in rows} - {""})
    if split not in splits:
        found = f"its splits are {', '.join(splits)}" if splits else "it has no `split` column or an empty one"
        raise StudiesRefused(f"The studies file has no split named {split}: {found}.")
    return [row for row in rows if row.get("split") == split]
