"""A study that is dropped or chosen at once: which film is the frontal one and which the lateral, the films tell."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import func, select

from app.records import RecordStore
from app.records.tables import Drafts
from tests.browser.films import with_burned_in_annotation
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_arrival import expect_set_aside, expect_size, hold_films, square
from tests.imaging.films import dicom, ramp

FRONTAL = (dicom(ramp(80), ViewPosition="PA", BodyPartExamined="CHEST"), "Mueller_Hans_1.dcm")
LATERAL = (dicom(ramp(40), ViewPosition="LL", BodyPartExamined="CHEST"), "Mueller_Hans_2.dcm")
SAME_VIEW = "Both films are frontal views"
TOGETHER = "the frontal and the lateral film of one study together"


def expect_study(room: ReadingRoom, frontal: str = "60 × 80", lateral: str = "60 × 40") -> None:
    """The films are in their places, and the frontal one is on the screen."""
    room.expect_film()
    expect(room.part("film-facts-line")).to_contain_text(frontal)
    button = room.page.get_by_role("button", name="Lateral", exact=True)
    expect(button).to_be_enabled()
    button.click()
    room.expect_film("lateral")
    expect(room.part("film-facts-line")).to_contain_text(lateral)
    room.page.get_by_role("button", name="Frontal", exact=True).click()


def count_drafts(records: RecordStore) -> int:
    with records.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(Drafts)).scalar_one())


@pytest.mark.parametrize("films", [(FRONTAL, LATERAL), (LATERAL, FRONTAL)])
def test_two_films_that_are_dropped_together_are_a_study_in_whatever_order(
    room: ReadingRoom, records: RecordStore, films: tuple[tuple[bytes, str], ...]
) -> None:
    before = count_drafts(records)
    said: list[str] = []
    room.page.on("request", lambda one: said.append(f"{one.url} {one.headers} {one.post_data_buffer!r}"))
    room.drop_together(*films)
    expect_study(room)
    room.expect_drafts()
    expect(room.part("refusal")).to_be_hidden()
    expect(room.part("film-warnings")).not_to_contain_text("given as")
    assert count_drafts(records) == before + 1
    assert said and not any("Mueller" in one for one in said)
    room.edit("on")
    room.submit()
    (line,) = room.download()
    assert line["film"]["lateral"] and line["scanpath"]


def test_two_films_can_be_chosen_together_and_the_next_ones_take_their_place(room: ReadingRoom) -> None:
    room.choose_together(LATERAL, FRONTAL)
    expect_study(room)
    room.expect_drafts()
    with room.drafts_written_anew():
        room.choose_together((dicom(ramp(90), ViewPosition="AP"), "film"), (dicom(ramp(50), ViewPosition="RL"), "film"))
    expect_study(room, "60 × 90", "60 × 50")
    with room.drafts_written_anew():
        room.open(square(70))
    expect(room.page.get_by_role("button", name="Lateral", exact=True)).to_be_disabled()


def test_two_films_of_one_view_are_refused_and_the_film_on_the_screen_stays(room: ReadingRoom) -> None:
    room.open(square(70))
    room.expect_drafts()
    room.indication.fill("cough")
    room.drop_together(FRONTAL, (dicom(ramp(50), ViewPosition="AP"), "film"))
    expect(room.part("refusal")).to_contain_text("The two films were not opened")
    expect(room.part("refusal-text")).to_contain_text(SAME_VIEW)
    room.page.keyboard.press("Escape")
    expect_size(room, 70)
    expect(room.indication).to_have_value("cough")
    expect(room.part("busy")).to_be_hidden()
    expect_set_aside(room.part("drafts"), False)
    expect(room.page.get_by_role("button", name="Lateral", exact=True)).to_be_disabled()


def test_what_cannot_be_opened_together_is_refused_before_anything_is_sent(room: ReadingRoom) -> None:
    room.open(square(70))
    room.expect_drafts()
    sent: list[str] = []
    room.page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/films") else None)
    recording = ("x,y,duration\n0.25,0.5,0.5\n", "gaze.csv")
    for files in ((FRONTAL, LATERAL, FRONTAL), (FRONTAL, recording), (recording, recording)):
        room.drop_together(*files, on="drafts")
        expect(room.part("refusal-text")).to_contain_text(TOGETHER)
        room.page.keyboard.press("Escape")
        expect(room.part("refusal")).to_be_hidden()
    expect(room.part("busy")).to_be_hidden()
    assert sent == []


def test_two_films_that_are_held_over_the_page_can_only_be_opened_as_a_study(room: ReadingRoom) -> None:
    room.open(square(70))
    room.expect_drafts()
    targets = room.page.locator(".drop-targets")
    room.hold_over_film(FRONTAL)
    expect(room.part("drop-lateral")).to_be_visible()
    room.hold_over_film(FRONTAL, LATERAL)
    expect(targets.get_by_text("Open as a new study")).to_be_visible()
    for name in ("drop-lateral", "drop-recording"):
        expect(room.part(name)).to_be_hidden()


def test_each_of_two_films_is_asked_about_in_its_turn_and_the_other_waits(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.drop_together((with_burned_in_annotation(FRONTAL[0]), "1"), (film_bytes("SC_rgb_rle_2frame.dcm"), "2"))
    expect(room.part("refusal-film")).to_be_visible()
    expect(room.part("refusal-text")).to_contain_text("One of the two films is refused.")
    room.part("confirm-burned-in").check()
    room.part("open-anyway").click()
    expect(room.part("refusal-text")).to_contain_text("frames")
    expect(room.part("refusal-film")).to_be_hidden()
    room.part("open-anyway").click()
    expect_study(room, lateral="100 × 100")
    room.page.keyboard.press("l")
    expect(room.part("film-warnings")).to_contain_text("it has the place that the other film left")
    room.expect_drafts()


def test_whoever_has_typed_is_asked_before_two_films_are_opened(reading: ReadingRoom) -> None:
    reading.edit("on")
    reading.type_at_end(" Typed.")
    reading.drop_together(LATERAL, FRONTAL)
    expect(reading.part("refusal")).to_contain_text("Your report is not submitted")
    with reading.drafts_written_anew():
        reading.part("open-anyway").click()
    expect_study(reading)


def next_on_its_way(room: ReadingRoom, on_their_way: list[Route]) -> Route:
    while not on_their_way:
        room.page.wait_for_timeout(10)
    return on_their_way.pop()


def test_two_films_can_be_given_up_as_long_as_the_second_is_being_sent(room: ReadingRoom) -> None:
    room.open(square(70))
    room.expect_drafts()
    on_their_way = hold_films(room)
    room.drop_together(FRONTAL, LATERAL)
    expect(room.part("busy")).to_contain_text("Sending the films…")
    next_on_its_way(room, on_their_way).continue_()
    second = next_on_its_way(room, on_their_way)
    assert room.page.get_by_role("progressbar").evaluate("(bar) => bar.value") > 20
    room.part("cancel-sending").click()
    expect(room.part("busy")).to_be_hidden()
    second.continue_()
    room.rewrite()
    expect_size(room, 70)
    expect(room.page.get_by_role("button", name="Lateral", exact=True)).to_be_disabled()


def test_a_film_that_is_dropped_while_two_are_being_sent_takes_their_place(room: ReadingRoom) -> None:
    on_their_way = hold_films(room)
    room.drop_together(FRONTAL, LATERAL)
    first = next_on_its_way(room, on_their_way)
    room.drop(square(70), "film.png")
    next_on_its_way(room, on_their_way).continue_()
    expect_size(room, 70)
    first.continue_()
    room.expect_drafts()
    room.rewrite()
    expect_size(room, 70)
    expect(room.page.get_by_role("button", name="Lateral", exact=True)).to_be_disabled()
    assert on_their_way == []


def test_where_one_of_two_films_does_not_reach_the_server_neither_is_opened(room: ReadingRoom) -> None:
    room.drop_together(FRONTAL, (b"", "film"))
    expect(room.part("refusal-text")).to_contain_text("empty")
    expect(room.part("refusal")).to_contain_text("The two films were not opened")
    room.page.keyboard.press("Escape")
    room.drop_together(("This is no picture.", "film"), FRONTAL)
    expect(room.part("refusal-text")).to_contain_text("One of the two films is refused.")
    expect(room.part("drop-zone")).to_be_hidden()
    room.page.keyboard.press("Escape")
    expect(room.part("drop-zone")).to_be_visible()
