"""A page that was open while the application was updated: nothing it says is taken for something else."""

from playwright.sync_api import Route, expect

from app.records import RecordStore
from app.web.edition import HEADER
from tests.browser.reading_room import ReadingRoom
from tests.browser.same_page import mark

TYPED_AFTERWARDS = " Typed after the update."


def of_an_older_edition(route: Route) -> None:
    route.continue_(headers={**route.request.headers, HEADER.lower(): "of an older edition"})


def test_an_outdated_page_says_so_keeps_its_text_and_is_not_heard(reading: ReadingRoom, records: RecordStore) -> None:
    room, foot = reading, reading.page.locator("[data-role=connection]")
    room.edit("on")
    room.type_at_end(" Typed before.")
    room.expect_saved()
    before = room.report.input_value()
    mark(room.page)
    room.page.route("**/queue/join*", of_an_older_edition)
    room.type_at_end(TYPED_AFTERWARDS)
    expect(foot).to_contain_text("The application was updated")
    expect(room.report).to_have_value(before + TYPED_AFTERWARDS)
    expect(room.part("save-state")).not_to_contain_text("Submitted")
    room.page.unroute("**/queue/join*")
    room.part("submit").click()
    room.page.once("dialog", lambda dialog: dialog.accept())
    foot.get_by_role("link", name="load the page anew").click()
    expect(room.part("unfinished")).to_contain_text("Typed before.")
    expect(room.part("unfinished")).not_to_contain_text("Typed after")
    assert room.page.evaluate("globalThis.isStillHere") is None
    expect(foot).to_be_empty()
