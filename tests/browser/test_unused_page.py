"""A page that is not heard and that nobody has used yet: it loads itself anew, once, and without a word."""

from playwright.sync_api import Page, Route, expect

from tests.browser.reading_room import PATIENCE, ReadingRoom
from tests.browser.same_page import mark

NOT_HEARD = "this browser's cookies were removed"


def replace_the_cookie(page: Page) -> None:
    """As a tab does that was asked for at the same time, and is answered later."""
    page.context.clear_cookies()
    page.request.get("/")


def come_back_to(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def expect_loaded_anew(page: Page) -> ReadingRoom:
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.wait_for_function("() => !globalThis.isStillHere")
    room = ReadingRoom(page)
    expect(room.part("open-sample")).to_be_enabled()
    return room


def refuse(route: Route) -> None:
    route.fulfill(status=409, json={"detail": "Not heard."})


def test_a_tab_that_was_opened_with_another_on_a_first_visit_loads_itself_anew_and_can_be_used(page: Page) -> None:
    page.goto("/", wait_until="commit")
    mark(page)
    replace_the_cookie(page)
    room = expect_loaded_anew(page)
    room.open_sample()
    room.expect_drafts()
    expect(room.part("connection")).to_be_empty()


def test_a_tab_does_so_too_where_the_other_came_after_it_was_there_but_not_time_and_again(room: ReadingRoom) -> None:
    page = room.page
    mark(page)
    replace_the_cookie(page)
    come_back_to(page)
    expect_loaded_anew(page)
    expect(room.part("connection")).to_be_empty()
    mark(page)
    replace_the_cookie(page)
    come_back_to(page)
    expect(room.part("connection")).to_contain_text(NOT_HEARD)
    assert page.evaluate("globalThis.isStillHere")


def test_a_page_that_is_never_heard_loads_itself_anew_no_more_than_once(page: Page) -> None:
    loaded: list[str] = []
    page.on("domcontentloaded", lambda _: loaded.append("anew"))
    page.route("**/queue/join*", refuse)
    room = ReadingRoom.opened(page)
    expect(room.part("connection")).to_contain_text(NOT_HEARD)
    page.wait_for_timeout(1500)
    assert len(loaded) == 2


def test_a_page_in_which_somebody_typed_stays_as_it_is_and_says_that_it_is_not_heard(room: ReadingRoom) -> None:
    mark(room.page)
    room.indication.fill("Chest pain.")
    replace_the_cookie(room.page)
    come_back_to(room.page)
    expect(room.part("connection")).to_contain_text(NOT_HEARD)
    expect(room.indication).to_have_value("Chest pain.")
    assert room.page.evaluate("globalThis.isStillHere")
