"""A radiologist says on which side a finding is, by pointer and by key: it is read, undone, kept and taken along."""

import re
from functools import partial

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.reading_room import ReadingRoom
from tests.browser.test_still_findings import places
from tests.browser.test_unfinished import leave, open_again

EFFUSION = "Pleural Effusion"


def row(room: ReadingRoom, finding: str) -> Locator:
    return room.page.locator(f".finding[data-finding='{finding}']")


def side(room: ReadingRoom, finding: str = EFFUSION) -> Locator:
    return row(room, finding).get_by_test_id("side")


def choose(room: ReadingRoom, name: str) -> None:
    room.page.get_by_role("menuitemradio", name=name, exact=True).click()


def test_a_side_is_chosen_read_in_the_drafts_undone_kept_and_taken_along(reading: ReadingRoom) -> None:
    room, effusion = reading, row(reading, EFFUSION)
    as_written, before = room.draft("on"), places(room)
    classifiers = side(room).inner_text()
    other = {"R": "Left", "L": "Right"}.get(classifiers, "Left")
    effusion.hover()
    side(room).click()
    expect(room.page.get_by_role("menuitemradio", checked=True)).to_contain_text("As the classifier says")
    with room.drafts_written_anew():
        choose(room, other)
        expect(effusion).to_have_attribute("data-verdict", "confirmed")
        expect(side(room)).to_have_text(other[0])
        expect(side(room)).to_have_class(re.compile("said"))
    assert places(room) == before, "no row moves for it"
    for draft in ("on", "off"):
        assert re.search(rf"\b{other.lower()}\b[^.]*effusion|effusion on the {other.lower()}", room.draft(draft))
    effusion.hover()
    expect(room.part("region-caption")).to_contain_text(f"s of gaze on {other.lower()} costophrenic angle")
    expect(room.part("regions").locator("rect")).to_have_count(2)

    with room.drafts_written_anew():
        effusion.get_by_test_id("confirm").click()
    expect(effusion).to_have_attribute("data-verdict", "undecided")
    expect(side(room)).to_have_text(classifiers)
    assert room.draft("on") == as_written

    with room.drafts_written_anew():
        side(room).click()
        choose(room, "Both sides")
    assert "effusion on both sides" in room.draft("on") or "bilateral" in room.draft("on")
    effusion.hover()
    expect(room.part("regions").locator("rect")).to_have_count(4)
    leave(room)
    open_again(room)
    expect(side(room)).to_have_text("R+L")
    expect(side(room)).to_have_attribute("aria-label", "Side of pleural effusion: both sides, as you say")
    expect(room.part("drafts-state")).not_to_contain_text("do not know what you said")
    said = room.download()[-1]["findings"][EFFUSION]
    assert (said["verdict"], said["verdict_side"]) == (said["told"], said["told_side"]) == ("confirmed", "both")


