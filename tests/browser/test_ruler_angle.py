"""The angle between the last two lines of the ruler: its arithmetic, and what the page says of it."""

import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from tests.browser.gaze_on_the_film import drag
from tests.browser.reading_room import ReadingRoom
from tests.imaging.films import dicom

SQUARE = np.tile(np.linspace(0, 4000, 300).astype(np.uint16), (300, 1))
_ANGLES = """async (cases) => {
  const { angleBetween } = await import(new URL("page-assets/film_angle.js", document.baseURI));
  return cases.map(([one, other, pixel]) => angleBetween(one, other, pixel));
}"""

Line = NDArray[np.float64]
"""(2, 2): both ends, each as x and y."""


def angles(page: Page, cases: list[tuple[Line, Line, tuple[float, float]]]) -> list[dict[str, Any] | None]:
    """What the browser makes of two lines each, and of the width and height of a pixel."""

    def line(ends: Line) -> dict[str, dict[str, float]]:
        return {
            name: dict(zip("xy", end, strict=True)) for name, end in zip(("from", "to"), ends.tolist(), strict=True)
        }

    told = [
        [line(one), line(other), {"unit": "mm", "width": width, "height": height}]
        for one, other, (width, height) in cases
    ]
    answers: list[dict[str, Any] | None] = page.evaluate(_ANGLES, told)
    return answers


def ray(begin: Line, direction: float, length: float, pixel: tuple[float, float]) -> Line:
    """A line that goes out from a place in millimetres, in pixels of a film."""
    end = begin + length * np.array([np.cos(direction), np.sin(direction)])
    return np.stack([begin, end]) / np.array(pixel)


def test_whatever_the_pixels_measure_the_angle_is_that_on_the_patient_and_of_no_direction(room: ReadingRoom) -> None:
    random = np.random.default_rng(8)
    cases, expected = [], []
    for _ in range(100):
        pixel = tuple(random.uniform(0.1, 2, 2).tolist())
        first, apart = random.uniform(-np.pi, np.pi), random.uniform(0, np.pi)
        lengths = random.uniform(20, 200, 2)
        one = ray(random.uniform(0, 100, 2), first, lengths[0], pixel)
        far = ray(random.uniform(1000, 1100, 2), first + apart, lengths[1], pixel)
        near = ray(one[0] * np.array(pixel) + 0.05 * lengths.min(), first + apart, lengths[1], pixel)
        degrees = float(np.degrees(apart))
        for other, they_meet in ((far, False), (near, True)):
            wanted = degrees if they_meet else min(degrees, 180 - degrees)
            # In either order, and from whichever end either was drawn.
            cases += [(one, other, pixel), (other, one, pixel), (one[::-1], other, pixel), (one, other[::-1], pixel)]
            expected += [(wanted, they_meet)] * 4
    for answer, (degrees, they_meet) in zip(angles(room.page, cases), expected, strict=True):
        assert answer is not None
        assert answer["theyMeet"] == they_meet
        assert answer["degrees"] == pytest.approx(degrees, abs=1e-6)


def test_equal_and_square_lines_are_exactly_so_and_a_line_of_no_length_has_no_angle(room: ReadingRoom) -> None:
    level = np.array([[0.0, 0.0], [100.0, 0.0]])
    upright = np.array([[200.0, 50.0], [200.0, 150.0]])
    nothing = np.array([[30.0, 30.0], [30.0, 30.0]])
    same, square, none, neither = angles(
        room.page,
        [
            (level, level, (0.4, 0.8)),
            (level, upright, (0.4, 0.8)),
            (level, nothing, (1, 1)),
            (nothing, nothing, (1, 1)),
        ],
    )
    assert same == {"degrees": 0, "theyMeet": True}
    assert square == {"degrees": 90, "theyMeet": False}
    assert none is None and neither is None


def words(room: ReadingRoom) -> Locator:
    return room.part("length-words")


def measure(room: ReadingRoom, begin: tuple[float, float], end: tuple[float, float]) -> None:
    lines = room.part("lengths").locator(".length:not(.point)")
    before = lines.count()
    drag(room, begin, end)
    expect(lines).to_have_count(before + 1)


def degrees_told(room: ReadingRoom) -> int:
    found = re.search(r"angle (\d+)°", words(room).inner_text())
    assert found is not None
    return int(found[1])


def take_the_ruler(room: ReadingRoom, film: bytes) -> None:
    room.open(film)
    room.expect_drafts()
    room.page.keyboard.press("m")
    expect(room.part("ruler-hand")).to_be_visible()


def test_the_angle_of_the_last_two_stands_beside_their_ratio_and_says_where_they_meet(room: ReadingRoom) -> None:
    take_the_ruler(room, dicom(SQUARE, ViewPosition="PA", BodyPartExamined="CHEST"))
    expect(room.part("ruler-hand")).to_contain_text("angles take them as square")
    measure(room, (0.2, 0.2), (0.8, 0.2))
    expect(words(room)).not_to_contain_text("angle")
    measure(room, (0.3, 0.5), (0.7, 0.7))
    expect(words(room)).to_contain_text(re.compile(r"1 and 2: ratio 0\.7\d, acute angle \d+°$"))
    assert degrees_told(room) == pytest.approx(np.degrees(np.arctan2(0.2, 0.4)), abs=1.5)

    measure(room, (0.9, 0.9), (0.5, 0.9))
    measure(room, (0.4, 0.75), (0.505, 0.905))  # ends where the other one does
    expect(words(room)).to_contain_text(re.compile(r"3 and 4: ratio 0\.\d+, angle \d+° where they meet$"))
    assert degrees_told(room) == pytest.approx(180 - np.degrees(np.arctan2(0.155, 0.105)), abs=2)
    line = words(room).evaluate("(line) => [line.scrollLeft + line.clientWidth, line.scrollWidth]")
    assert line[0] == pytest.approx(line[1], abs=1)  # what stands last is seen


def test_the_angle_follows_the_pixel_spacing_of_rows_and_columns(room: ReadingRoom) -> None:
    spaced = dicom(SQUARE, PixelSpacing=["0.8", "0.4"], ViewPosition="PA", BodyPartExamined="CHEST")
    take_the_ruler(room, spaced)
    measure(room, (0.2, 0.2), (0.8, 0.2))
    measure(room, (0.3, 0.4), (0.7, 0.8))  # 45 degrees on the screen
    assert degrees_told(room) == pytest.approx(np.degrees(np.arctan2(0.8, 0.4)), abs=1.5)


def test_a_line_that_has_no_length_yet_is_not_compared(room: ReadingRoom) -> None:
    take_the_ruler(room, dicom(SQUARE, ViewPosition="PA", BodyPartExamined="CHEST"))
    keyboard = room.page.keyboard
    measure(room, (0.2, 0.2), (0.8, 0.3))
    room.drag(300, 0, button="right")  # the film's rim comes to where the point begins
    for key in (" ", " ", "ArrowLeft"):
        keyboard.press(key)
    expect(words(room)).to_have_text(re.compile(r"^1: \d+ px · 2: 0 px$"))
    for _ in range(5):
        keyboard.press("ArrowDown")
    expect(words(room)).to_contain_text("acute angle")
