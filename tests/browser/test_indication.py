"""Why the film was taken: typed beside the drafts, told to the model, and gone with its patient."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Request, Route, expect

from tests.app.running_server import RunningServer
from tests.browser.films import png, with_burned_in_annotation
from tests.browser.reading_room import PATIENCE, ReadingRoom

ASKED = "chest pain, Zwiebelfisch"
CHEQUERS = png(np.kron(np.indices((4, 4)).sum(axis=0) % 2, np.full((60, 50), 60000)).astype(np.uint16))
STRIPES = png(np.tile(np.repeat(np.array([8000, 60000], np.uint16), 50), (150, 3)))


def is_indication(sent: Any) -> bool:
    return isinstance(sent, dict) and set(sent) == {"film", "text", "request", "wanted"}


def indications_in(request: Request) -> list[str]:
    """The text that goes to the server with this request for a pair of drafts; none with any other request."""
    if "queue/join" not in request.url:
        return []
    sent: list[Any] = json.loads(request.post_data or "{}").get("data") or []
    return [one["text"] for one in sent if is_indication(one) and one["film"]]


def listen_for_indications(room: ReadingRoom) -> list[str]:
    """The texts that go to the server for each pair of drafts of a film, from now on."""
    told: list[str] = []
    room.page.on("request", lambda request: told.extend(indications_in(request)))
    return told


def test_drafts_are_written_anew_with_it_and_another_film_begins_without(
    room: ReadingRoom, application: RunningServer
) -> None:
    told = listen_for_indications(room)
    room.open_sample()
    room.expect_drafts()
    room.page.keyboard.press("t")
    expect(room.indication).to_be_focused()
    room.page.keyboard.type(ASKED)
    with room.drafts_written_anew():
        room.page.keyboard.press("Enter")
    expect(room.indication).to_have_value(ASKED)
    assert told == ["", ASKED]
    room.open(STRIPES, view="lateral")
    room.expect_drafts()
    assert told[2:] == [ASKED]
    room.rewrite()
    assert told[3:] == [ASKED]
    room.edit("on")
    room.submit()
    (line,) = room.download()
    assert line["settings"]["indication"] == "given"
    room.open(STRIPES)
    expect(room.indication).to_have_value("")
    room.expect_drafts()
    assert told[4:] == [""]
    room.rewrite()
    assert told[5:] == [""]
    kept = [path.read_bytes() for path in application.data_dir.rglob("*") if path.is_file()]
    assert not [file for file in (*kept, application.log.read_bytes()) if b"Zwiebelfisch" in file]


def test_what_was_typed_before_the_first_film_is_told_of_it(room: ReadingRoom) -> None:
    told = listen_for_indications(room)
    room.indication.fill("cough and fever")
    room.indication.press("Enter")
    room.choose(b"This is no picture.")
    room.part("dismiss-refusal").click()
    room.open_sample()
    room.expect_drafts()
    expect(room.indication).to_have_value("cough and fever")
    assert told == ["cough and fever"]


@pytest.mark.parametrize("meanwhile", ["", "fever"])
def test_what_was_added_while_the_first_film_was_read_stands_after_a_question_about_it(
    room: ReadingRoom, film_bytes: Callable[[str], bytes], meanwhile: str
) -> None:
    """And what is typed while that is asked takes its place."""
    told = listen_for_indications(room)
    room.indication.fill("cough")
    asked = hold(room, "**/queue/join?*", '"allow_burned_in"')
    room.choose(with_burned_in_annotation(film_bytes("RG1_UNCR.dcm")))
    expect(room.part("busy")).to_contain_text("Reading the film")
    room.indication.fill("cough, fever, immunosuppressed")
    let_go(room, asked)
    expect(room.part("refusal-film")).to_be_visible()
    if meanwhile:
        room.indication.fill(meanwhile)
    room.part("confirm-burned-in").check()
    room.part("open-anyway").click()
    let_go(room, asked)
    room.expect_drafts()
    expect(room.indication).to_have_value(meanwhile or "cough, fever, immunosuppressed")
    assert told == [meanwhile or "cough, fever, immunosuppressed"]


def test_what_is_entered_while_the_next_film_is_on_its_way_is_told_of_that_film(room: ReadingRoom) -> None:
    told = listen_for_indications(room)
    room.open_sample()
    room.expect_drafts()
    room.indication.fill("cough")
    with room.drafts_written_anew():
        room.indication.press("Enter")
    assert told == ["", "cough"]

    on_their_way: list[Route] = []
    room.page.route("**/films", lambda route: on_their_way.append(route))
    room.choose(STRIPES)
    expect(room.indication).to_have_value("")
    room.indication.fill("fever")
    room.indication.press("Enter")
    with room.drafts_written_anew():
        on_their_way.pop().continue_()
    expect(room.indication).to_have_value("fever")
    assert told[2:] == ["fever"]

    room.choose(b"This is no picture.")
    expect(room.indication).to_have_value("")
    on_their_way.pop().continue_()
    expect(room.part("refusal")).to_be_visible()
    expect(room.indication).to_have_value("fever")  # of the film that stays
    room.part("dismiss-refusal").click()
    room.rewrite()
    assert set(told[3:]) == {"fever"}


def hold(room: ReadingRoom, address: str, says: str = "") -> list[Route]:
    """Keep requests to this address that say this from leaving the browser. Returns where they are listed."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        if says in (route.request.post_data or ""):
            held.append(route)
        else:
            route.fallback()

    room.page.route(address, keep)
    return held


