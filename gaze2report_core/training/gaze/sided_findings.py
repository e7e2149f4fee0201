"""On which side of each study annotators, and reports where those are silent, place what they name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings import FINDINGS, Finding, Side, findings_of_mesh, sides_of_each
from gaze2report_core.model.side_reader import ANYTHING, HALVES
from gaze2report_core.studies import Study
from gaze2report_core.training.findings_prompts import found_in
from gaze2report_core.training.run.needed import TrainingRefused

HALF_OF = {Side.RIGHT: 0, Side.LEFT: 1}
"""The patient's right is the film's left half."""

HARDLY_SHOWN = (Finding.FRACTURE,)
"""Whose side no reading of patches tells better than chance: it would only blur what is learnt of the others."""

NORMAL = "normal"

NEWTON_STEPS = 8

Sides = dict[Finding, set[Side | None]]


@dataclass(frozen=True)
class OneSided:
    """R findings that are on one side only: the study's row, the column of the finding, and 1 for the patient's left,
    -1 for the right, `(R,)` each."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    signs: NDArray[np.float32]

    @classmethod
    def of(cls, studies: Sequence[Study]) -> "OneSided":
        """Raises TrainingRefused where no study has one."""
        found = [
            (row, FINDINGS.index(finding), 1.0 if Side.LEFT in sides else -1.0)
            for row, study in enumerate(studies)
            for finding, sides in sides_named(study).items()
            if len(sides) == 1 and None not in sides
        ]
        if not found:
            raise TrainingRefused("No study has a finding on one side only: there is nothing to learn sides from.")
        rows, columns, signs = zip(*found, strict=True)
        return cls(np.array(rows), np.array(columns), np.array(signs, np.float32))

    def sign_of_studies(self, count: int) -> NDArray[np.float32]:
        """1, -1, or 0 for each of so many studies, `(S,)`: the side of all its findings that are on one side only."""
        signs = np.zeros(count, np.float32)
        np.add.at(signs, self.rows, self.signs)
        return np.where(np.abs(signs) == np.bincount(self.rows, minlength=count), np.sign(signs), 0).astype(np.float32)

    def chosen(self, which: NDArray[np.bool_]) -> "OneSided":
        """Those for which `which` `(R,)` is true."""
        return OneSided(self.rows[which], self.columns[which], self.signs[which])

    def without(self, *findings: Finding) -> "OneSided":
        """Those of other findings."""
        return self.chosen(~self.of_findings(*findings))

    def of_findings(self, *findings: Finding) -> NDArray[np.bool_]:
        """Which of them are of these findings, `(R,)`."""
        return np.isin(self.columns, [FINDINGS.index(finding) for finding in findings])


def share_leaning(leaning: NDArray[np.float64], one_sided: OneSided) -> dict[str, float]:
    """How many findings there are and how often films lean to their side, by the leaning `(R,)` of each one's film.

    One half is chance.
    """
    agrees = leaning * one_sided.signs > 0
    shown = ~one_sided.of_findings(*HARDLY_SHOWN, Finding.SUPPORT_DEVICES)
    return {
        "findings_on_one_side": len(agrees),
        "leaning_to_that_side": float(agrees.mean()),
        "the_same_without_fractures_and_devices": float(agrees[shown].mean()),
    }


def surety(leaning: NDArray[np.float64], one_sided: OneSided) -> float:
    """What a leaning `(R,)` is to be multiplied by for the log-odds that it is right, without an intercept.

    Logistic regression by Newton's method; never below 0, for no film is on the side that it leans away from.
    """
    slope = 0.0
    for _ in range(NEWTON_STEPS):
        wrong = 1 / (1 + np.exp(one_sided.signs * slope * leaning))
        slope += float((wrong * one_sided.signs * leaning).sum() / (wrong * (1 - wrong) * leaning**2).sum())
    return max(0.0, slope)


@dataclass(frozen=True)
class LabelsOfHalves:
    """What is on either half of S films: `target` and `known` `(S, 2, C)`; `present` `(S, C)` on the whole film.

    A finding of which nobody says where it is may be on either half: it is known of the whole film alone.
    """

    target: NDArray[np.float32]
    known: NDArray[np.float32]
    present: NDArray[np.float32]

    @classmethod
    def of(cls, studies: Sequence[Study]) -> "LabelsOfHalves":
        shape = (len(studies), HALVES, len(FINDINGS))
        labels = cls(np.zeros(shape, np.float32), np.ones(shape, np.float32), np.zeros(shape[::2], np.float32))
        for row, study in enumerate(studies):
            for finding, sides in sides_named(study).items():
                labels._note(row, FINDINGS.index(finding), sides)
            if sides_of_all := sides_of_anything(study):
                labels._note(row, ANYTHING, sides_of_all)
        return labels

    def frequency(self) -> NDArray[np.float32]:
        """How often each label is on a half of which that is known, `(C,)`; never quite 0 or 1."""
        shown = (self.target * self.known).sum(axis=(0, 1)) + 1
        return np.asarray(shown / (self.known.sum(axis=(0, 1)) + 2), dtype=np.float32)

    def _note(self, row: int, column: int, sides: set[Side | None]) -> None:
        self.present[row, column] = 1
        if None in sides:
            self.known[row, :, column] = 0
        for side in sides - {None}:
            self.target[row, HALF_OF[side], column] = self.known[row, HALF_OF[side], column] = 1  # type: ignore[index]


def sides_named(study: Study) -> Sides:
    """By finding the sides that it is named with; nothing stands for no side."""
    by_hand = findings_of_mesh(study.mesh)
    in_text = found_in(study.description or study.impression)
    told = {finding for finding, _ in by_hand}
    named = sides_of_each((*by_hand, *(found for found in in_text if found[0] not in told)))
    named.pop(Finding.NO_FINDING, None)
    return named


def sides_of_anything(study: Study) -> set[Side | None]:
    """The sides of all that annotators name, one of the 14 findings or not, such as a granuloma's."""
    sides: set[Side | None] = set().union(*sides_named(study).values())
    for label in study.mesh:
        head, *qualifiers = (part.strip().lower() for part in label.split("/"))
        if head == NORMAL:
            continue
        of_label = {side for side in Side if side in qualifiers} | (set(Side) if "bilateral" in qualifiers else set())
        sides |= of_label or {None}
    return sides
