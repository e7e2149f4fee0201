"""Messages that name what the page has not, or another tab's event, as Gradio's own queue has them."""

from collections.abc import Iterator

import httpx
import pytest

from tests.app.gradio_events import follow, join, new_session
from tests.app.running_server import RunningServer
from tests.waiting import wait_until

pytestmark = pytest.mark.thorough


@pytest.fixture
def ada(small_page: RunningServer) -> Iterator[httpx.Client]:
    with small_page.browser() as client:
        client.get("")
        yield client


@pytest.fixture
def bob(small_page: RunningServer) -> Iterator[httpx.Client]:
    with small_page.browser() as client:
        client.get("")
        yield client


@pytest.mark.parametrize("number", [-1, 99, None, "0", [0], {}, 1e300])
def test_an_event_that_the_page_has_not_is_refused(ada: httpx.Client, number: object) -> None:
    joined = join(ada, "who", session=new_session())
    headers = {name: joined.request.headers[name] for name in ("X-Page-Edition", "X-Page-Reader")}
    message = {"session_hash": new_session(), "data": [], "fn_index": number}
    answer = ada.post("gradio_api/queue/join", json=message, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (400, "The page has no such event.")


@pytest.mark.parametrize("number", [-1, 999, None, "Mustermann", [1]])
def test_a_part_that_the_page_has_not_is_refused(ada: httpx.Client, number: object) -> None:
    message = {"session_hash": new_session(), "component_id": number, "fn_name": "x", "data": 1}
    answer = ada.post("gradio_api/component_server", json=message)
    assert (answer.status_code, answer.json()["detail"]) == (404, "The page has no such part.")
    message["component_id"] = ada.get("config").json()["components"][0]["id"]
    assert ada.post("gradio_api/component_server", json=message).json()["detail"] != "The page has no such part."


def cancel(browser: httpx.Client, event_id: object, session: str) -> httpx.Response:
    return browser.post("gradio_api/cancel", json={"session_hash": session, "fn_index": 2, "event_id": event_id})


def test_an_event_is_cancelled_from_its_own_tab_alone(ada: httpx.Client, bob: httpx.Client) -> None:
    session = new_session()
    event_id = join(ada, "count", 3, session=session).json()["event_id"]
    refused = cancel(bob, event_id, new_session())
    assert (refused.status_code, refused.json()["detail"]) == (403, "This event is another tab's.")
    assert follow(ada, session)[-1]["output"]["data"] == ["2"]
    # The page may have the end before the queue has forgotten the event.
    wait_until(lambda: cancel(bob, event_id, new_session()).status_code == 200, "nothing comes of it once it has ended")
    event_id = join(ada, "count", 400, session=session).json()["event_id"]
    assert cancel(ada, event_id, session).status_code == 200


@pytest.mark.parametrize("event_id", [None, 7, [1], {"one": 1}])
def test_what_cannot_be_an_event_is_nobodys(ada: httpx.Client, event_id: object) -> None:
    answer = cancel(ada, event_id, new_session())
    assert 200 <= answer.status_code < 500 and answer.status_code != 403
