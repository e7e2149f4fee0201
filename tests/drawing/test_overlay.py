"""The overlay that leaves the page: a PNG in which gaze lies where it was."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import app
from gaze2report_core.drawing.overlay import HEAT, draw_overlay, overlay_title
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph
from tests.drawn_films import png


def overlay(folder: Path, film: NDArray[np.uint8], scanpath: Scanpath) -> NDArray[np.uint8]:
    """(H, W, 3), blue, green, red."""
    path = folder / "overlay.png"
    draw_overlay(Radiograph.from_bytes(png(film)), scanpath, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    drawn = cv2.imread(str(path))
    assert drawn is not None
    return drawn.astype(np.uint8)


def film_in(drawn: NDArray[np.uint8], grey: int) -> tuple[slice, slice]:
    """Where the film lies in the figure: the rows and columns that are mostly of its one grey."""
    is_film = (np.abs(drawn.astype(int) - grey) <= 1).all(axis=-1)
    rows, columns = (np.flatnonzero(is_film.mean(axis=axis) > 0.3) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def scanpath_of(*fixations: tuple[float, float, float], source: GazeSource = GazeSource.PREDICTED) -> Scanpath:
    x, y, duration = (np.array(column) for column in zip(*fixations, strict=True))
    return Scanpath(x, y, duration, source)


@pytest.mark.parametrize(("rows", "columns"), [(200, 200), (300, 150), (150, 300)])
def test_heat_lies_on_the_patch_that_was_looked_at_at_any_aspect_ratio(tmp_path: Path, rows: int, columns: int) -> None:
    grey = 90
    film = np.full((rows, columns), grey, np.uint8)
    drawn = overlay(tmp_path, film, scanpath_of((0.75, 0.25, 2.0)))
    on_film = drawn[film_in(drawn, grey)].astype(int)
    height, width = on_film.shape[:2]
    assert width / height == pytest.approx(columns / rows, rel=0.03)
    warm = on_film[..., 2] - on_film[..., 0] > 25  # yellow of the heat over the film's grey
    centre_rows, centre_columns = np.nonzero(warm)
    assert centre_columns.mean() / width == pytest.approx(10.5 / 14, abs=0.03)
    assert centre_rows.mean() / height == pytest.approx(3.5 / 14, abs=0.03)
    assert warm.mean() == pytest.approx(1 / 196, rel=0.5)


@pytest.mark.parametrize("grey", [0, 250])
def test_numbers_are_seen_on_dark_film_and_on_bright(tmp_path: Path, grey: int) -> None:
    drawn = overlay(tmp_path, np.full((200, 200), grey, np.uint8), scanpath_of((0.5, 0.5, 1.0)))
    on_film = drawn[film_in(drawn, grey)].astype(int).mean(axis=-1)
    (middle, _), half = np.array(on_film.shape) // 2, round(0.02 * len(on_film))
    number = on_film[middle - half : middle + half, middle - half : middle + half]
    assert number.min() < 50 and number.max() > 200


def test_arrows_lead_from_rim_to_rim(tmp_path: Path) -> None:
    drawn = overlay(tmp_path, np.full((200, 200), 90, np.uint8), scanpath_of((0.2, 0.5, 1.0), (0.8, 0.5, 1.0)))
    on_film = drawn[film_in(drawn, 90)].astype(int)
    height, width = on_film.shape[:2]
    coloured = np.ptp(on_film, axis=-1)[height // 2 - 4 : height // 2 + 4].max(axis=0) > 80

    def share(begin: float, end: float) -> float:
        return float(coloured[round(begin * width) : round(end * width)].mean())

    assert share(0.26, 0.74) == 1
    assert share(0.222, 0.236) == share(0.764, 0.778) == 0  # between the number and the circle's rim


def test_a_film_without_gaze_is_drawn_without_colour(tmp_path: Path) -> None:
    drawn = overlay(tmp_path, np.full((100, 100), 90, np.uint8), Scanpath.empty(GazeSource.PREDICTED)).astype(int)
    assert np.ptp(drawn, axis=-1).max() < 40  # nothing but greys


def test_fixations_without_duration_and_on_the_rim_are_drawn_too(tmp_path: Path) -> None:
    drawn = overlay(tmp_path, np.full((100, 100), 90, np.uint8), scanpath_of((0.0, 0.0, 0.0), (1.0, 1.0, 0.0)))
    assert np.ptp(drawn, axis=-1).max() > 40  # the film is grey; only what is drawn on it has colours


@pytest.mark.parametrize("shape", [(3000, 1), (1, 3000), (1, 1)])
def test_a_film_of_any_shape_makes_a_figure_that_can_be_opened(tmp_path: Path, shape: tuple[int, int]) -> None:
    drawn = overlay(tmp_path, np.full(shape, 90, np.uint8), scanpath_of((0.5, 0.5, 1.0)))
    assert max(drawn.shape) < 2000


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (GazeSource.PREDICTED, "Predicted gaze: no one looked at this film. 2 fixations, 1.5 s. For research only."),
        (GazeSource.RECORDED, "Recorded gaze. 2 fixations, 1.5 s. For research only."),
        (GazeSource.EDITED, "Gaze edited by hand. 2 fixations, 1.5 s. For research only."),
    ],
)
def test_the_title_says_where_the_gaze_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: GazeSource, title: str
) -> None:
    from matplotlib.axes import Axes

    titles = []
    set_title = Axes.set_title
    monkeypatch.setattr(Axes, "set_title", lambda axes, text, **options: titles.append(text) or set_title(axes, text))
    overlay(tmp_path, np.full((50, 50), 90, np.uint8), scanpath_of((0.1, 0.1, 0.5), (0.2, 0.2, 1.0), source=source))
    assert titles == [title]


@pytest.mark.parametrize(
    ("source", "beginning"),
    [
        (GazeSource.PREDICTED, "Predicted gaze for a query: no one looked at this film. "),
        (GazeSource.EDITED, "Gaze for a query edited by hand. "),
    ],
)
def test_the_title_says_that_something_was_asked_and_not_what(source: GazeSource, beginning: str) -> None:
    assert overlay_title(scanpath_of((0.5, 0.5, 0.4), source=source), for_a_query=True).startswith(beginning)


def test_time_has_the_colours_that_it_has_on_the_page() -> None:
    script = (Path(app.__file__).parents[1] / "assets" / "colour_scale.js").read_text(encoding="utf-8")
    of_page = [[int(part) for part in one] for one in re.findall(r"\[(\d+), (\d+), (\d+)\]", script)]
    places = np.linspace(0, 1, len(of_page))
    assert len(of_page) == 10
    np.testing.assert_allclose(255 * HEAT(places)[:, :3], of_page, atol=4)


def test_the_title_counts_a_single_fixation_as_one() -> None:
    title = overlay_title(scanpath_of((0.5, 0.5, 0.4), source=GazeSource.RECORDED))
    assert title == "Recorded gaze. 1 fixation, 0.4 s. For research only."
