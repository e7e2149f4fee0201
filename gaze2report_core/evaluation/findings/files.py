"""Findings of many studies from a file, joined with what is known of these studies.

Two kinds of files are read: the JSONL of `findings --studies`, and the out-of-fold file of `train findings`, which says
of each study what towers found that had not seen it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings import FINDINGS, findings_of_mesh
from gaze2report_core.findings.columns import columns_of_findings
from gaze2report_core.findings.labelling.incidental import (
    INCIDENTAL_FINDINGS,
    columns_of_incidental,
    incidental_in_text,
    incidental_of_mesh,
)
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.out_of_fold import ATTENTION_CORRELATION, LINES, name_of_reading
from gaze2report_core.studies import StudiesRefused, Study, read_studies, read_study_rows, rows_of_split
from gaze2report_core.tables import TableRefused

NEITHER = "The findings file holds neither lines of `findings` nor what `train findings` wrote."

UNTAKEN = float("nan")
"""A figure that a file does not have."""

UNKNOWN = (UNTAKEN, UNTAKEN)
"""The interval of a probability in a file that has none."""


class Witness(NamedTuple):
    """What one set of labels says of R studies: their `rows` among all of them `(R,)`, and what each shows `(R, C)`.

    A study without a text is none of those that labels by text are known of: it is neither normal nor anything else.
    """

    rows: NDArray[np.int64]
    shown: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ReadFindings:
    """Findings of S studies beside what is known: `probabilities`, `named`, `by_hand` and `by_text`, all `(S, C)`.

    `intervals` `(S, C, 2)` are the ends of each probability's interval, not a number where the file has none.
    `incidental` `(S, K)` are probabilities of incidental findings, not a number where the file has none, beside
    `incidental_by_hand` and `incidental_by_text`. Labels by text say nothing of studies without one, see `has_text`
    `(S,)`. `attention` `(S, C)` is the correlation of the classifier's attention with recorded gaze, not a number where
    none was taken. `left_out` studies have no findings in the file, which has findings of `strangers` more studies:
    they stand in no row of the table, or of the split that was asked for.
    """

    uids: tuple[str, ...]
    probabilities: NDArray[np.float64]
    intervals: NDArray[np.float64]
    named: NDArray[np.bool_]
    by_hand: NDArray[np.bool_]
    by_text: NDArray[np.bool_]
    attention: NDArray[np.float64]
    incidental: NDArray[np.float64]
    incidental_by_hand: NDArray[np.bool_]
    incidental_by_text: NDArray[np.bool_]
    has_text: NDArray[np.bool_]
    left_out: int
    strangers: int

    @property
    def labels(self) -> dict[str, Witness]:
        """Both sets of labels by name; those by text are left out where no study has one."""
        return self._witnesses(self.by_hand, self.by_text)

    @property
    def incidental_labels(self) -> dict[str, Witness]:
        """The same of incidental findings."""
        return self._witnesses(self.incidental_by_hand, self.incidental_by_text)

    def _witnesses(self, by_hand: NDArray[np.bool_], by_text: NDArray[np.bool_]) -> dict[str, Witness]:
        told = np.flatnonzero(self.has_text)
        witnesses = {"by hand": Witness(np.arange(len(by_hand)), by_hand), "by text": Witness(told, by_text[told])}
        return {name: witness for name, witness in witnesses.items() if len(witness.rows)}


def read_findings(findings: Path, studies_csv: Path, split: str | None, *, gaze: bool | None = None) -> ReadFindings:
    """Join a file of findings with a studies file.

    `gaze` says which reading of an out-of-fold file is meant, that with gaze by default; the lines of `findings` were
    made with gaze or without. Raises `TableRefused` where a file cannot be read, and its `StudiesRefused` when the
    first is neither, when its lines are not of the reading that is meant, or when nothing is left to compare.
    """
    found = _found(findings, gaze)
    asked = _studies(studies_csv, split)
    known = [study for study in asked if study.uid in found]
    if not known:
        raise StudiesRefused("No study of the studies file has findings, so there is nothing to compare.")
    lines = [found[study.uid] for study in known]
    with _refused_if_neither():
        probabilities = [[float(line["findings"][one.value]) for one in FINDINGS] for line in lines]
        named = [[one.value in line["present"] for one in FINDINGS] for line in lines]
        intervals = [_values(line, "intervals", FINDINGS, UNKNOWN) for line in lines]
        attention = [_values(line, ATTENTION_CORRELATION, FINDINGS, UNTAKEN) for line in lines]
        incidental = [_values(line, "incidental", INCIDENTAL_FINDINGS, UNTAKEN) for line in lines]
        return ReadFindings(
            uids=tuple(study.uid for study in known),
            probabilities=np.array(probabilities),
            intervals=np.array(intervals, dtype=np.float64),
            named=np.array(named),
            by_hand=columns_of_findings({finding for finding, _ in findings_of_mesh(study.mesh)} for study in known),
            by_text=columns_of_findings(positive_findings(study.description) for study in known),
            attention=np.array(attention, dtype=np.float64),
            incidental=np.array(incidental, dtype=np.float64),
            incidental_by_hand=columns_of_incidental(incidental_of_mesh(study.mesh) for study in known),
            incidental_by_text=columns_of_incidental(incidental_in_text(study.description) for study in known),
            has_text=np.array([bool(study.description) for study in known]),
            left_out=len(asked) - len(known),
            strangers=len(found) - len(known),
        )


@contextmanager
def _refused_if_neither() -> Iterator[None]:
    """What is amiss inside is said of the file as a whole."""
    try:
        yield
    except TableRefused:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StudiesRefused(NEITHER) from None


def _found(findings: Path, gaze: bool | None) -> dict[str, Mapping[str, Any]]:
    """By study: a line as `findings` writes it."""
    with _refused_if_neither():
        try:
            text = findings.read_text(encoding="utf-8")
        except OSError:
            raise StudiesRefused("The findings file cannot be read: is its name right?") from None
        return _lines(text, gaze)


def _values(line: Mapping[str, Any], key: str, names: Iterable[StrEnum], absent: object) -> list[Any]:
    """What a line says of each name under a key that it may be without."""
    said = line.get(key) or {}
    return [said.get(name.value, absent) for name in names]


def _lines(text: str, gaze: bool | None) -> dict[str, Mapping[str, Any]]:
    try:
        out_of_fold = json.loads(text)
    except json.JSONDecodeError:
        out_of_fold = {"uid": "the first of several lines"}
    if "uid" not in out_of_fold:
        return {uid: _line_out_of_fold(study, gaze is not False) for uid, study in out_of_fold.items()}
    lines = [json.loads(line) for line in text.split("\n") if line.strip()]
    if len({str(line["uid"]) for line in lines}) < len(lines):
        raise StudiesRefused("The findings file has two lines of one study: remove one of them.")
    _refuse_other_gaze(lines, gaze)
    return {str(line["uid"]): line for line in lines if not line.get("error")}


def _refuse_other_gaze(lines: Sequence[Mapping[str, Any]], gaze: bool | None) -> None:
    asked = "on" if gaze else "off"
    if gaze is not None and any(line.get("gaze") != asked for line in lines):
        raise StudiesRefused(
            f"The findings file does not hold lines with gaze {asked} alone: --gaze chooses from what `train findings` "
            f"wrote; such lines are made by `findings --gaze {asked}`."
        )


def _line_out_of_fold(study: Mapping[str, Any], gaze: bool) -> Mapping[str, Any]:
    if LINES not in study:
        raise StudiesRefused(
            "The out-of-fold file names findings without their probabilities: an earlier version wrote it. Run "
            "`train findings` again with the same --out; towers that are trained stay as they are."
        )
    line: dict[str, Any] = study[LINES][name_of_reading(gaze=gaze)]
    return line | {ATTENTION_CORRELATION: study.get(ATTENTION_CORRELATION, {})}


def _studies(studies_csv: Path, split: str | None) -> list[Study]:
    # Without a column of labels all studies would seem to have none of the findings.
    rows = read_study_rows(studies_csv, ("uid", "split", "mesh"))
    if split is None:
        return read_studies(studies_csv)
    rows_of_split(rows, split)  # refuses one that the table does not have
    return read_studies(studies_csv, splits=(split,))
