"""What Gradio's own script in the browser does to run an event, in a few lines."""

import json
import secrets
from typing import Any

import httpx

from app.web import page_reader
from app.web.edition import HEADER, edition_by_events


def new_session() -> str:
    return secrets.token_hex(6)


def join(browser: httpx.Client, name: str, *data: Any, session: str) -> httpx.Response:
    """Ask for the event whose `api_name` is `name`."""
    page = browser.get("config").raise_for_status().json()  # the same stands in the page itself
    events = page["dependencies"]
    function = next(one["id"] for one in events if one["api_name"] == name)
    body = {"data": list(data), "fn_index": function, "session_hash": session, "event_data": None, "trigger_id": None}
    named = {HEADER: edition_told_by(events), page_reader.HEADER: page["username"]}
    return browser.post("gradio_api/queue/join", json=body, headers=named)


def edition_told_by(events: list[dict[str, Any]]) -> str:
    """Of the page whose configuration names these events."""
    return edition_by_events((one["api_name"], len(one["inputs"]), len(one["outputs"])) for one in events)


def follow(browser: httpx.Client, session: str, events: int = 1) -> list[dict[str, Any]]:
    """All messages up to the end of the event, or of so many of them."""
    messages: list[dict[str, Any]] = []
    with browser.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as answer:
        if answer.status_code != 200:
            return [{"status": answer.status_code, **json.loads(answer.read())}]
        for line in answer.iter_lines():
            if line.startswith("data: "):
                messages.append(json.loads(line[6:]))
                events -= messages[-1]["msg"] == "process_completed"
                if not events or messages[-1]["msg"] in ("close_stream", "unexpected_error"):
                    break
    return messages


def call(browser: httpx.Client, name: str, *data: Any) -> Any:
    """The event's answer, or the error that it ended with."""
    session = new_session()
    join(browser, name, *data, session=session).raise_for_status()
    end = follow(browser, session)[-1]
    return end["output"]["data"][0] if end["success"] else end["output"]
