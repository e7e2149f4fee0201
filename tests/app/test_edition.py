"""A message is taken from a page of this edition alone: another names events by other numbers."""

from collections.abc import Iterator

import httpx
import pytest

from app.web import page_reader
from app.web.edition import HEADER, OUTDATED, edition_by_events
from tests.app.gradio_events import edition_told_by, follow, join, new_session
from tests.app.running_server import RunningServer


@pytest.fixture
def ada(small_page: RunningServer) -> Iterator[httpx.Client]:
    with small_page.browser() as browser:
        browser.get("").raise_for_status()
        yield browser


def test_an_edition_is_told_by_events_their_sizes_and_their_order() -> None:
    save, submit = ("save", 2, 1), ("submit", 2, 3)
    edition = edition_by_events([save, submit])
    assert edition == edition_by_events(iter((save, submit)))
    others = [
        [submit, save],
        [submit],
        [save, ("open", 2, 1), submit],
        [save, ("submit", 3, 3)],
        [save, ("submit", 2, 2)],
    ]
    assert edition not in {edition_by_events(other) for other in others}


@pytest.mark.parametrize("named", [(), ("reader",), ("edition",)])
def test_a_message_of_another_page_is_refused_before_any_event_hears_of_it(
    ada: httpx.Client, named: tuple[str, ...]
) -> None:
    page = ada.get("config").json()
    known = {
        "edition": {HEADER: edition_told_by(page["dependencies"])},
        "reader": {page_reader.HEADER: page["username"], HEADER: "of another edition"},
    }
    headers = {name: value for which in named for name, value in known[which].items()}
    body = {"data": [], "fn_index": 0, "session_hash": new_session(), "event_data": None, "trigger_id": None}
    answer = ada.post("gradio_api/queue/join", json=body, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (409, OUTDATED)


def test_the_page_names_the_edition_that_is_served(ada: httpx.Client) -> None:
    page = ada.get("config").json()  # the same stands in the page itself
    edition = edition_told_by(page["dependencies"])
    assert f'headers.set("{HEADER}", "{edition}")' in page["head"]
    session = new_session()
    assert join(ada, "who", session=session).status_code == 200
    assert follow(ada, session)[-1]["success"]
