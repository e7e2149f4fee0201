"""Who has their turn when, where more come than can have it at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from app.web.fair_turns import FairTurns, TooManyWait, place_of


@dataclass
class Queue:
    """Those who came, in the order in which their turns began; a turn ends when it is told to."""

    turns: FairTurns
    begun: list[str] = field(default_factory=list)
    sent_away: list[str] = field(default_factory=list)
    _ends: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def come(self, *names: str) -> None:
        """Who is called `a2` comes from the place `a`."""
        for name in names:
            self._ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._stay(name))
            await settled()

    async def end(self, *names: str) -> None:
        for name in names:
            self._ends[name].set()
            await settled()

    async def _stay(self, name: str) -> None:
        try:
            async with self.turns.turn(name[0]):
                self.begun.append(name)
                await self._ends[name].wait()
        except TooManyWait:
            self.sent_away.append(name)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(play: Callable[[Queue], Awaitable[None]], *, at_once: int = 1, most_waiting: int = 3) -> Queue:
    async def play_it() -> Queue:
        queue = Queue(FairTurns(at_once=at_once, most_waiting=most_waiting))
        await play(queue)
        for task in queue.tasks.values():
            task.cancel()
        return queue

    return asyncio.run(play_it())


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("fe80::7%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_all_addresses_that_one_machine_may_have_are_one_place(address: str, place: str) -> None:
    assert place_of(address) == place


def test_few_have_their_turn_at_once_and_the_next_when_one_has_ended() -> None:
    async def play(queue: Queue) -> None:
        await queue.come("a1", "b1", "c1", "d1")
        assert queue.begun == ["a1", "b1"]
        await queue.end("b1")
        assert queue.begun == ["a1", "b1", "c1"]
        await queue.end("a1", "c1", "d1")
        await queue.come("e1", "f1", "g1")
        assert queue.begun[4:] == ["e1", "f1"]

    run(play, at_once=2)


def test_who_waits_alone_does_not_wait_for_all_who_came_before_from_one_place() -> None:
    async def play(queue: Queue) -> None:
        await queue.come("a1", "a2", "a3", "a4", "b1", "b2")
        await queue.end("a1", "a2", "b1", "a3", "b2")

    assert run(play, most_waiting=5).begun == ["a1", "a2", "b1", "a3", "b2", "a4"]


def test_where_no_more_may_wait_the_last_of_a_crowd_gives_way_to_who_comes_from_elsewhere() -> None:
    async def play(queue: Queue) -> None:
        await queue.come("a0", "a1", "a2", "a3", "a4")
        assert queue.sent_away == ["a4"]
        await queue.come("b1")
        assert queue.sent_away == ["a4", "a3"]
        await queue.come("b2")
        assert queue.sent_away == ["a4", "a3", "b2"], "who gave way would be as alone as who came"
        await queue.come("c1")
        assert queue.sent_away == ["a4", "a3", "b2", "a2"], "two are a crowd to who has nobody there"
        await queue.end("a0", "a1", "b1", "c1")
        await queue.come("d1")

    assert run(play).begun == ["a0", "a1", "b1", "c1", "d1"]


def test_who_goes_in_the_moment_in_which_they_are_sent_away_leaves_no_turn_to_anybody() -> None:
    async def play(queue: Queue) -> None:
        await queue.come("a0", "a1", "a2")
        coming = asyncio.create_task(queue.come("b1"))
        while len(queue.tasks) < 4:
            await asyncio.sleep(0)
        await asyncio.sleep(0)  # b1 has taken the room of a2, who has not heard of it yet
        queue.tasks["a2"].cancel()
        await coming
        assert queue.sent_away == [] and queue.tasks["a2"].cancelled()
        assert queue.begun == ["a0"]

    run(play, most_waiting=2)


def test_who_goes_while_they_wait_or_are_called_leaves_the_turn_to_the_next() -> None:
    async def play(queue: Queue) -> None:
        async with queue.turns.turn("a"):
            await queue.come("b1", "c1", "d1")
            queue.tasks["b1"].cancel()
            await settled()
        queue.tasks["c1"].cancel()  # who has been called, but has not heard of it yet
        await settled()

    assert run(play).begun == ["d1"]


def test_a_turn_ends_with_an_error_too() -> None:
    async def play(queue: Queue) -> None:
        with pytest.raises(ZeroDivisionError):
            async with queue.turns.turn("a"):
                raise ZeroDivisionError
        await queue.come("b1")

    assert run(play).begun == ["b1"]
