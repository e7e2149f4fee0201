"""A room is hidden once its reader could be signed out, whatever the machine did meanwhile."""

from functools import partial

from playwright.sync_api import Page, expect

from tests.browser.line_to_the_server import LOST
from tests.browser.same_page import expect_the_same_page, mark, questions
from tests.browser.server_with_accounts import ServerWithAccounts, opened_by_ada

SLEEP = "(() => { const now = Date.now; Date.now = () => now() + 3_700_000; })()"
"""For longer than a sign-in outlasts its reader's absence. The page's own clock stands still meanwhile."""

IS_DRAWN = "document.body.matches('.signed-out')"


def test_a_list_that_was_open_is_closed_before_the_room_is_hidden_and_stays_so(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    room = opened_by_ada(page, server_with_accounts)
    effusion, choice = page.locator(".finding[data-finding='Pleural Effusion']"), room.part("side-choice")
    effusion.focus()
    page.keyboard.press("Enter")
    expect(choice).to_be_visible()
    page.route("**/presence", lambda route: route.abort())
    page.evaluate(SLEEP)
    waking = "document.dispatchEvent(new Event('visibilitychange'))"
    open_then = (
        f"() => {{ {waking}; return [{IS_DRAWN}, document.querySelector('.side-choice').matches(':popover-open')]; }}"
    )
    assert page.evaluate(open_then) == [True, False]
    page.keyboard.press("b")
    page.unroute("**/presence")
    expect(room.part("film-canvas")).to_be_visible()
    expect(choice).to_be_hidden()
    expect(effusion).to_have_attribute("data-verdict", "undecided")


def test_after_a_sleep_without_a_network_the_room_is_hidden_before_anybody_has_read_it(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    room = opened_by_ada(page, server_with_accounts)
    film, foot = room.part("film-canvas"), room.part("connection")
    asked = questions(room)
    mark(page)
    for waking in (
        partial(page.evaluate, "document.dispatchEvent(new Event('visibilitychange'))"),
        partial(page.evaluate, "document.dispatchEvent(new Event('resume'))"),
        partial(page.evaluate, "window.dispatchEvent(new Event('pageshow'))"),
        partial(page.keyboard.press, "Shift"),
    ):
        page.route("**/presence", lambda route: route.abort())
        page.evaluate(SLEEP)
        assert not page.evaluate(IS_DRAWN)
        waking()
        assert page.evaluate(IS_DRAWN), "not only when the page asks the next time, within a minute"
        expect(film).to_be_hidden()
        expect(foot).to_have_text(LOST)
        page.unroute("**/presence")
        expect(film).to_be_visible()
        expect(foot).to_be_empty()
    expect_the_same_page(room, asked)
