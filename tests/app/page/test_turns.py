"""Readers have their turns one after the other, however much one of them asks for."""

import asyncio
import random
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest

from app.page import turns
from app.page.turns import Turns, take_turns
from tests.app.page.served_page import Tab


def event(name: str) -> Any:
    """The event `a1` is the first of the reader `a`."""
    return SimpleNamespace(name=name, username=name[0])


def waiting(*names: str) -> Turns:
    asked = Turns()
    for name in names:
        asked.append(event(name))
    return asked


@pytest.mark.parametrize(
    ("asked", "in_turn"),
    [
        ("a1 a2 a3 a4", "a1 a2 a3 a4"),
        ("a1 a2 a3 b1", "a1 b1 a2 a3"),
        ("a1 a2 a3 b1 b2 c1", "a1 b1 c1 a2 b2 a3"),
        ("a1 b1 a2 b2", "a1 b1 a2 b2"),
        ("a1 b1 c1 a2 a3 b2", "a1 b1 c1 a2 b2 a3"),
    ],
)
def test_readers_have_their_turns_one_after_the_other(asked: str, in_turn: str) -> None:
    assert [one.name for one in waiting(*asked.split())] == in_turn.split()  # type: ignore[attr-defined]


def test_the_next_of_each_reader_is_overtaken_by_none_and_each_readers_own_stays_in_order() -> None:
    chance = random.Random(1)  # noqa: S311
    asked, served = Turns(), []
    for number in range(2000):
        before = [one.username for one in asked]
        next_of_each = [one for place, one in enumerate(asked) if one.username not in before[:place]]
        if asked and chance.random() < 0.45:
            gone = chance.choice(asked) if chance.random() < 0.1 else asked[0]
            served.append(gone)
            asked.remove(gone)
        else:
            asked.append(event(f"{chance.choice('aaaaabc')}{number}"))
        still_there = [one for one in asked if one in next_of_each]
        assert still_there == [one for one in next_of_each if one in asked]
    for reader in "abc":
        numbers = [int(one.name[1:]) for one in asked if one.username == reader]  # type: ignore[attr-defined]
        assert numbers == sorted(numbers)
    assert len(served) > 500


def test_whoever_takes_a_message_back_keeps_none_further_behind() -> None:
    asked = waiting("a1", "b1", "a2", "b2", "a3", "b3")
    for name in ("b1", "b2"):
        asked.remove(next(one for one in asked if one.name == name))  # type: ignore[attr-defined]
    assert [one.name for one in asked] == ["a1", "b3", "a2", "a3"]  # type: ignore[attr-defined]


def a_page() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as page:
        button = gr.Button()
        for queue in ("reading", "reading", "keeping"):
            button.click(print, None, None, concurrency_id=queue)
    take_turns(page)
    return page


async def is_taken(page: gr.Blocks, reader: str, handler: int) -> bool:
    body: Any = SimpleNamespace(fn_index=handler, session_hash=f"tab of {reader}", event_id=None)
    taken, said, _ = await page._queue.push(body=body, request=None, username=reader)  # type: ignore[arg-type]
    assert taken or said == turns.TOO_MANY_WAIT
    return taken


def test_a_page_takes_no_more_than_so_much_of_a_reader_in_each_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_WAITING", 3)

    async def asked() -> list[bool]:
        page = a_page()  # within a loop, since Gradio would otherwise make one of its own and leave it open
        taken = [await is_taken(page, "ada", handler) for handler in (0, 1, 0, 1, 2)]
        taken.append(await is_taken(page, "bob", 0))
        queue = page._queue.event_queue_per_concurrency_id["reading"].queue
        assert [one.username for one in queue] == ["ada", "bob", "ada", "ada"]
        return taken

    assert asyncio.run(asked()) == [True, True, True, False, True, True]


@pytest.mark.thorough
def test_the_page_tells_who_asks_for_too_much_and_what_then(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    tab.open_sample()
    monkeypatch.setattr(turns, "MOST_WAITING", 0)
    with pytest.raises(httpx.HTTPStatusError) as refused:
        tab.open_sample()
    assert refused.value.response.json() == {"detail": turns.TOO_MANY_WAIT}
