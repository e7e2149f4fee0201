"""The studies table, whichever copy of the collection it is made from."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gaze2report_core.indiana.r2gen import R2GenStudy, read_r2gen
from gaze2report_core.studies import VIEWS, StudiesRefused

TEXTS = ("indication", "comparison", "findings", "impression", "mesh", "problems")
COLUMNS = ("uid", "split", "r2gen_id", "report", *TEXTS, *VIEWS)


@dataclass(frozen=True)
class CollectedStudy:
    """What a copy of the collection has of a study: its `TEXTS`, and the names of its films by view."""

    uid: str
    texts: Mapping[str, str]
    films: Mapping[str, Sequence[str]]


def studies_table(studies: Iterable[CollectedStudy], annotation: Path | None) -> list[dict[str, str]]:
    """The rows, `COLUMNS` each, of the studies that have a film.

    With R2Gen's annotation studies get its split and its text, and those that it leaves out are `extra`. Without it,
    studies with a findings section, which is then the report, are `train`, and the others `extra`.

    Raises
    ------
    StudiesRefused
        Where the annotation is none, or no study has a film.
    """
    published = None if annotation is None else read_r2gen(annotation)
    rows = [_row(study, published) for study in studies if any(study.films.values())]
    if not rows:
        raise StudiesRefused("No study has a film of a known view: check that reports and films belong together.")
    return rows


def _row(study: CollectedStudy, published: Mapping[str, R2GenStudy] | None) -> dict[str, str]:
    findings = study.texts["findings"]
    if published is None:
        known = R2GenStudy("train" if findings else "extra", "", findings)
    else:
        known = published.get(study.uid, R2GenStudy("extra", "", ""))
    return {
        "uid": study.uid,
        "split": known.split,
        "r2gen_id": known.name,
        "report": known.report,
        **study.texts,
        **{view: "|".join(study.films[view]) for view in VIEWS},
    }


def write_studies(rows: Sequence[Mapping[str, str]], studies_csv: Path) -> None:
    """Write the table, as `read_studies` reads it."""
    with studies_csv.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
