"""Films that are read first: they come without gaze, findings and drafts, which their reader asks for."""

import numpy as np
from playwright.sync_api import Locator, expect

from tests.browser.films import png
from tests.browser.gaze_on_the_film import PREDICTED
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_unfinished import leave, open_again

OWN = "The heart is enlarged. No pleural effusion."
READY = "ready, and withheld"


def switch(room: ReadingRoom) -> Locator:
    return room.page.get_by_label("Read first")


def show(room: ReadingRoom) -> Locator:
    return room.page.get_by_role("button", name="Show what the machine says")


def open_withheld(room: ReadingRoom) -> None:
    """Open the sample film to be read first, and wait until its drafts are written."""
    switch(room).check()
    room.open_sample()
    expect(room.part("drafts-state")).to_contain_text(READY)


def expect_nothing_of_the_machine(room: ReadingRoom) -> None:
    """Neither to be seen nor in the page at all."""
    for side in ("on", "off"):
        expect(room.part(f"draft-gaze-{side}")).to_be_hidden()
        expect(room.part(f"draft-gaze-{side}")).to_be_empty()
    for layer in ("scanpath", "heatmap", "regions", "attention"):
        expect(room.part(layer).locator("*")).to_have_count(0)
    expect(room.part("finding-list")).to_be_empty()
    expect(room.part("gaze-source")).to_be_hidden()
    expect(room.part("by-hand")).to_be_disabled()
    expect(room.part("disagreements")).to_be_hidden()


def expect_the_machine(room: ReadingRoom) -> None:
    expect(show(room)).to_be_hidden()
    room.expect_drafts()
    expect(room.part("draft-gaze-on")).not_to_be_empty()
    expect(room.part("finding-list").get_by_role("button", name="Confirm")).not_to_have_count(0)
    expect(room.part("scanpath").locator("*")).not_to_have_count(0)
    expect(room.part("gaze-source")).to_have_text(PREDICTED)


def write(room: ReadingRoom, text: str) -> None:
    room.report.press_sequentially(text)
    expect(room.part("save-state")).to_contain_text("revision")


def test_a_film_that_is_read_first_comes_bare_and_what_was_written_stays(room: ReadingRoom) -> None:
    open_withheld(room)
    expect_nothing_of_the_machine(room)
    expect(room.report).to_be_enabled()
    expect(room.report).to_have_value("")
    expect(room.page.get_by_role("group", name="Why you changed it")).to_be_hidden()
    write(room, OWN)
    expect_nothing_of_the_machine(room)

    room.report.press("Escape")
    room.page.keyboard.type("Un")  # of "Unremarkable", meant for the box, which the focus has just left
    expect_nothing_of_the_machine(room)
    room.page.keyboard.press("u")
    expect(room.page.get_by_text("Press U once more")).to_be_visible()
    room.page.keyboard.press("u")
    expect_the_machine(room)
    expect(room.report).to_have_value(OWN)
    expect(room.part("editor-source")).to_have_text("begun empty")
    expect(room.part("disagreements")).to_contain_text("Your report")
    room.submit()
    (line,) = room.download()
    assert (line["schema_version"], line["started_from"], line["draft"]) == (5, "empty", "")
    assert line["corrected"] == line["read_first"]["text"] == OWN and line["reasons"] == []
    assert line["read_first"]["blind"] and not line["read_first"]["seen_before"]
    assert line["started_at"] < line["read_first"]["shown_at"] < line["submitted_at"]


def test_a_draft_that_is_taken_over_after_that_is_no_blind_report(room: ReadingRoom) -> None:
    open_withheld(room)
    write(room, OWN)
    show(room).click()
    expect_the_machine(room)
    expect(room.part("draft-gaze-on")).to_be_focused()  # the button has gone
    room.edit("off")
    expect(room.report).not_to_have_value(OWN)
    expect(room.page.get_by_role("group", name="Why you changed it")).to_be_visible()
    room.part("undo").click()
    expect(room.report).to_have_value(OWN)
    room.part("redo").click()
    room.type_at_end(" Seen again.")
    room.submit()
    (line,) = room.download()
    assert line["started_from"] == "gaze_off" and line["corrected"].endswith(" Seen again.")
    assert line["read_first"] | {"shown_at": ""} == {
        "blind": False, "shown_at": "", "text": OWN, "seen_before": False
    }  # fmt: skip


