"""Trains the finder of lungs and heart on films that were marked by hand, and holds films back to measure it on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gaze2report_core.findings.folder import FINDINGS_FOLDER, GEOMETRY
from gaze2report_core.findings.places.geometry import (
    WHOLE_FILM,
    BoxRegression,
    GeometryFinder,
    edges_of,
    into_frame,
    squashed,
    thorax_frame,
    view_of,
)
from gaze2report_core.findings.places.placed_boxes import PlacedBoxes
from gaze2report_core.imaging import Radiograph
from gaze2report_core.training.ridge import dual_weights
from gaze2report_core.training.run.data_folder import films_folder
from gaze2report_core.training.run.needed import needed
from gaze2report_core.training.run.processes import progress_bar

UNSEEN_SPLIT = "val"
FOLDS_OF_MARKED_FILMS = 5
VIEWS = 16
RIDGE = 1.0
"""Penalty on the squared weights, for each view; chosen with all that stands here by the folds, not on `val`."""
_STRUCTURES = ("right_lung", "left_lung", "heart")


@dataclass(frozen=True)
class Jitter:
    """How far views are moved and stretched, so that few films teach what many would."""

    shift: float  # standard deviation, in parts of the film
    stretch: float  # standard deviation of the logarithm, width and height apart
    gamma: float = 0.2  # standard deviation of the logarithm


ROUGH = Jitter(shift=0.05, stretch=0.09)
FINE = Jitter(shift=0.02, stretch=0.05)  # as far as the first step goes wrong


@dataclass(frozen=True, eq=False)
class MarkedFilm:
    """A film with the boxes that were drawn on it by hand: `(S, S)` and `(3, 4)`."""

    film: NDArray[np.float32]
    boxes: NDArray[np.float64]


EdgesAndBoxes = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Of V views, `(V, D)` and `(V, 12)`."""


@dataclass(frozen=True, eq=False)
class _Views:
    """What one film teaches both steps."""

    rough: EdgesAndBoxes
    fine: EdgesAndBoxes


@dataclass(frozen=True, eq=False)
class GeometryTrial:
    """Boxes found on films that had no part in the training that found them."""

    folds: PlacedBoxes  # by cross-validation, over the films that the finder is trained on
    unseen: PlacedBoxes  # by the finder that is kept, on films that nothing was chosen by


def train_geometry(data: Path, out: Path) -> GeometryTrial:
    """Train on all marked films outside `val` and write OUT/findings/geometry.safetensors.

    Raises TrainingRefused when one of the marked films is not in the data folder.
    """
    training, unseen = read_marked_films(data)
    random = np.random.default_rng(0)
    views = [_views_of(marked, random) for marked in progress_bar(training, desc="views of the marked films")]
    finder = _fit(views)
    finder.save(out / FINDINGS_FOLDER / GEOMETRY)
    return GeometryTrial(_cross_validated(training, views), _placed(finder, unseen, training))


def read_marked_films(data: Path) -> tuple[list[MarkedFilm], list[MarkedFilm]]:
    """The films to train on and those of `val`, in the order of `findings/places/thorax_marks.json`."""
    marks = json.loads(
        files("gaze2report_core.findings.places").joinpath("thorax_marks.json").read_text(encoding="utf-8")
    )
    training: list[MarkedFilm] = []
    unseen: list[MarkedFilm] = []
    for mark in marks:
        folder = films_folder(data, mark["collection"])
        path = needed(folder, mark["file"], "Give --data the folder that holds iu_xray and nih with all their films.")
        boxes = np.array([mark[structure] for structure in _STRUCTURES])
        group = unseen if mark["split"] == UNSEEN_SPLIT else training
        group.append(MarkedFilm(squashed(Radiograph.from_file(path).pixels), boxes))
    return training, unseen


def _views_of(marked: MarkedFilm, random: Generator) -> _Views:
    return _Views(
        rough=_jittered(marked, WHOLE_FILM, ROUGH, random),
        fine=_jittered(marked, thorax_frame(marked.boxes), FINE, random),
    )


def _jittered(marked: MarkedFilm, frame: NDArray[np.float64], jitter: Jitter, random: Generator) -> EdgesAndBoxes:
    edges, boxes = [], []
    for _ in range(VIEWS):
        moved = _moved(frame, jitter, random)
        film = np.clip(marked.film, 0, 1) ** np.float32(np.exp(random.normal(0, jitter.gamma)))
        edges.append(edges_of(view_of(film, moved)))
        boxes.append(into_frame(marked.boxes, moved).ravel())
    return np.stack(edges), np.stack(boxes)


def _moved(frame: NDArray[np.float64], jitter: Jitter, random: Generator) -> NDArray[np.float64]:
    middle = (frame[:2] + frame[2:]) / 2 + random.normal(0, jitter.shift, 2)
    half = (frame[2:] - frame[:2]) / 2 * np.exp(random.normal(0, jitter.stretch, 2))
    return np.concatenate([middle - half, middle + half])


def _fit(views: Sequence[_Views]) -> GeometryFinder:
    return GeometryFinder(*(_ridge(*_joined(step)) for step in ([v.rough for v in views], [v.fine for v in views])))


def _joined(views: Sequence[EdgesAndBoxes]) -> EdgesAndBoxes:
    return np.concatenate([edges for edges, _ in views]), np.concatenate([boxes for _, boxes in views])


def _ridge(edges: NDArray[np.float64], boxes: NDArray[np.float64]) -> BoxRegression:
    """Of boxes `(V, 12)` on edges `(V, D)`, both about their means; there are fewer views than edges."""
    mean, usual = edges.mean(axis=0), boxes.mean(axis=0)
    centred = edges - mean
    dual = dual_weights(centred @ centred.T, boxes - usual, RIDGE * len(edges))  # (V, 12)
    return BoxRegression(mean, centred.T @ dual, usual)


def _cross_validated(films: Sequence[MarkedFilm], views: Sequence[_Views]) -> PlacedBoxes:
    """Each film's boxes by a finder that was trained on the other folds, in the order of the films."""
    fold_of = np.random.default_rng(0).permutation(len(films)) % FOLDS_OF_MARKED_FILMS
    order: list[int] = []
    parts = []
    for fold in range(FOLDS_OF_MARKED_FILMS):
        held_out, others = np.flatnonzero(fold_of == fold).tolist(), np.flatnonzero(fold_of != fold).tolist()
        finder = _fit([views[index] for index in others])
        parts.append(_placed(finder, [films[index] for index in held_out], [films[index] for index in others]))
        order.extend(held_out)
    back = np.argsort(order)
    return PlacedBoxes(
        *(np.concatenate([getattr(part, name) for part in parts])[back] for name in ("marked", "found", "fixed"))
    )


def _placed(finder: GeometryFinder, films: Sequence[MarkedFilm], training: Sequence[MarkedFilm]) -> PlacedBoxes:
    """What is found on some films, beside the mean boxes of those that the finder was trained on."""
    fixed = np.mean([marked.boxes for marked in training], axis=0)
    geometries = [finder.find(marked.film) for marked in films]
    found = [
        [(box.left, box.top, box.right, box.bottom) for box in (chest.right_lung, chest.left_lung, chest.heart)]
        for chest in geometries
    ]
    return PlacedBoxes(np.stack([marked.boxes for marked in films]), np.array(found), np.stack([fixed] * len(films)))
