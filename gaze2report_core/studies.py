"""Studies files: a CSV as IU X-Ray's `studies.csv`, one line a study."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gaze2report_core.tables import TableRefused, read_rows

TRAINING_SPLITS = ("train", "extra")
"""Of IU X-Ray; val is for evaluation."""

HELD_OUT = "held-out"
"""Besides the splits that a table names: the studies of its training splits that are kept from training."""

VIEWS = ("frontal", "lateral")
"""The columns of films, one of which is enough."""

HELD_OUT_SHARE = 10
"""One study in ten of the training splits is held out, to choose epochs and settings by; val stays unseen."""


class StudiesRefused(TableRefused):
    """What is given of studies is not as it is needed, in a table or elsewhere; the message says what is amiss."""


@dataclass(frozen=True)
class StudyFilms:
    """All that a model may know of a study: the file names of its films, at most one a view, and its indication."""

    uid: str
    frontal: str | None
    lateral: str | None
    indication: str

    @property
    def films(self) -> tuple[str, ...]:
        """The file names that there are."""
        return tuple(name for name in (self.frontal, self.lateral) if name)


@dataclass(frozen=True)
class Study(StudyFilms):
    """A study with what is known of it in training: the text, and the labels that annotators gave by hand."""

    split: str
    report: str
    findings: str
    impression: str
    mesh: tuple[str, ...]

    @property
    def description(self) -> str:
        """What was seen, in words: the report, or the section `findings` of a study without one."""
        return self.report or self.findings

    @property
    def problems(self) -> tuple[str, ...]:
        """The annotators' labels without their qualifiers, such as `Pleural Effusion` of `Pleural Effusion/left`."""
        return tuple(dict.fromkeys(label.split("/")[0].strip() for label in self.mesh))

    @property
    def held_out(self) -> bool:
        """Whether this study of a training split is kept from training, to choose by. The same on every machine."""
        return is_held_out(self.uid)


def is_held_out(uid: str, one_in: int = HELD_OUT_SHARE) -> bool:
    """Whether a study with this uid, of a training split, is held out as `one_in` so many are."""
    return int(hashlib.sha256(uid.encode()).hexdigest(), 16) % one_in == 0


def read_study_films(studies_csv: Path, *, indications: bool = False, split: str | None = None) -> list[StudyFilms]:
    """The films of each study and, if asked for, its indication; no other column is looked at.

    Where several films of a view are given (`a|b`), the first is used. With `split`, only studies of that split, by the
    column of that name.

    Raises
    ------
    TableRefused
        As by `read_rows`; StudiesRefused without a column of films, when a study stands in it twice, or no study is of
        that split.
    """
    needed = ("uid", "indication") if indications else ("uid",)
    rows = read_study_rows(studies_csv, needed)
    if not any(view in rows[0] for view in VIEWS):
        raise StudiesRefused("The studies file names no films: this needs a column `frontal` or `lateral`, or both.")
    refuse_unclear_uids(rows)
    return [
        StudyFilms(_text(row, "uid"), **_films(row), indication=_text(row, "indication") if indications else "")
        for row in (rows if split is None else rows_of_split(rows, split))
    ]


def read_studies(studies_csv: Path, splits: Sequence[str] | None = None) -> list[Study]:
    """Studies of these splits, or all, with text and labels; columns that are absent count as empty.

    Raises
    ------
    TableRefused
        As by `read_rows`; StudiesRefused when a study stands in it twice. Splits without a study add nothing.
    """
    rows = read_study_rows(studies_csv, ("uid", "split"))
    refuse_unclear_uids(rows)
    return [
        Study(
            uid=_text(row, "uid"),
            **_films(row),
            indication=_text(row, "indication"),
            split=_text(row, "split"),
            report=_text(row, "report"),
            findings=_text(row, "findings"),
            impression=_text(row, "impression"),
            mesh=tuple(label for label in _text(row, "mesh").split(";") if label),
        )
        for row in rows
        if splits is None or any(_is_of_split(row, split) for split in splits)
    ]


def rows_of_split(rows: Sequence[dict[str, str]], split: str) -> list[dict[str, str]]:
    """The rows of one split; `HELD_OUT` is one where there are training splits.

    Raises
    ------
    StudiesRefused
        Where there are none; it names the splits that there are. Where `HELD_OUT` is asked for and the table has a
        split of its own with that name.
    """
    if split == HELD_OUT and any(_text(row, "split") == HELD_OUT for row in rows):
        raise StudiesRefused(
            f"The studies file has a split of its own named {HELD_OUT}, which is the name of the tenth that is kept "
            "from training: give that split another name."
        )
    chosen = [row for row in rows if _is_of_split(row, split)]
    if not chosen:
        splits = sorted({_text(row, "split") for row in rows} - {""})
        found = f"its splits are {', '.join(splits)}" if splits else "it has no `split` column or an empty one"
        raise StudiesRefused(f"The studies file has no split named {split}: {found}.")
    return chosen


def _is_of_split(row: dict[str, str], split: str) -> bool:
    of_table = _text(row, "split")
    if split == HELD_OUT:
        return of_table in TRAINING_SPLITS and is_held_out(_text(row, "uid"))
    return of_table == split


def read_study_rows(studies_csv: Path | str, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a studies file; raises TableRefused as `read_rows` does."""
    return read_rows(studies_csv, needed, table="studies file", row="study")


def refuse_unclear_uids(rows: Sequence[dict[str, str]]) -> None:
    """Refuse a table in which a row has no uid, or the one of another row; `rows` are all that the file has.

    A uid may be the number of a patient's record, so the refusal names the rows and not the uid.

    Raises
    ------
    StudiesRefused
    """
    first_row: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        uid = _text(row, "uid")
        if not uid:
            raise StudiesRefused(f"Row {number} of the studies file, below its header, has no uid: give it one.")
        if uid in first_row:
            raise StudiesRefused(
                f"Rows {first_row[uid]} and {number} of the studies file, below its header, have the same uid: "
                "keep one of them."
            )
        first_row[uid] = number


def _films(row: dict[str, str]) -> dict[str, str | None]:
    return {view: _text(row, view).split("|")[0].strip() or None for view in VIEWS}


def _text(row: dict[str, str], column: str) -> str:
    return (row.get(column) or "").strip()