def test_a_side_is_said_by_keys_alone_and_taken_back_alone(reading: ReadingRoom) -> None:
    room, page, effusion = reading, reading.page, row(reading, EFFUSION)
    classifiers = side(room).inner_text()
    choice = room.part("side-choice")
    page.keyboard.press("c")
    while not effusion.evaluate("row => row === document.activeElement"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(choice).to_be_visible()
    page.keyboard.press("Escape")
    expect(choice).to_be_hidden()
    expect(effusion).to_be_focused()
    page.keyboard.press("Enter")
    with room.drafts_written_anew():
        page.keyboard.press("b")
        expect(side(room)).to_have_text("R+L")
    expect(effusion).to_be_focused()
    expect(effusion).to_have_attribute("aria-label", re.compile("both sides as you say; .*confirmed"))
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    with room.drafts_written_anew():
        page.keyboard.press("Enter")
    expect(side(room)).to_have_text(classifiers)
    expect(effusion).to_have_attribute("data-verdict", "confirmed")


def test_to_say_that_the_classifier_is_right_confirms_as_well(reading: ReadingRoom) -> None:
    room, keyboard, effusion = reading, reading.page.keyboard, row(reading, EFFUSION)
    classifiers = side(room).inner_text()
    effusion.focus()
    keyboard.press("Enter")
    with room.drafts_written_anew():
        keyboard.press("a")
        expect(effusion).to_have_attribute("data-verdict", "confirmed")
    expect(side(room)).to_have_text(classifiers)
    expect(side(room)).not_to_have_class(re.compile("said"))
    with room.drafts_written_anew():
        keyboard.press("n")
    keyboard.press("Enter")
    keyboard.press("a")
    expect(effusion).to_have_attribute("data-verdict", "confirmed")


def test_the_list_of_sides_takes_letters_and_leaves_the_browser_its_keys(reading: ReadingRoom) -> None:
    room, keyboard, choice = reading, reading.page.keyboard, reading.part("side-choice")
    room.page.evaluate(
        "window.swallowed = []; window.addEventListener('keydown', (e) => e.defaultPrevented && swallowed.push(e.key))"
    )
    row(room, EFFUSION).focus()
    keyboard.down("Enter")
    keyboard.down("Enter")  # held: it presses nothing in the list that it opened
    keyboard.up("Enter")
    for key in ("F11", "F12", "Shift", "g", "Home"):
        keyboard.press(key)
    expect(choice).to_be_visible()
    assert room.page.evaluate("swallowed") == ["Enter", "Enter", "g", "Home"]
    expect(row(room, EFFUSION)).to_have_attribute("data-verdict", "undecided")


def test_the_list_goes_with_its_row_and_gives_the_focus_back(reading: ReadingRoom) -> None:
    room, page, effusion, choice = reading, reading.page, row(reading, EFFUSION), reading.part("side-choice")
    room.edit("on")
    room.report.fill("\n" * 40)
    page.set_viewport_size({"width": 1280, "height": 500})
    effusion.focus()
    room.wait_until_drawn()  # with the page's new height all moves, once
    page.keyboard.press("Enter")
    expect(choice).to_be_visible()
    room.report.evaluate("report => { report.scrollTop = 60; }")
    room.wait_until_drawn()
    expect(choice).to_be_visible()  # what scrolls elsewhere is nothing to it
    for move in (
        partial(page.locator(".finding-list").evaluate, "list => { list.scrollTop += list.scrollTop < 8 ? 8 : -8; }"),
        partial(page.set_viewport_size, {"width": 1280, "height": 520}),
    ):
        move()
        expect(choice).to_be_hidden()
        expect(effusion).to_be_focused()
        expect(side(room)).to_have_attribute("aria-expanded", "false")
        room.wait_until_drawn()
        page.keyboard.press("Enter")
        expect(choice).to_be_visible()


@pytest.mark.parametrize("height", [800, 480])
def test_the_list_lies_below_its_button_or_above_it_and_on_neither(reading: ReadingRoom, height: int) -> None:
    room, page = reading, reading.page
    page.set_viewport_size({"width": 1280, "height": height})
    for finding in room.part("finding").filter(has=page.locator(".finding-side:not([hidden])")).all():
        finding.focus()
        page.keyboard.press("Enter")
        button, choice = finding.get_by_test_id("side").bounding_box(), room.part("side-choice").bounding_box()
        assert button is not None and choice is not None
        gaps = (choice["y"] - button["y"] - button["height"], button["y"] - choice["y"] - choice["height"])
        assert max(gaps) == pytest.approx(2, abs=0.1)
        assert choice["y"] >= 4 and choice["y"] + choice["height"] <= height - 4
        page.keyboard.press("Escape")


def test_what_has_no_side_offers_none_and_the_choice_goes_with_what_it_was_for(reading: ReadingRoom) -> None:
    room, choice = reading, reading.part("side-choice")
    expect(side(room, "Cardiomegaly")).to_be_hidden()
    row(room, "Cardiomegaly").focus()
    room.page.keyboard.press("Enter")
    expect(choice).to_be_hidden()
    row(room, EFFUSION).hover()
    side(room).click()
    expect(side(room)).to_have_attribute("aria-expanded", "true")
    side(room).click()
    expect(choice).to_be_hidden()
    side(room).click()
    row(room, "Cardiomegaly").locator(".finding-name").click()
    expect(choice).to_be_hidden()
    expect(row(room, EFFUSION)).to_have_attribute("data-verdict", "undecided")


def test_the_report_that_names_another_side_is_told_of(reading: ReadingRoom) -> None:
    room = reading
    row(room, EFFUSION).hover()
    with room.drafts_written_anew():
        side(room).click()
        choose(room, "Right")
    room.edit("on")
    room.report.fill("Small left pleural effusion.")
    told = room.part("disagreements").get_by_role("listitem").filter(has_text="Your report")
    expect(told.filter(has_text="The report says left pleural effusion; you say right.")).to_be_visible()
    room.report.fill("Small right pleural effusion.")
    expect(told.filter(has_text="you say right")).to_have_count(0)
