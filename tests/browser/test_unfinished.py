"""Studies that were left without being submitted: after a reload, or for another film, and opened again."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Dialog, Locator, Route, expect
from sqlalchemy import select

from app.records import RecordStore
from app.records.tables import Case, Drafts
from tests.app.running_server import RunningServer
from tests.browser.films import png, sixteen_bit_png
from tests.browser.gaze_on_the_film import PREDICTED, click, expect_fixations, fixations, seconds
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_arrival import OUT_OF_PATIENCE, expect_size, let_read, square


def studies(room: ReadingRoom) -> Locator:
    return room.part("unfinished-study")


def expect_listed(room: ReadingRoom, *texts: str) -> None:
    """The list holds just these: those with a text, then those without, the newest first."""
    expect(studies(room)).to_have_count(len(texts))
    for study, text in zip(studies(room).all(), texts, strict=True):
        expect(study).to_contain_text(text)


def leave(room: ReadingRoom) -> None:
    """Reload the page, whatever it asks."""
    room.page.reload()
    expect(room.part("open-sample")).to_be_enabled()


def open_again(room: ReadingRoom, number: int = 0) -> None:
    """Open one of those that are listed, and wait until it is there."""
    room.part("open-again").nth(number).click()
    expect(room.part("drafts-state")).to_contain_text("Opened again")
    room.expect_film()


def begin(room: ReadingRoom, typed: str, side: str = "on") -> str:
    """Begin an edit and type at its end. Returns the text once it is kept."""
    room.edit(side)
    room.type_at_end(typed)
    expect(room.part("save-state")).to_contain_text("revision")
    return room.report.input_value()


_EDGES = """
(words) => {
  const header = words.closest("header");
  const [{ right }, { left }] = [words, header.querySelector("button")].map((part) => part.getBoundingClientRect());
  return [words.scrollWidth <= words.clientWidth, right <= left, header.scrollWidth <= header.clientWidth];
}
"""


def expect_read_in_full(room: ReadingRoom, source: str) -> None:
    """Of which draft the text is stands beside "Your report", or below, and nothing lies over it."""
    words = room.part("editor-source")
    expect(words).to_have_text(source)
    assert words.evaluate(_EDGES) == [True, True, True], room.page.viewport_size


def shown_drafts(room: ReadingRoom) -> tuple[str | None, str, str]:
    return room.part("drafts").get_attribute("data-drafts-id"), room.draft("on"), room.draft("off")


def test_an_edit_goes_on_after_a_reload_as_if_nothing_had_been(reading: ReadingRoom, records: RecordStore) -> None:
    room = reading
    opacity = room.page.locator('[data-finding="Lung Opacity"]')
    with room.drafts_written_anew():
        opacity.get_by_test_id("confirm").click()
    text = begin(room, " Typed before the reload.")
    room.page.get_by_label("Wrong severity").check()
    room.part("reason-note").fill("seen with a colleague")
    expect(room.part("save-state")).to_have_text("Not saved yet")
    room.expect_saved()
    film, drafts, gaze = room.picture(), shown_drafts(room), seconds(room)
    leave(room)
    expect(room.part("drop-zone")).to_be_visible()
    expect_listed(room, text)

    open_again(room)
    assert room.picture().shows_the_film_of(film)
    assert shown_drafts(room) == drafts
    expect(room.part("gaze-source")).to_have_text(PREDICTED)
    assert seconds(room) == gaze
    expect(room.part("gaze-stale")).to_be_empty()
    expect(opacity.get_by_test_id("confirm")).to_have_attribute("aria-pressed", "true")
    opacity.hover()
    expect(room.part("regions").locator("*")).not_to_have_count(0)
    expect(room.report).to_have_value(text)
    expect(room.part("editor")).to_contain_text("from the gaze on draft")
    reasons = room.page.get_by_role("group", name="Why you changed it")
    expect(reasons.get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(room.part("reason-note")).to_have_value("seen with a colleague")
    expect(studies(room)).to_have_count(0)

    room.part("undo").click()
    expect(room.report).not_to_have_value(text)
    room.part("redo").click()
    expect(room.report).to_have_value(text)
    room.type_at_end(" And after it.")
    expect(room.part("save-state")).to_contain_text(re.compile(r"Saved.* revision [2-9]"))
    room.page.get_by_label("Missed finding").check()
    room.page.get_by_label("Wrong severity").uncheck()
    room.submit()
    (line,) = room.download()
    with records.engine.connect() as connection:
        of_drafts = select(Case.study).join(Drafts, Drafts.case_id == Case.id).where(Drafts.id == drafts[0])
        assert line["study"] == connection.execute(of_drafts).scalar_one()
    assert line["kind"] == "correction" and line["reasons"] == ["missed_finding", "other: seen with a colleague"]
    assert line["corrected"] == f"{text} And after it."
    assert line["draft"] == line["drafts"]["gaze_on"] != line["corrected"]
    assert line["findings"]["Lung Opacity"]["verdict"] == line["findings"]["Lung Opacity"]["told"] == "confirmed"
    leave(room)
    expect(room.part("correction-list").get_by_role("listitem")).to_have_count(1)
    expect(room.part("unfinished")).to_be_hidden()


def test_reasons_that_were_given_before_anything_was_typed_come_back_and_stay_with_their_film(
    reading: ReadingRoom,
) -> None:
    room = reading
    style = room.page.get_by_label("Style")
    room.edit("off")
    style.check()
    room.expect_saved()
    expect(room.part("save-state")).to_contain_text("as drafted")
    leave(room)
    open_again(room)
    expect(style).to_be_checked()
    expect(style).to_be_disabled()  # until an edit is begun
    room.edit("off")
    expect(style).to_be_checked()
    room.choose(square(40))
    room.part("open-anyway").click()
    expect_size(room, 40)
    expect(style).not_to_be_checked()


def test_drafts_that_nobody_edited_come_back_and_can_be_edited_then(reading: ReadingRoom) -> None:
    drafts = shown_drafts(reading)
    leave(reading)
    expect_listed(reading, "Nothing was edited.")
    open_again(reading)
    assert shown_drafts(reading) == drafts
    expect(reading.report).to_be_disabled()
    expect(reading.part("stage")).to_be_focused()
    text = begin(reading, " Now edited.", "off")
    reading.submit()
    (line,) = reading.download()
    assert line["corrected"] == text and line["started_from"] == "gaze_off"


def test_the_list_brings_neither_a_film_nor_drafts(reading: ReadingRoom) -> None:
    begin(reading, " Typed.")
    fetched: list[str] = []
    reading.page.on("request", lambda request: fetched.append(request.url) if "/views/" in request.url else None)
    leave(reading)
    expect(studies(reading)).to_have_count(1)
    reading.expect_drafts("empty")
    assert fetched == []


def test_another_reader_does_not_see_it(
    reading: ReadingRoom, browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    begin(reading, " Mine alone.")
    leave(reading)
    expect(studies(reading)).to_have_count(1)
    context = browser.new_context(**browser_context_args)
    another = ReadingRoom.opened(context.new_page())
    another.open_sample()
    another.expect_drafts()
    expect(studies(another)).to_have_count(0)
    leave(another)
    expect_listed(another, "Nothing was edited.")
    context.close()


def test_it_is_opened_again_by_keys_and_typing_goes_on(reading: ReadingRoom) -> None:
    text = begin(reading, " By key.")
    leave(reading)
    expect(studies(reading)).to_have_count(1)
    button = reading.page.get_by_role("button", name=re.compile(r"Open again the study of \d+ \w+ \d{4}, \d\d:\d\d"))
    for _ in range(40):
        reading.page.keyboard.press("Tab")
        if button.evaluate("(button) => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    reading.page.keyboard.press("Enter")
    expect(reading.report).to_be_focused()
    reading.page.keyboard.type(" On.")
    expect(reading.report).to_have_value(f"{text} On.")


def test_the_list_is_seen_on_an_empty_page_without_scrolling(reading: ReadingRoom) -> None:
    begin(reading, " Typed.")
    leave(reading)
    expect(studies(reading)).to_have_count(1)
    expect(reading.part("open-again")).to_be_in_viewport(ratio=1)
    (summary,) = studies(reading).locator("summary").all()
    summary.click()
    expect(studies(reading).locator("details p")).to_contain_text("Typed.")


def test_frontal_and_lateral_film_come_back_and_the_frontal_is_on_the_screen(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.open(square(40))
    room.expect_drafts()
    with room.drafts_written_anew():
        room.open(sixteen_bit_png(film_bytes("RG1_UNCR.dcm")), view="lateral")
    lateral = room.picture()
    text = begin(room, " Of both films.")
    leave(room)
    expect_listed(room, "frontal and lateral")
    room.page.set_viewport_size({"width": 1440, "height": 900})
    heading = studies(room).get_by_role("paragraph").first
    expect(heading).to_contain_text("frontal and lateral")
    assert heading.evaluate("(words) => words.scrollWidth <= words.clientWidth")
    open_again(room)
    expect_size(room, 40)
    room.page.get_by_role("button", name="Lateral", exact=True).click()
    room.expect_film("lateral")
    assert room.picture().shows_the_film_of(lateral)
    expect(room.report).to_have_value(text)
    room.submit()
    (line,) = room.download()
    assert line["film"]["lateral"] is not None


def test_what_was_typed_on_earlier_drafts_stands_beside_those_that_were_written_since(reading: ReadingRoom) -> None:
    text = begin(reading, " Of the first drafts.")
    first = reading.draft("on")
    reading.sample_text(seed=5)
    reading.rewrite()
    drafts = shown_drafts(reading)
    assert first != drafts[1]
    leave(reading)
    expect_listed(reading, text)
    open_again(reading)
    assert shown_drafts(reading) == drafts
    expect(reading.report).to_have_value(text)
    for width in (390, 1024, 1280):
        reading.page.set_viewport_size({"width": width, "height": 900})
        expect_read_in_full(reading, "from an earlier gaze on draft")
    reading.submit()
    (line,) = reading.download()
    assert line["drafts"]["gaze_on"] == first and line["corrected"] == text


def test_gaze_that_was_asked_for_comes_back_under_its_name(reading: ReadingRoom) -> None:
    reading.page.keyboard.press("q")
    reading.part("gaze-query").fill("pleural effusion")
    reading.part("gaze-query").press("Enter")
    expect(reading.part("share-text")).to_have_text("100 %")
    reading.part("share").fill("0.5")
    expect(reading.part("gaze-source")).to_contain_text("50")
    reading.rewrite()
    chip, spent = reading.part("gaze-source").inner_text(), seconds(reading)
    leave(reading)
    open_again(reading)
    expect(reading.part("gaze-source")).to_have_text(chip)
    assert seconds(reading) == spent
    expect(reading.part("gaze-stale")).to_be_empty()
    reading.rewrite()
    reading.edit("on")
    reading.submit()
    (line,) = reading.download()
    assert line["gaze_query"] == {"query": "pleural effusion", "share": 0.5}


def test_gaze_that_was_edited_by_hand_comes_back_as_edited(reading: ReadingRoom) -> None:
    count = fixations(reading)
    reading.page.keyboard.press("d")
    click(reading, 0.08, 0.82)
    expect_fixations(reading, count + 1)
    reading.rewrite()
    leave(reading)
    open_again(reading)
    expect_fixations(reading, count + 1)
    expect(reading.part("gaze-source")).to_have_text("Gaze edited by hand")
    reading.edit("on")
    reading.submit()
    (line,) = reading.download()
    assert line["gaze_source"] == "edited" and len(line["scanpath"]) == count + 1


def test_a_study_that_is_left_for_another_film_is_offered_and_asks_for_what_is_typed_meanwhile(
    room: ReadingRoom,
) -> None:
    room.open(square(40))
    room.expect_drafts()
    first = begin(room, " Of the first patient.")
    room.choose(square(80))
    expect(room.part("refusal-text")).to_contain_text("stays among your unfinished studies")
    room.part("open-anyway").click()
    expect_size(room, 80)
    room.expect_drafts()
    expect_listed(room, first)
    second = begin(room, " Of the second patient.")
    room.part("open-again").click()
    expect(room.part("refusal")).to_contain_text("Your report is not submitted")
    room.part("dismiss-refusal").click()
    expect(room.report).to_have_value(second)
    expect_size(room, 80)
    room.part("open-again").click()
    room.part("open-anyway").click()
    expect_size(room, 40)
    expect(room.report).to_have_value(first)
    expect_listed(room, second)
    room.submit()
    (line,) = room.download()
    assert line["corrected"] == first


_OPEN_AGAIN_WHILE_DRAFTS_ARE_WRITTEN = """
() => {
  const drafts = document.querySelector(".drafts");
  const watched = new MutationObserver(() => {
    if (["waiting", "writing"].includes(drafts.dataset.state)) {
      watched.disconnect();
      document.querySelector("[data-testid=open-again]").click();
    }
  });
  watched.observe(drafts, { attributeFilter: ["data-state"] });
}
"""
"""Seen from outside they may be over before anyone has looked."""


def test_a_study_that_is_opened_again_takes_the_place_of_drafts_that_are_being_written(room: ReadingRoom) -> None:
    room.open(square(40))
    room.expect_drafts()
    text = begin(room, " Waiting.")
    drafts = shown_drafts(room)
    leave(room)
    expect(studies(room)).to_have_count(1)
    room.page.evaluate(_OPEN_AGAIN_WHILE_DRAFTS_ARE_WRITTEN)
    room.choose(square(80))
    expect(room.part("drafts-state")).to_contain_text("Opened again")
    room.expect_film()
    expect_size(room, 40)
    expect(room.report).to_have_value(text)
    expect(room.page.get_by_role("button", name="Regenerate")).to_be_enabled()
    expect(room.part("findings")).to_have_attribute("data-state", "ready")
    assert shown_drafts(room) == drafts


def hold_opening(room: ReadingRoom) -> Route:
    """Ask for the study that is listed, and keep the question on its way to the server."""
    asked: list[Route] = []

    def hold(route: Route) -> None:
        if "study" in (route.request.post_data_json.get("event_data") or {}):
            asked.append(route)
        else:
            route.continue_()

    room.page.route("**/queue/join*", hold)
    with room.page.expect_request(lambda request: '"study"' in (request.post_data or "")):
        room.part("open-again").click()
    (route,) = asked
    return route


@pytest.mark.parametrize("is_late", [False, True])
def test_a_film_that_is_chosen_while_a_study_is_opened_again_is_the_one_that_stays(
    room: ReadingRoom, is_late: bool
) -> None:
    room.open(square(40))
    room.expect_drafts()
    text = begin(room, " Left.")
    leave(room)
    expect(studies(room)).to_have_count(1)
    opening = hold_opening(room)
    if is_late:  # the page no longer waits for the study
        room.page.evaluate(OUT_OF_PATIENCE)
        room.choose(square(80))
        expect_size(room, 80)
        room.expect_drafts()
        let_read(room, opening)
        room.rewrite()
    else:
        room.choose(square(80))
        opening.continue_()
        expect_size(room, 80)
        room.expect_drafts()
    expect_size(room, 80)
    expect(room.part("drafts-state")).to_contain_text("Finished.")
    expect(room.report).to_have_value("")
    expect_listed(room, text)


def test_reasons_of_the_other_draft_are_not_those_of_the_text_that_undo_reaches(reading: ReadingRoom) -> None:
    begin(reading, " Of the first.")
    begin(reading, " Of the second.", side="off")
    style = reading.page.get_by_label("Style")
    style.check()
    expect(reading.part("save-state")).to_contain_text("Saved")
    leave(reading)
    open_again(reading)
    expect(style).to_be_checked()
    reading.part("undo").click()
    expect(style).to_be_checked()
    reading.part("undo").click()
    expect(reading.report).to_have_value(re.compile("Of the first.$"))
    expect(style).not_to_be_checked()
    reading.part("redo").click()
    expect(style).to_be_checked()


def test_a_study_that_was_submitted_in_another_tab_is_said_to_be_and_leaves_the_list(reading: ReadingRoom) -> None:
    begin(reading, " In two tabs.")
    another = ReadingRoom.opened(reading.page.context.new_page())
    expect(studies(another)).to_have_count(1)
    reading.submit()
    another.part("open-again").click()
    expect(another.part("refusal-text")).to_contain_text("signed off meanwhile")
    expect(studies(another)).to_have_count(0)
    another.part("dismiss-refusal").click()
    expect(another.part("drop-zone")).to_be_visible()


def test_what_was_typed_on_after_a_submission_says_which_revision_is_submitted(reading: ReadingRoom) -> None:
    begin(reading, " First.")
    reading.submit()
    reading.type_at_end(" Second thoughts.")
    expect(reading.part("save-state")).to_contain_text("submitted is revision 1")
    leave(reading)
    expect_listed(reading, "Second thoughts.")
    expect(studies(reading)).to_contain_text("· submitted is revision 1")


def test_who_comes_back_to_the_tab_sees_what_was_submitted_in_another(reading: ReadingRoom) -> None:
    begin(reading, " In two tabs.")
    another = ReadingRoom.opened(reading.page.context.new_page())
    expect(studies(another)).to_have_count(1)
    reading.submit()
    another.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(studies(another)).to_have_count(0)


def test_a_film_that_can_no_longer_be_read_is_said_so_and_the_text_still_stands(
    room: ReadingRoom, application: RunningServer
) -> None:
    room.open(png(np.random.default_rng(20).integers(0, 256, (60, 60), dtype=np.uint8)))  # which no other test opens
    room.expect_drafts()
    text = begin(room, " Of a film that is lost.")
    kept = max((application.data_dir / "films").iterdir(), key=lambda file: file.stat().st_mtime)
    kept.unlink()
    leave(room)
    expect(studies(room)).to_have_count(1)
    room.part("open-again").click()
    expect(room.part("refusal-text")).to_contain_text("can no longer be read from the records")
    room.part("dismiss-refusal").click()
    expect_listed(room, text)
    room.open(square(80))
    room.expect_drafts()


def test_words_that_were_typed_just_before_leaving_are_kept_while_the_page_asks(reading: ReadingRoom) -> None:
    text = begin(reading, " Saved.")
    with leaving_is_asked(reading):
        reading.report.press_sequentially(" Just now.")
        reading.page.evaluate("location.reload()")
    expect(reading.part("open-sample")).to_be_enabled()
    expect_listed(reading, f"{text} Just now.")


@contextmanager
def leaving_is_asked(room: ReadingRoom) -> Iterator[None]:
    """What is done meanwhile leaves the page, which asks; the reader answers once the text is on its way."""
    dialogs: list[Dialog] = []

    def answer(dialog: Dialog) -> None:
        dialogs.append(dialog)
        dialog.accept()

    room.page.on("dialog", answer)
    with room.page.expect_event("load"):
        yield
    room.page.remove_listener("dialog", answer)
    assert [dialog.type for dialog in dialogs] == ["beforeunload"]
