"""Somebody else signs in from the same browser while a page is open: it shows and takes nothing of theirs."""

from playwright.sync_api import Page, expect

from app.web.page_reader import HEADER
from tests.browser.reading_room import ReadingRoom
from tests.browser.same_page import expect_the_same_page, mark, questions
from tests.browser.server_with_accounts import ServerWithAccounts, opened_by_ada, sign_in
from tests.browser.test_unfinished import begin, studies

IS_ANOTHERS = "Somebody else has signed in from this browser"
OF_BOB = " Of Bob alone."


def sign_in_beside(room: ReadingRoom, server: ServerWithAccounts, name: str) -> Page:
    """In another tab of the same browser, which is left open."""
    page = room.page.context.new_page()
    page.goto(f"{server.address}login")
    sign_in(page, name)
    return page


def come_back_to(room: ReadingRoom) -> None:
    """As who brings the tab to the front."""
    room.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_after_a_restart_a_page_that_another_left_open_shows_nothing_of_whoever_signs_in_and_stays_its_readers(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    server = server_with_accounts
    room = opened_by_ada(page, server)
    asked = questions(room)
    mark(page)
    server.stop()
    server.start()  # which knows of no tab whose it is
    beside = sign_in_beside(room, server, "bob")
    of_bob = ReadingRoom.opened(beside, server.address)
    of_bob.open_sample()
    of_bob.expect_drafts()
    begin(of_bob, OF_BOB)
    come_back_to(room)
    expect(room.part("connection")).to_contain_text(IS_ANOTHERS)
    expect(room.part("film-canvas")).to_be_hidden()
    sign_in_beside(room, server, "ada")
    come_back_to(room)
    expect(room.part("connection")).to_be_empty()
    expect(room.part("film-canvas")).to_be_visible()
    begin(room, " Of Ada.")  # what was sent before has been answered
    expect(studies(room).filter(has_text=OF_BOB)).to_have_count(0)
    expect_the_same_page(room, asked)


def test_what_a_reader_did_waits_until_it_is_they_who_sign_in_again(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    server = server_with_accounts
    room = opened_by_ada(page, server)
    asked = questions(room)
    mark(page)
    opacity = page.locator('[data-finding="Lung Opacity"]')
    page.request.post(f"{server.address}logout", headers={"Origin": server.address.rstrip("/")})
    opacity.get_by_test_id("confirm").click()
    connection = room.part("connection")
    expect(connection).to_contain_text("You are signed out.")
    sign_in_beside(room, server, "bob")
    expect(connection).to_contain_text(IS_ANOTHERS)
    expect(opacity).to_be_hidden()
    with room.drafts_written_anew():
        with page.context.expect_page() as elsewhere:
            connection.get_by_role("link", name="sign in").click()
        sign_in(elsewhere.value, "ada")
        expect(connection).to_be_empty()
    expect(opacity.get_by_test_id("confirm")).to_have_attribute("aria-pressed", "true")
    (line,) = room.download()
    assert (line["reader"], line["findings"]["Lung Opacity"]["verdict"]) == ("ada", "confirmed")
    link = room.part("download").get_attribute("href")
    sign_in_beside(room, server, "bob")
    assert page.request.get(f"{server.address}{link}").status == 412  # and not what is Bob's
    expect_the_same_page(room, asked)


def test_a_page_whose_cookie_was_removed_keeps_its_text_and_says_that_it_is_not_heard(reading: ReadingRoom) -> None:
    room, foot = reading, reading.part("connection")
    text = begin(room, " Typed before.")
    room.page.context.clear_cookies()
    another = ReadingRoom.opened(room.page.context.new_page())
    another.open_sample()
    another.expect_drafts()
    begin(another, " Of whoever has the cookie now.")
    room.type_at_end(" And after.")
    expect(foot).to_contain_text("this browser's cookies were removed")
    come_back_to(room)
    expect(room.report).to_be_editable()
    expect(room.report).to_have_value(f"{text} And after.")
    expect(studies(room)).to_have_count(0)
    another.page.close()


def test_each_message_names_the_reader_from_the_first_on(page: Page) -> None:
    named: list[str | None] = []
    page.on("request", lambda sent: named.append(sent.headers.get(HEADER.lower())) if "queue/" in sent.url else None)
    room = ReadingRoom.opened(page)
    room.open_sample()
    room.expect_drafts()
    assert len(named) >= 6 and None not in named and len(set(named)) == 1