def let_go(room: ReadingRoom, held: list[Route]) -> None:
    """Let the request go that is held there, as soon as there is one."""
    for _ in range(PATIENCE // 50):
        if held:
            break
        room.page.wait_for_timeout(50)
    held.pop().continue_()


def test_each_of_two_films_that_are_on_their_way_at_once_is_told_its_own(room: ReadingRoom) -> None:
    told = listen_for_indications(room)
    asked = hold(room, "**/queue/join?*", '"allow_burned_in"')
    room.choose(STRIPES)
    room.indication.fill("of the first")
    expect(room.part("busy")).to_contain_text("Reading the film")
    sent = hold(room, "**/films")
    room.choose(CHEQUERS)
    expect(room.indication).to_have_value("")
    room.indication.fill("of the second")
    let_go(room, asked)
    room.expect_drafts()
    assert told == ["of the first"]
    expect(room.indication).to_have_value("of the second")
    expect(room.part("drafts")).to_have_attribute("inert", "")  # this film leaves again
    room.indication.press("Enter")
    with room.drafts_written_anew():
        let_go(room, sent)
        let_go(room, asked)
    expect(room.indication).to_have_value("of the second")
    expect(room.part("drafts")).not_to_have_attribute("inert", "")
    assert told == ["of the first", "of the second"]


def test_a_film_that_comes_after_all_has_what_was_typed_for_it(room: ReadingRoom) -> None:
    told = listen_for_indications(room)
    asked = hold(room, "**/queue/join?*", '"allow_burned_in"')
    room.choose(STRIPES)
    room.indication.fill("of the first")
    expect(room.part("busy")).to_contain_text("Reading the film")
    hold(room, "**/films")
    room.choose(CHEQUERS)
    room.indication.fill("of the second")
    room.page.get_by_role("button", name="Cancel").click()
    expect(room.indication).to_have_value("of the first")
    let_go(room, asked)
    room.expect_drafts()
    expect(room.indication).to_have_value("of the first")
    assert told == ["of the first"]


def test_enter_while_the_drafts_are_written_begins_them_again(room: ReadingRoom) -> None:
    told = listen_for_indications(room)
    with room.page.expect_request(lambda request: indications_in(request) == [""]):
        room.open_sample()  # told nothing yet
    room.indication.fill("cough")
    with room.page.expect_request(lambda request: indications_in(request) == ["cough"]):
        room.indication.press("Enter")
    room.expect_drafts()
    expect(room.part("drafts-state")).to_contain_text("Finished")
    assert told == ["", "cough"]


def test_the_keys_of_the_room_are_letters_in_the_field(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    before = room.picture().grey
    room.indication.press_sequentially("sid hopq gxftrip 123?")
    expect(room.indication).to_have_value("sid hopq gxftrip 123?")
    assert np.array_equal(room.picture().grey, before)
    room.expect_drafts()
    room.indication.fill("x" * 400)
    expect(room.indication).to_have_value("x" * 300)
    room.indication.press("Escape")
    expect(room.indication).not_to_be_focused()
