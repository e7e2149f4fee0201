"""Who is signed in stays so while they are there, and what is theirs is seen by nobody else."""

from functools import partial

from playwright.sync_api import Page, Request, expect

from tests.browser.line_to_the_server import LOST
from tests.browser.page_clock import install_clock
from tests.browser.reading_room import ReadingRoom
from tests.browser.same_page import expect_the_same_page, mark, questions
from tests.browser.server_with_accounts import ServerWithAccounts, opened_by_ada, sign_in


def tells_of_presence(request: Request) -> bool:
    """That a person is there; the page itself asks at the same address whether its reader is still signed in."""
    return request.url.endswith("/presence") and request.method == "POST"


def sign_in_elsewhere(room: ReadingRoom) -> None:
    """By the link that a reader finds who is signed out."""
    with room.page.context.expect_page() as elsewhere:
        room.part("connection").get_by_role("link", name="sign in").click()
    sign_in(elsewhere.value)


def test_who_is_signed_out_while_typing_signs_in_elsewhere_and_loses_nothing(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    server = server_with_accounts
    room = opened_by_ada(page, server)
    asked = questions(room)
    mark(page)
    room.edit("on")
    page.request.post(f"{server.address}logout", headers={"Origin": server.address.rstrip("/")})
    room.type_at_end(" Typed while signed out.")
    typed = room.report.input_value()
    connection = room.part("connection")
    expect(connection).to_contain_text("You are signed out. What you typed stays here")
    sign_in_elsewhere(room)
    expect(connection).to_be_empty()
    room.submit()
    (line,) = room.download()
    assert (line["corrected"], line["reader"]) == (typed, "ada")
    with room.drafts_written_anew():
        room.write_again()
    expect_the_same_page(room, asked)


def test_who_was_away_for_an_hour_signs_in_elsewhere_and_loses_nothing(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    server = server_with_accounts
    room = opened_by_ada(page, server)
    asked = questions(room)
    mark(page)
    room.edit("on")
    room.type_at_end(" Before the break.")
    room.expect_saved()
    server.stop()
    server.let_nobody_be_seen(3600)
    server.start()
    room.type_at_end(" And after it.")
    typed = room.report.input_value()
    connection = room.part("connection")
    expect(connection).to_contain_text("You are signed out. What you typed stays here")
    sign_in_elsewhere(room)
    expect(connection).to_be_empty()
    expect(room.part("save-state")).to_contain_text("revision 2")
    expect(room.report).to_have_value(typed)
    expect_the_same_page(room, asked)


def test_a_person_is_there_who_presses_a_key_turns_the_wheel_or_dictates_and_a_page_that_asks_by_itself_is_not(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    install_clock(page)
    told: list[str] = []
    page.on("request", lambda request: told.append("seen") if tells_of_presence(request) else None)
    room = opened_by_ada(page, server_with_accounts)
    page.keyboard.press("h")
    told.clear()
    page.clock.fast_forward(61_000)
    with page.expect_request("**/queue/join*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("window.dispatchEvent(new KeyboardEvent('keydown', { key: 'h' }))")  # by a script
    assert told == []
    room.indication.focus()
    dictate = partial(page.keyboard.insert_text, "chest pain")
    for act in (dictate, lambda: page.keyboard.press("h"), lambda: page.mouse.wheel(0, 10)):
        with page.expect_response(lambda response: tells_of_presence(response.request)) as answer:
            act()
        assert answer.value.status == 204
        page.keyboard.press("h")  # too soon to be told again
        page.clock.fast_forward(61_000)
    assert told == ["seen"] * 3
    assert room.part("connection").inner_text() == ""


def test_that_a_person_is_there_waits_once_while_the_network_is_away(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    install_clock(page)
    room = opened_by_ada(page, server_with_accounts)
    page.clock.fast_forward(61_000)
    told: list[str] = []
    page.route("**/presence", lambda route: route.abort())
    for _ in range(3):
        page.keyboard.press("h")
        page.clock.fast_forward(21_000)
    expect(room.part("connection")).to_have_text(LOST)
    page.on("response", lambda response: told.append("told") if tells_of_presence(response.request) else None)
    page.unroute("**/presence")
    page.clock.fast_forward(10_000)
    expect(room.part("connection")).to_be_empty()
    assert told.count("told") == 1


def test_nothing_of_a_film_is_seen_once_its_reader_is_signed_out_though_nobody_touches_the_page(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    server = server_with_accounts
    install_clock(page)
    room = opened_by_ada(page, server)
    asked = questions(room)
    mark(page)
    room.edit("on")
    room.type_at_end(" Not for others.")
    room.expect_saved()
    typed = room.report.input_value()
    page.clock.fast_forward(61_000)
    expect(room.part("film-canvas")).to_be_visible()
    page.request.post(f"{server.address}logout", headers={"Origin": server.address.rstrip("/")})
    page.clock.fast_forward(61_000)
    connection = room.part("connection")
    expect(connection).to_contain_text("You are signed out.")
    for hidden in ("film-canvas", "findings", "draft-gaze-on", "report-text", "corrections"):
        expect(room.part(hidden)).to_be_hidden()
    page.keyboard.press("v")
    sign_in_elsewhere(room)
    page.clock.run_for(5_000)
    expect(connection).to_be_empty()
    expect(room.part("film-canvas")).to_be_visible()
    expect(room.report).to_have_value(typed)
    expect(room.part("gaze-source")).to_be_visible()  # the key was not for a film that nobody sees
    expect_the_same_page(room, asked)


def test_without_a_network_a_film_is_seen_for_as_long_as_its_reader_could_be_signed_in(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    install_clock(page)
    room = opened_by_ada(page, server_with_accounts)
    asked = questions(room)
    mark(page)
    is_away = True
    page.route("**/presence", lambda route: route.abort() if is_away else route.continue_())
    page.clock.fast_forward(61_000)
    expect(room.part("connection")).to_have_text(LOST)
    page.clock.fast_forward(3_400_000)
    page.keyboard.press("h")  # who is there without a network stays so
    page.clock.fast_forward(3_400_000)
    expect(room.part("film-canvas")).to_be_visible()
    page.clock.fast_forward(261_000)
    expect(room.part("film-canvas")).to_be_hidden()
    is_away = False
    page.clock.fast_forward(5_000)
    expect(room.part("connection")).to_be_empty()
    expect(room.part("film-canvas")).to_be_visible()
    expect_the_same_page(room, asked)


def test_what_one_reader_left_open_is_not_shown_to_another_who_signs_in(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    server = server_with_accounts
    install_clock(page)
    room = opened_by_ada(page, server)
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{server.address}login")
    sign_in(elsewhere, "bob")
    page.clock.fast_forward(61_000)
    connection = room.part("connection")
    expect(connection).to_contain_text("Somebody else has signed in from this browser")
    expect(room.part("film-canvas")).to_be_hidden()
    connection.get_by_role("link", name="load the page anew").click()
    expect(room.part("reader")).to_have_text("bob")
    expect(room.part("drop-zone")).to_be_visible()
