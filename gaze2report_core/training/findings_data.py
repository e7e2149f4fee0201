"""All that the towers of the findings classifier learn from, in memory: films behind the stem, labels, gaze, texts."""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from gaze2report_core.findings import FINDINGS, Finding, Side
from gaze2report_core.findings.classifier import FilmStem
from gaze2report_core.gaze import GRID
from gaze2report_core.studies import Study
from gaze2report_core.training.encoder import NIH_ADVICE, augmented
from gaze2report_core.training.films import as_batch
from gaze2report_core.training.finding_labels import FindingLabels, labels_of_nih, labels_of_studies
from gaze2report_core.training.gazesearch import Recording
from gaze2report_core.training.needed import needed

FOLDS = 5
MIRRORED_COPY = 2
COPIES = 3
"""Of each film behind the stem: as it is, augmented, and augmented in a mirror."""

FILMS_AT_ONCE = 32
NOT_IN_A_FOLD = -1

TRUST_WITH_SIDE, TRUST_WITHOUT_SIDE, TRUST_OF_EITHER_SIDE = 1.0, 0.8, 0.3
"""How far a map of recorded gaze is trusted: of the film's finding and side; of a finding that has no sides; and of a
finding whose side nobody named, where the map covers both."""


@dataclass(frozen=True)
class LabelledFilms:
    """F films: where they are, which study each belongs to (nothing for NIH), its view, its fold and its labels."""

    paths: list[Path]
    study: NDArray[np.int64]  # (F,), -1 for NIH
    is_lateral: NDArray[np.bool_]  # (F,)
    fold: NDArray[np.int64]  # (F,), -1 where a film is in no fold
    labels: FindingLabels  # (F, C)
    auxiliary: NDArray[np.float32]  # (F, A), labels of the collections' own vocabularies
    auxiliary_known: NDArray[np.float32]  # (F, A)


def fold_of(uid: str) -> int:
    """The fold of a study, the same on every machine."""
    return int(hashlib.sha256(f"fold of {uid}".encode()).hexdigest(), 16) % FOLDS


def labelled_films(data: Path, studies: Sequence[Study]) -> LabelledFilms:
    """Both views of IU X-Ray's studies, and NIH's films, which are in no fold: they are always trained on."""
    of_studies = labels_of_studies(studies)
    paths, study_of, is_lateral, fold = [], [], [], []
    for index, study in enumerate(studies):
        for name, lateral in ((study.frontal, False), (study.lateral, True)):
            if name is not None:
                paths.append(data / "iu_xray" / "images" / name)
                study_of.append(index)
                is_lateral.append(lateral)
                fold.append(fold_of(study.uid))
    with needed(data, "nih/labels.csv", NIH_ADVICE).open(newline="") as lines:
        nih = list(csv.DictReader(lines))
    paths += [data / "nih" / "images256" / row["file"] for row in nih]
    of_nih = labels_of_nih([row["finding_labels"] for row in nih])
    auxiliary, known = _auxiliary([studies[i].problems for i in study_of], [r["finding_labels"] for r in nih])
    return LabelledFilms(
        paths,
        np.array([*study_of, *[-1] * len(nih)]),
        np.array([*is_lateral, *[False] * len(nih)]),
        np.array([*fold, *[NOT_IN_A_FOLD] * len(nih)]),
        FindingLabels(
            np.concatenate([of_studies.target[study_of], of_nih.target]),
            np.concatenate([of_studies.known[study_of], of_nih.known]),
            np.concatenate([of_studies.side[study_of], of_nih.side]),
        ),
        auxiliary,
        known,
    )


def _auxiliary(problems: Sequence[tuple[str, ...]], nih: Sequence[str]) -> tuple[NDArray, NDArray]:
    """Which of the frequent labels of either vocabulary each film has, and which its collection could have given."""
    rows = [*(frozenset(f"IU {one}" for one in labels) for labels in problems)]
    rows += [frozenset(f"NIH {one}" for one in labels.split("|")) for labels in nih]
    counts: dict[str, int] = {}
    for row in rows:
        for label in row:
            counts[label] = counts.get(label, 0) + 1
    names = sorted(name for name, count in counts.items() if count >= 24)
    has = np.array([[name in row for name in names] for row in rows], dtype=np.float32)
    of_iu = np.array([name.startswith("IU ") for name in names], dtype=np.float32)
    known = np.array([of_iu] * len(problems) + [1 - of_iu] * len(nih), dtype=np.float32)
    return has, known


@torch.inference_mode()
def through_stem(stem: FilmStem, films: NDArray[np.uint8]) -> Tensor:
    """The copies of F films behind the frozen stem, `(COPIES, F, K, 14, 14)` with sixteen bits."""
    copies = []
    for copy in range(COPIES):
        rows = []
        with torch.random.fork_rng():
            torch.manual_seed(copy)
            for first in tqdm(range(0, len(films), FILMS_AT_ONCE), desc=f"films behind the stem, copy {copy + 1}"):
                film = as_batch(films[first : first + FILMS_AT_ONCE])
                if copy == MIRRORED_COPY:
                    film = film.flip(-1)
                rows.append(stem(augmented(film) if copy else film).half())
        copies.append(torch.cat(rows))
    return torch.stack(copies)


class GazeMaps:
    """Where GazeSearch's readers look for each finding on each side: maps that sum to one."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self._maps: dict[tuple[Finding, Side | None], NDArray[np.float32]] = {}
        for finding in Finding:
            for side in (None, *Side):
                found = [r for r in recordings if r.finding is finding and (side is None or r.side is side)]
                if len(found) >= 3:
                    total = sum(recording.scanpath.patch_durations() for recording in found)
                    self._maps[finding, side] = _blurred(np.asarray(total))

    def map_of(self, finding: Finding, side: Side | None) -> NDArray[np.float32] | None:
        """The map `(14, 14)` of a finding on a side, or of both sides where nobody names one."""
        return self._maps.get((finding, side))

    def columns(self, labels: FindingLabels, is_lateral: NDArray[np.bool_]) -> tuple[Tensor, Tensor]:
        """For F films: maps `(F, C, N)` and how far each is trusted `(F, C)`; lateral films have none."""
        maps = torch.zeros(*labels.target.shape, GRID * GRID, dtype=torch.float16)
        trust = torch.zeros(labels.target.shape)
        for film, column in zip(*np.nonzero((labels.target >= 0.5) & ~is_lateral[:, None]), strict=True):
            side = {-1: Side.RIGHT, 1: Side.LEFT}.get(int(labels.side[film, column]))
            chosen = self.map_of(FINDINGS[column], side)
            if chosen is None:
                continue
            has_sides = any((FINDINGS[column], one) in self._maps for one in Side)
            maps[film, column] = torch.from_numpy(chosen.reshape(-1))
            trust[film, column] = TRUST_WITH_SIDE if side else TRUST_OF_EITHER_SIDE if has_sides else TRUST_WITHOUT_SIDE
        return maps, trust


def _blurred(durations: NDArray[np.float64]) -> NDArray[np.float32]:
    """Under a Gaussian with a standard deviation of one patch, as a share of the whole."""
    steps = np.arange(GRID)
    kernel = np.exp(-((steps[:, None] - steps) ** 2) / 2)
    blurred = kernel @ durations @ kernel
    return (blurred / blurred.sum()).astype(np.float32)
