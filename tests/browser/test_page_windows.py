"""The page draws films through the same windows as the library, which is what the model sees."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from gaze2report_core.imaging import VoiFunction, Window
from gaze2report_core.imaging.window import spanning, through_window
from tests.app.running_server import RunningServer

STORED = 65536


@pytest.fixture(scope="module")
def script(browser: Browser, application: RunningServer) -> Iterator[Page]:
    """A page with the page's own script of windows at `levels`."""
    page = browser.new_page()
    page.goto(application.address)
    page.evaluate(
        "async () => { window.levels = await import(new URL('page-assets/window_level.js', document.baseURI)); }"
    )
    yield page
    page.close()


def film_value(**changes: Any) -> dict[str, Any]:
    own = {"name": "Film's window", "centre": 1, "width": 2}
    return {"slope": 1, "intercept": 0, "inverted": False, "voi_function": "LINEAR", "windows": [own]} | changes


@pytest.mark.parametrize("function", list(VoiFunction))
@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (0.5, -1000), (2 / 65535, 0)])
@pytest.mark.parametrize(("centre", "width"), [(32768, 65536), (2000.5, 1), (2000, 1.5), (1, 2), (0.8, 0.7), (40, 400)])
def test_each_function_gives_the_librarys_grey(
    script: Page, function: VoiFunction, slope: float, intercept: float, centre: float, width: float
) -> None:
    film = film_value(slope=slope, intercept=intercept, voi_function=function.value)
    window = {"name": "", "centre": centre, "width": width}
    grey = script.evaluate(
        "([film, window]) => Array.from(levels.greyTable(film, window, false), (colour) => colour & 255)",
        [film, window],
    )
    values = (slope * np.arange(STORED) + intercept).astype(np.float32)
    expected = 255 * through_window(values, Window(centre, width, ""), function)
    # At a step, single precision and double precision may take one value for either side of it.
    differing = np.abs(np.array(grey) - expected) > 0.51
    assert differing.sum() <= 2


@pytest.mark.parametrize("function", list(VoiFunction))
@pytest.mark.parametrize("slope", [1, 2 / 65535])
def test_the_full_range_of_the_page_is_the_librarys(script: Page, function: VoiFunction, slope: float) -> None:
    film = film_value(slope=slope, voi_function=function.value, columns=64, rows=64)
    pixels = np.linspace(7, 60000, 64 * 64).astype(int).tolist()
    presets = script.evaluate(
        "([film, pixels]) => levels.windowsOf({ ...film, pixels: new Uint16Array(pixels) }).presets", [film, pixels]
    )
    (full,) = [preset for preset in presets if preset["name"] == "Full range"]
    expected = spanning(slope * 7, slope * 60000, "Full range", function)
    assert (full["centre"], full["width"]) == pytest.approx((expected.centre, expected.width))


def test_the_windows_for_tissue_of_a_film_in_small_units_are_not_the_same_white(script: Page) -> None:
    """Optical density goes from 0 to 2 or so: a window that is one unit too narrow leaves nothing of it."""
    film = film_value(slope=2 / 65535, columns=64, rows=64)
    pixels = np.linspace(0, 65535, 64 * 64).astype(int).tolist()
    shown = script.evaluate(
        """([film, pixels]) => {
          film.pixels = new Uint16Array(pixels);
          return levels.windowsOf(film).presets.map((window) => {
            const table = levels.greyTable(film, window, false);
            return [window.name, new Set(film.pixels.map((stored) => table[stored] & 255)).size];
          });
        }""",
        [film, pixels],
    )
    assert [name for name, _ in shown] == ["Film's window", "Full range", "Lungs", "Mediastinum", "Bones"]
    assert all(greys >= 200 for _, greys in shown)
