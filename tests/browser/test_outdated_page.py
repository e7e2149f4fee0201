"""A page that was open while the application was updated: nothing it says is taken for something else."""

from playwright.sync_api import Page, Route, expect

from app.records import RecordStore
from app.web.edition import HEADER
from tests.browser.reading_room import ReadingRoom
from tests.browser.same_page import mark
from tests.browser.server_with_accounts import ServerWithAccounts, opened_by_ada, sign_in

TYPED_AFTERWARDS = " Typed after the update."


def of_an_older_edition(route: Route) -> None:
    route.continue_(headers={**route.request.headers, HEADER.lower(): "of an older edition"})


def test_each_message_names_the_edition_from_the_first_on(page: Page) -> None:
    named: list[bool] = []
    page.on("request", lambda sent: named.append(HEADER.lower() in sent.headers) if "queue/join" in sent.url else None)
    room = ReadingRoom.opened(page)
    room.open_sample()
    room.expect_drafts()
    assert len(named) >= 3 and all(named)


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


def expect_no_film_is_opened(room: ReadingRoom) -> None:
    """And that the reader can still copy what they typed."""
    expect(room.part("refusal")).to_contain_text("Nothing is opened on this page any more.")
    expect(room.part("open-anyway")).to_be_hidden()
    expect(room.part("busy")).to_be_hidden()
    room.part("dismiss-refusal").click()
    room.report.click()
    expect(room.report).to_be_focused()


def test_an_outdated_page_opens_no_film_over_a_text_that_is_not_saved(reading: ReadingRoom) -> None:
    room = reading
    room.edit("on")
    room.expect_saved()
    room.page.route("**/queue/join*", of_an_older_edition)
    room.type_at_end(TYPED_AFTERWARDS)
    expect(room.part("connection")).to_contain_text("The application was updated")
    for choose in (
        lambda: room.part("open-sample").click(),
        lambda: room.drop(b"a film", "film.dcm"),
        lambda: room.choose(b"another", view="lateral"),
    ):
        choose()
        expect_no_film_is_opened(room)


def test_a_page_that_becomes_outdated_while_a_film_is_on_its_way_gives_the_text_back(reading: ReadingRoom) -> None:
    room = reading
    room.edit("on")
    room.type_at_end(" Typed before.")
    room.expect_saved()
    text = room.report.input_value()
    room.page.route("**/queue/join*", of_an_older_edition)
    room.part("open-sample").click()
    room.part("open-anyway").click()
    expect_no_film_is_opened(room)
    expect(room.report).to_have_value(text)


def test_a_page_that_becomes_outdated_asks_no_more_whether_to_open_a_film(reading: ReadingRoom) -> None:
    room = reading
    room.edit("on")
    room.type_at_end(TYPED_AFTERWARDS)
    room.expect_saved()
    room.part("open-sample").click()
    expect(room.part("refusal-text")).to_contain_text("What you typed is saved")
    room.page.route("**/queue/join*", of_an_older_edition)
    room.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_no_film_is_opened(room)


def test_on_an_outdated_page_the_room_is_hidden_from_who_is_signed_out_and_back_for_who_signs_in(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    server, foot = server_with_accounts, page.locator("[data-role=connection]")
    room = opened_by_ada(page, server)
    room.edit("on")
    room.expect_saved()
    page.route("**/queue/join*", of_an_older_edition)
    room.type_at_end(TYPED_AFTERWARDS)
    typed = room.report.input_value()
    expect(foot).to_contain_text("The application was updated")
    page.request.post(f"{server.address}logout", headers={"Origin": server.address.rstrip("/")})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(foot).to_contain_text("You are signed out")
    expect(room.report).to_be_hidden()
    with page.context.expect_page() as elsewhere:
        foot.get_by_role("link", name="sign in").click()
    sign_in(elsewhere.value)
    expect(room.report).to_be_visible()
    expect(room.report).to_have_value(typed)
    expect(foot).to_contain_text("The application was updated")
