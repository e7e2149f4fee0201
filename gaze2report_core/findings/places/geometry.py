"""Finds lungs and heart on a frontal film, each as a box, by a cascade of two linear regressions.

The first step sees the whole film and says roughly where the boxes lie. The second sees only the thorax that the first
has found, and mends them; it is taken twice (cascaded pose regression, Dollár et al. 2010,
doi 10.1109/CVPR.2010.5540094). Both see edges by their direction, pooled over a coarse grid, so that the film's window
matters little (Dalal and Triggs 2005, doi 10.1109/CVPR.2005.177). Boxes are arrays `(3, 4)` here: right lung, left lung
and heart, each left, top, right, bottom in 0..1 of what was looked at.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gaze2report_core.findings.places.regions import Box, ThoraxGeometry
from gaze2report_core.unreadable import UnreadableModel

FILM_SIZE = 192
VIEW_SIZE = 128
CELLS = 16
PIXELS_IN_CELL = 4
DIRECTIONS = 6
MARGIN = 0.1
"""Of the thorax's width and height, on each side, that the second step sees around it."""
FINE_STEPS = 2
SMALLEST_BOX = 0.05
WHOLE_FILM = np.array([0.0, 0.0, 1.0, 1.0])


class UnreadableGeometry(UnreadableModel):
    """A file that is not a geometry finder's; the message says what to do."""


@dataclass(frozen=True, eq=False)
class BoxRegression:
    """From the edges in a view to the three boxes in the same view: `usual + (edges - mean) @ weights`."""

    mean: NDArray[np.float64]  # (D,)
    weights: NDArray[np.float64]  # (D, 12)
    usual: NDArray[np.float64]  # (12,)

    def __call__(self, edges: NDArray[np.float64]) -> NDArray[np.float64]:
        """`(D,)` → `(3, 4)`."""
        return (self.usual + (edges - self.mean) @ self.weights).reshape(3, 4)


@dataclass(frozen=True, eq=False)
class GeometryFinder:
    rough: BoxRegression
    fine: BoxRegression

    @classmethod
    def from_file(cls, path: Path) -> "GeometryFinder":
        """Read what `save` wrote. Raises UnreadableGeometry when the file is missing, damaged or another."""
        try:
            state = {name: tensor.astype(np.float64) for name, tensor in load_file(path).items()}
            steps = [_checked(*(state[f"{step}.{part}"] for part in _PARTS)) for step in _STEPS]
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise UnreadableGeometry(
                "The file that places lungs and heart is missing or damaged. Fetch or write the model's folder again."
            ) from error
        return cls(*steps)

    def save(self, path: Path) -> None:
        """As safetensors, about 150 kB."""
        path.parent.mkdir(parents=True, exist_ok=True)
        steps = dict(zip(_STEPS, (self.rough, self.fine), strict=True))
        save_file(
            {
                f"{name}.{part}": np.ascontiguousarray(getattr(step, part), np.float32)
                for name, step in steps.items()
                for part in _PARTS
            },
            path,
        )

    def find(self, pixels: NDArray[np.float32]) -> ThoraxGeometry:
        """Lungs and heart on a frontal film `(H, W)` in 0..1, bones bright.

        Whatever the picture, the boxes lie on it, the right lung left of the left one and the heart's middle between
        those of the lungs: a step that would place them otherwise is not taken, and where the first is not, they lie
        where they usually do.
        """
        film = squashed(pixels)
        boxes = self.rough.usual.reshape(3, 4)
        rough = np.clip(self.rough(edges_of(view_of(film, WHOLE_FILM))), 0, 1)
        if _is_thorax(rough):
            boxes = rough
        for _ in range(FINE_STEPS):
            frame = thorax_frame(boxes)
            mended = np.clip(out_of_frame(self.fine(edges_of(view_of(film, frame))), frame), 0, 1)
            if _is_thorax(mended):
                boxes = mended
        return ThoraxGeometry(*(Box(*map(float, box)) for box in boxes))


