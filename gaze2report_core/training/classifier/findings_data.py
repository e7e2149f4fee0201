"""All that the towers of the findings classifier learn from, in memory: films behind the stem, labels, gaze, texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaze2report_core.findings.classifier import FilmStem
from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.folds import fold_of
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.studies import Study
from gaze2report_core.training.classifier.finding_labels import FindingLabels, labels_of_nih, labels_of_studies
from gaze2report_core.training.classifier.gaze_maps import GazeMaps
from gaze2report_core.training.classifier.text_embeddings import embedded_texts
from gaze2report_core.training.encoder import augmented, load_imagenet_weights
from gaze2report_core.training.films import FILMS_AT_ONCE, as_batch, load_films
from gaze2report_core.training.gaze.gazesearch import read_gazesearch
from gaze2report_core.training.run.data_folder import path_of_film, read_nih, read_training_studies
from gaze2report_core.training.run.processes import progress_bar

MIRRORED_COPY = 2
COPIES = 3
"""Of each film behind the stem: as it is, augmented, and augmented in a mirror."""

NOT_IN_A_FOLD = -1

FEWEST_WITH_A_LABEL = 24
"""A label of a collection's own vocabulary that fewer films have teaches towers nothing."""


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


class FilmsBehindStem(Protocol):
    """F films as towers see them, behind a frozen stem."""

    def drawn(self, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """To learn from: B films that are changed a little, `(B, K, h, w)`, and which of them are mirrored `(B,)`."""

    def plain(self, chosen: NDArray[np.int64]) -> Tensor:
        """As they are: `(B, K, h, w)`."""


@dataclass(frozen=True)
class KeptCopies:
    """Films that were brought behind the stem once: `copies` is `(COPIES, F, K, h, w)`."""

    copies: Tensor

    def drawn(self, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """One of each film's copies."""
        of_each = torch.randint(COPIES, (len(chosen),))
        return self.copies[of_each, chosen].float(), of_each == MIRRORED_COPY

    def plain(self, chosen: NDArray[np.int64]) -> Tensor:
        """The first copy, which is the film itself."""
        return self.copies[0, chosen].float()


@dataclass(frozen=True)
class DrawnAnew:
    """Films `(F, S, S)` that are augmented anew each time, and mirrored one time in two."""

    stem: FilmStem
    pixels: NDArray[np.uint8]

    def drawn(self, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Slower than kept copies, and never the same film twice."""
        film, mirrored = augmented(as_batch(self.pixels[chosen])), torch.rand(len(chosen)) < 0.5
        return self._behind(torch.where(mirrored[:, None, None, None], film.flip(-1), film)), mirrored

    def plain(self, chosen: NDArray[np.int64]) -> Tensor:
        """Films that nothing was changed of."""
        return self._behind(as_batch(self.pixels[chosen]))

    def _behind(self, film: Tensor) -> Tensor:
        with torch.no_grad():
            return self.stem(film)


@dataclass(frozen=True)
class TowerData:
    """All that towers learn from, for F films and S studies."""

    films: LabelledFilms
    behind_stem: FilmsBehindStem
    gaze: Tensor  # (F, C, N)
    trust: Tensor  # (F, C)
    texts: Tensor  # (S, E), one embedding for each study


@dataclass(frozen=True)
class Material:
    """All that the classifier of findings is fitted on: S studies and F films, as they are and as towers see them."""

    studies: list[Study]
    pixels: NDArray[np.uint8]  # (F, H, W)
    stem: FilmStem
    of_towers: TowerData

    @property
    def films(self) -> LabelledFilms:
        """Where the films are, and whose."""
        return self.of_towers.films


def prepare(data: Path, config: ClassifierConfig, *, drawn_anew: bool = False) -> Material:
    """Read films, labels, gaze and texts of train and extra; val is not touched.

    Films are brought behind the stem once, in a few copies, unless they are to be `drawn_anew` each time.
    """
    studies = read_training_studies(data)
    films = labelled_films(data, studies)
    encoder = PatchEncoder(config.encoder)
    load_imagenet_weights(encoder)
    stem = FilmStem(encoder, config.frozen_blocks).eval().requires_grad_(False)
    pixels = load_films(films.paths, config.encoder.image_size)
    maps, trust = GazeMaps(read_gazesearch(data, "train")).columns(films.labels, films.is_lateral)
    texts = embedded_texts([" ".join((study.description, study.impression)) for study in studies])
    behind = DrawnAnew(stem, pixels) if drawn_anew else KeptCopies(through_stem(stem, pixels))
    return Material(studies, pixels, stem, TowerData(films, behind, maps, trust, texts))


def labelled_films(data: Path, studies: Sequence[Study]) -> LabelledFilms:
    """Both views of IU X-Ray's studies, and NIH's films, which are in no fold: they are always trained on."""
    of_studies = labels_of_studies(studies)
    paths, study_of, is_lateral, fold = [], [], [], []
    for index, study in enumerate(studies):
        for name, lateral in ((study.frontal, False), (study.lateral, True)):
            if name is not None:
                paths.append(path_of_film(data, name))
                study_of.append(index)
                is_lateral.append(lateral)
                fold.append(fold_of(study.uid))
    nih = read_nih(data)
    paths += [film.path for film in nih]
    of_nih = labels_of_nih([film.labels for film in nih])
    auxiliary, known = _auxiliary([studies[i].problems for i in study_of], [film.labels for film in nih])
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


def _auxiliary(
    problems: Sequence[tuple[str, ...]], nih: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Which of the frequent labels of either vocabulary each film has, and which its collection could have given."""
    rows = [*(frozenset(f"IU {one}" for one in labels) for labels in problems)]
    rows += [frozenset(f"NIH {one}" for one in labels.split("|")) for labels in nih]
    counts: dict[str, int] = {}
    for row in rows:
        for label in row:
            counts[label] = counts.get(label, 0) + 1
    names = sorted(name for name, count in counts.items() if count >= FEWEST_WITH_A_LABEL)
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
            for first in progress_bar(
                range(0, len(films), FILMS_AT_ONCE), desc=f"films behind the stem, copy {copy + 1}"
            ):
                film = as_batch(films[first : first + FILMS_AT_ONCE])
                if copy == MIRRORED_COPY:
                    film = film.flip(-1)
                rows.append(stem(augmented(film) if copy else film).half())
        copies.append(torch.cat(rows))
    return torch.stack(copies)
