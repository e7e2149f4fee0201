"""Kaggle's copy of the collection: a table of reports, and one of films of which each says frontal or lateral."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from gaze2report_core.indiana.table import CollectedStudy, studies_table
from gaze2report_core.studies import VIEWS, StudiesRefused, read_study_rows, refuse_unclear_uids
from gaze2report_core.tables import TableRefused

_OF_REPORTS = {
    "indication": "indication",
    "comparison": "comparison",
    "findings": "findings",
    "impression": "impression",
    "mesh": "MeSH",
    "problems": "Problems",
}
"""Our columns, and Kaggle's for the same."""


def table_of_kaggle(reports: Path, projections: Path, annotation: Path | None = None) -> list[dict[str, str]]:
    """The rows of a studies table; see `studies_table` for what R2Gen's annotation adds.

    Raises
    ------
    StudiesRefused
        Where a file cannot be read, or is not laid out as it should be, and as by `studies_table`.
    """
    with _named("reports"):
        rows = read_study_rows(reports, ("uid", *_OF_REPORTS.values()))
        refuse_unclear_uids(rows)
    films = films_by_study(projections)
    return studies_table((_study(row, films) for row in rows), annotation)


def films_by_study(projections: Path) -> dict[str, dict[str, list[str]]]:
    """By uid the film names of each view.

    Raises
    ------
    StudiesRefused
        Where the table of projections cannot be read, or is not laid out as it should be.
    """
    with _named("projections"):
        return _films_by_study(read_study_rows(projections, ("uid", "filename", "projection")))


@contextmanager
def _named(table: str) -> Iterator[None]:
    """Refusals that say which of the two tables is meant."""
    try:
        yield
    except TableRefused as refusal:
        raise StudiesRefused(f"The table of {table} is not as Kaggle has it. {refusal}") from refusal


def _study(row: Mapping[str, str], films: Mapping[str, Mapping[str, Sequence[str]]]) -> CollectedStudy:
    uid = row["uid"].strip()
    return CollectedStudy(
        uid,
        {ours: row[theirs].strip() for ours, theirs in _OF_REPORTS.items()},
        films.get(uid, {}),
    )


def _films_by_study(rows: Sequence[Mapping[str, str]]) -> dict[str, dict[str, list[str]]]:
    films: dict[str, dict[str, list[str]]] = {}
    for number, row in enumerate(rows, start=1):
        view = row["projection"].strip().lower()
        if view not in VIEWS:
            raise StudiesRefused(
                f"Row {number}, below its header, has a projection that is neither Frontal nor Lateral."
            )
        films.setdefault(row["uid"].strip(), {view: [] for view in VIEWS})[view].append(row["filename"].strip())
    return films
