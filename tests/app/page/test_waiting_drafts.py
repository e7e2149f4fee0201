"""Drafts that one tab asks for again and again, on a real server with a real queue."""

import threading
from typing import Any

import pytest

from app.page.running_pass import RunningPass
from tests.app.gradio_events import follow
from tests.app.page.served_page import PATIENCE, Tab

pytestmark = pytest.mark.thorough

ASKED = 12
AT_ONCE = 2


def test_of_many_drafts_that_a_tab_asks_for_only_those_that_need_not_wait_and_the_last_are_written(
    tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab.open_sample()
    begun: list[Any] = []
    all_asked = threading.Event()
    run = RunningPass.steps

    def held_up(this: RunningPass) -> Any:
        begun.append(this)
        assert all_asked.wait(PATIENCE)
        yield from run(this)

    monkeypatch.setattr(RunningPass, "steps", held_up)
    number = next(number for number, fn in tab.page.fns.items() if fn.name == "write")
    inputs = [None, "greedy", 1, 0, False, None, None]
    for _ in range(ASKED):
        tab.join(number, inputs)
    all_asked.set()
    told = follow(tab.browser, tab.name, events=ASKED)
    assert len([one for one in told if one["msg"] == "process_completed"]) == ASKED
    assert len(begun) <= AT_ONCE + 1
    assert tab.session.drafts["state"] == "finished"