def squashed(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """`(H, W)` → `(FILM_SIZE, FILM_SIZE)`, the aspect ratio not kept, as the films that were marked are squashed."""
    return cv2.resize(pixels, (FILM_SIZE, FILM_SIZE), interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)


def thorax_frame(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Both lungs `(3, 4)` and a margin: left, top, right, bottom `(4,)`, which may reach beyond the film."""
    corner, opposite = boxes[:2, :2].min(axis=0), boxes[:2, 2:].max(axis=0)
    margin = MARGIN * (opposite - corner)
    return np.concatenate([corner - margin, opposite + margin])


def into_frame(boxes: NDArray[np.float64], frame: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0..1 of the film to 0..1 of a frame, `(3, 4)`."""
    corner, size = np.tile(frame[:2], 2), np.tile(frame[2:] - frame[:2], 2)
    return (boxes - corner) / size


def out_of_frame(boxes: NDArray[np.float64], frame: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0..1 of a frame to 0..1 of the film, `(3, 4)`."""
    corner, size = np.tile(frame[:2], 2), np.tile(frame[2:] - frame[:2], 2)
    return boxes * size + corner


def view_of(film: NDArray[np.float32], frame: NDArray[np.float64]) -> NDArray[np.float32]:
    """What a frame holds of a square film, `(VIEW_SIZE, VIEW_SIZE)`; beyond the film its edge goes on."""
    left, top, right, bottom = frame * len(film)
    across, down = VIEW_SIZE / (right - left), VIEW_SIZE / (bottom - top)
    affine = np.array([[across, 0, -left * across], [0, down, -top * down]], np.float32)
    return cv2.warpAffine(
        film, affine, (VIEW_SIZE, VIEW_SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32, copy=False)


def edges_of(view: NDArray[np.float32]) -> NDArray[np.float64]:
    """The strength of edges in each of six directions and 16×16 cells, `(1536,)`, after local contrast is evened out.

    An edge's direction is that of its brighter side: the right lung's lateral edge and the left lung's differ.
    """
    size = CELLS * PIXELS_IN_CELL
    grey = cv2.resize(view, (size, size), interpolation=cv2.INTER_AREA)
    difference = grey - cv2.GaussianBlur(grey, (0, 0), CELLS / 2)
    spread = np.sqrt(cv2.GaussianBlur(difference**2, (0, 0), CELLS / 2))
    even = (difference / (spread + 0.02)).astype(np.float32)
    across, down = cv2.Sobel(even, cv2.CV_32F, 1, 0), cv2.Sobel(even, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    direction = np.arctan2(down, across) / (2 * np.pi) * DIRECTIONS
    pooled = []
    for centre in range(DIRECTIONS):
        apart = np.abs((direction - centre + DIRECTIONS / 2) % DIRECTIONS - DIRECTIONS / 2)
        near = (np.clip(1 - apart, 0, 1) * strength).astype(np.float32)
        pooled.append(cv2.resize(near, (CELLS, CELLS), interpolation=cv2.INTER_AREA))
    edges = np.stack(pooled).ravel().astype(np.float64)
    return edges / (edges.std() + 1e-3)


_STEPS = ("rough", "fine")
_PARTS = ("mean", "weights", "usual")


def _checked(mean: NDArray[np.float64], weights: NDArray[np.float64], usual: NDArray[np.float64]) -> BoxRegression:
    inputs = DIRECTIONS * CELLS**2
    if (mean.shape, weights.shape, usual.shape) != ((inputs,), (inputs, 12), (12,)):
        raise ValueError("A regression of another size.")
    return BoxRegression(mean, weights, usual)


def _is_thorax(boxes: NDArray[np.float64]) -> bool:
    """Whether `(3, 4)` boxes are large enough to be meant and lie as lungs and heart do; not where one is no number."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    right_lung, left_lung, heart = (boxes[:, 0] + boxes[:, 2]) / 2
    in_order = bool((boxes[0, [0, 2]] < boxes[1, [0, 2]]).all())
    return bool((sizes >= SMALLEST_BOX).all()) and in_order and bool(right_lung < heart < left_lung)
