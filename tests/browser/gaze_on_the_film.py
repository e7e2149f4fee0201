"""The gaze on the film in the words of a reader: how many fixations there are, where, and what the hand does."""

from playwright.sync_api import expect

from tests.browser.reading_room import ReadingRoom

PREDICTED = "Predicted gaze: nobody has looked at this film"


def fixations(room: ReadingRoom) -> int:
    return room.part("scanpath").locator("circle").count()


def expect_fixations(room: ReadingRoom, count: int) -> None:
    expect(room.part("scanpath").locator("circle")).to_have_count(count)


def place(room: ReadingRoom, x: float, y: float) -> tuple[float, float]:
    """Where a place of the film, in 0..1, is on the page."""
    left, top, width, height = room.picture().film_box
    box = room.part("film-canvas").bounding_box()
    assert box is not None
    return box["x"] + left + x * width, box["y"] + top + y * height


def seconds(room: ReadingRoom) -> dict[tuple[int, int], float]:
    """Fixation time by row and column, as the map shows it."""
    cells = (
        room.part("heatmap")
        .locator("rect")
        .evaluate_all(
            "(cells) => cells.map((cell) => [cell.getAttribute('y') / cell.getAttribute('height'),"
            " cell.getAttribute('x') / cell.getAttribute('width'), Number(cell.dataset.seconds)])"
        )
    )
    return {(round(row), round(column)): spent for row, column, spent in cells}


def click(room: ReadingRoom, x: float, y: float) -> None:
    room.page.mouse.click(*place(room, x, y))


def drag(room: ReadingRoom, begin: tuple[float, float], end: tuple[float, float]) -> None:
    room.page.mouse.move(*place(room, *begin))
    room.page.mouse.down()
    room.page.mouse.move(*place(room, (begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2))
    room.page.mouse.move(*place(room, *end))
    room.page.mouse.up()