def test_a_report_is_signed_off_without_anything_of_the_machine(room: ReadingRoom) -> None:
    open_withheld(room)
    write(room, OWN)
    room.submit()
    expect_nothing_of_the_machine(room)
    (line,) = room.download()
    assert line["read_first"] == {"blind": True, "shown_at": None, "text": OWN, "seen_before": False}
    show(room).click()
    expect_the_machine(room)
    expect(room.part("save-state")).to_contain_text("Submitted")


def test_what_is_typed_before_the_drafts_are_written_is_kept_once_they_are(room: ReadingRoom) -> None:
    switch(room).check()
    room.page.get_by_role("radio", name="Likely draft").check()
    room.open_sample()
    expect(room.report).to_be_enabled()
    room.report.fill(OWN)
    room.expect_saved()
    expect(room.part("editor-hint")).to_be_empty()


def test_a_report_of_which_nothing_is_written_yet_is_one_of_the_lateral_film_too(room: ReadingRoom) -> None:
    open_withheld(room)
    with room.drafts_written_anew():
        room.open(png(np.full((80, 60), 99, np.uint8)), view="lateral")
    write(room, OWN)
    expect(room.part("editor-source")).to_have_text("begun empty")
    room.rewrite()
    expect(room.part("editor-source")).to_have_text("begun empty beside earlier drafts")
    room.submit()
    (line,) = room.download()
    assert line["corrected"] == OWN and line["film"]["lateral"] and line["read_first"]["blind"]


def test_an_unfinished_study_stays_as_it_was_left_and_the_switch_as_it_was_set(room: ReadingRoom) -> None:
    open_withheld(room)
    write(room, OWN)
    leave(room)
    expect(switch(room)).to_be_checked()
    room.part("open-again").first.click()
    expect(room.part("drafts-state")).to_contain_text(READY)
    room.expect_film()
    expect(room.report).to_have_value(OWN)
    expect(room.part("findings-word")).to_have_text("Withheld until you ask for them.")
    expect_nothing_of_the_machine(room)

    show(room).click()
    expect_the_machine(room)
    switch(room).uncheck()
    leave(room)
    expect(switch(room)).not_to_be_checked()
    open_again(room)
    expect_the_machine(room)
    expect(room.report).to_have_value(OWN)


def test_a_film_that_follows_one_with_all_of_it_comes_bare_too(reading: ReadingRoom) -> None:
    room = reading
    expect_the_machine(room)
    switch(room).check()
    expect_the_machine(room)  # the film on the screen is read already
    open_withheld(room)
    expect_nothing_of_the_machine(room)
    switch(room).uncheck()
    expect_nothing_of_the_machine(room)
    room.open_sample()
    expect_the_machine(room)
    expect(room.report).to_be_disabled()


def test_a_report_is_begun_with_nothing_and_that_is_undone(reading: ReadingRoom) -> None:
    room = reading
    empty = room.page.get_by_role("button", name="Begin with an empty report")
    room.edit("on")
    draft = room.report.input_value()
    room.page.get_by_label("Style").check()
    empty.click()
    expect(room.report).to_have_value("")
    expect(room.report).to_be_focused()
    expect(empty).to_be_disabled()
    expect(room.page.get_by_role("group", name="Why you changed it")).to_be_hidden()
    room.part("undo").click()
    expect(room.report).to_have_value(draft)
    expect(room.page.get_by_label("Style")).to_be_checked()
    room.part("redo").click()
    write(room, OWN)
    room.submit()
    (line,) = room.download()
    assert (line["started_from"], line["draft"], line["corrected"]) == ("empty", "", OWN)
    assert line["read_first"] is None and line["reasons"] == []
    expect(room.part("correction-list")).to_contain_text("begun empty")


def test_the_key_is_listed(room: ReadingRoom) -> None:
    room.page.keyboard.press("?")
    keys = room.part("help-dialog")
    expect(keys).to_contain_text("Pressed twice: show what the machine says of a film that you read first")
