"""Films drawn for a test: bright and dark shapes where a chest has them."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

LARGE_HEART, CLEAR_LUNGS, SIDEWAYS = 1, 2, 3


def drawn_chest(kind: int, rows: int = 240, columns: int = 200) -> NDArray[np.uint8]:
    """(rows, columns): two dark lungs and a bright heart, wider for `LARGE_HEART`; one lung alone for `SIDEWAYS`."""
    random = np.random.default_rng(kind)
    film = np.full((rows, columns), 170, np.uint8)
    lungs = ((0.5, 0.3),) if kind == SIDEWAYS else ((0.3, 0.15), (0.7, 0.15))
    for across, width in lungs:
        _ellipse(film, (across, 0.45), (width, 0.33), 40)
    _ellipse(film, (0.55, 0.62), (0.25 if kind == LARGE_HEART else 0.1, 0.15), 220)
    return cv2.GaussianBlur(film, (0, 0), 3) // 2 + random.integers(0, 100, film.shape, dtype=np.uint8)


def png(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """The bytes of a PNG file."""
    return cv2.imencode(".png", pixels)[1].tobytes()


def write_film(path: Path, kind: int) -> Path:
    """Write a drawn chest as PNG and return its path."""
    path.write_bytes(png(drawn_chest(kind)))
    return path


def _ellipse(film: NDArray[np.uint8], centre: tuple[float, float], radii: tuple[float, float], grey: int) -> None:
    rows, columns = film.shape
    place = (round(centre[0] * columns), round(centre[1] * rows))
    cv2.ellipse(film, place, (round(radii[0] * columns), round(radii[1] * rows)), 0, 0, 360, grey, -1)
