"""Makes a studies table of the Indiana collection from the files in which others have it.

Kaggle's copy has two tables, one of reports and one of films with their projections, of which each tells frontal from
lateral; R2Gen's annotation has the split that the literature uses, with the text that it compares with.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gaze2report_core.studies import VIEWS, StudiesRefused, read_rows, refuse_unclear_uids

COLUMNS = (
    *("uid", "split", "r2gen_id", "report", "indication", "comparison", "findings", "impression", "mesh", "problems"),
    *VIEWS,
)

_OF_REPORTS = {
    "indication": "indication",
    "comparison": "comparison",
    "findings": "findings",
    "impression": "impression",
    "mesh": "MeSH",
    "problems": "Problems",
}
"""Our columns, and Kaggle's for the same."""

R2GEN_SPLITS = ("train", "val", "test")
_R2GEN_ID = re.compile(r"CXR(\d+)_")


@dataclass(frozen=True)
class R2GenStudy:
    """What R2Gen's annotation says of a study."""

    split: str
    name: str
    report: str


def table_of_kaggle(reports: Path, projections: Path, annotation: Path | None = None) -> list[dict[str, str]]:
    """The rows of a studies table, `COLUMNS` each, of the studies that have a film.

    With R2Gen's annotation studies get its split and its text, and those that it leaves out are `extra`. Without it,
    studies with a findings section, which is then the report, are `train`, and the others `extra`.

    Raises
    ------
    StudiesRefused
        Where a file cannot be read, or is not laid out as it should be.
    """
    with _named("reports"):
        rows = read_rows(reports, ("uid", *_OF_REPORTS.values()))
        refuse_unclear_uids(rows)
    with _named("projections"):
        films = _films_by_study(read_rows(projections, ("uid", "filename", "projection")))
    published = None if annotation is None else read_r2gen(annotation)
    return [_study(row, films[row["uid"].strip()], published) for row in rows if row["uid"].strip() in films]


@contextmanager
def _named(table: str) -> Iterator[None]:
    """Refusals that say which of the two tables is meant."""
    try:
        yield
    except StudiesRefused as refusal:
        raise StudiesRefused(f"The table of {table} is not as Kaggle has it. {refusal}") from refusal


def _study(
    row: Mapping[str, str], films: Mapping[str, Sequence[str]], published: Mapping[str, R2GenStudy] | None
) -> dict[str, str]:
    uid, findings = row["uid"].strip(), row["findings"].strip()
    if published is None:
        known = R2GenStudy("train" if findings else "extra", "", findings)
    else:
        known = published.get(uid, R2GenStudy("extra", "", ""))
    return {
        "uid": uid,
        "split": known.split,
        "r2gen_id": known.name,
        "report": known.report,
        **{ours: row[theirs].strip() for ours, theirs in _OF_REPORTS.items()},
        **{view: "|".join(films[view]) for view in VIEWS},
    }


def _films_by_study(rows: Sequence[Mapping[str, str]]) -> dict[str, dict[str, list[str]]]:
    """By uid the film names of each view."""
    films: dict[str, dict[str, list[str]]] = {}
    for number, row in enumerate(rows, start=1):
        view = row["projection"].strip().lower()
        if view not in VIEWS:
            raise StudiesRefused(
                f"Row {number}, below its header, has a projection that is neither Frontal nor Lateral."
            )
        films.setdefault(row["uid"].strip(), {view: [] for view in VIEWS})[view].append(row["filename"].strip())
    return films


def read_r2gen(annotation: Path) -> dict[str, R2GenStudy]:
    """By the number of a study, as `uid` is, what the `annotation.json` of R2Gen's IU X-Ray says of it.

    Raises
    ------
    StudiesRefused
        Where it is not laid out so: lists `train`, `val` and `test` of objects with `id` (`CXR1_1_IM-0001`) and
        `report`.
    """
    try:
        splits = json.loads(annotation.read_text(encoding="utf-8"))
        return {_uid_of(study.name): study for study in _r2gen_studies(splits)}
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StudiesRefused(
            "This is no annotation.json of R2Gen's IU X-Ray: it has lists train, val and test of objects with id and "
            "report."
        ) from error


def _r2gen_studies(splits: Mapping[str, Sequence[Mapping[str, str]]]) -> Iterator[R2GenStudy]:
    for split in R2GEN_SPLITS:
        for study in splits[split]:
            yield R2GenStudy(split, study["id"].strip(), " ".join(study["report"].split()))


def _uid_of(name: str) -> str:
    found = _R2GEN_ID.match(name)
    if found is None:
        raise ValueError("an id of another kind")
    return found[1]


def write_studies(rows: Sequence[Mapping[str, str]], studies_csv: Path) -> None:
    """Write the table, as `read_studies` reads it."""
    with studies_csv.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
