"""Turns at what is dear, one for each who waits from one place after another, however many wait there."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Network, ip_address


def place_of(address: str) -> str:
    """Where somebody comes from: of IPv6 the network of 64 bits, all of whose addresses one machine may have."""
    try:
        told = ip_address(address)
    except ValueError:  # there is none, as behind a socket in a file
        return address
    if isinstance(told, IPv4Address):
        return str(told)
    return str(told.ipv4_mapped or IPv6Network((int(told), 64), strict=False))


class TooManyWait(RuntimeError):
    """More wait already than are let wait."""

    def __init__(self) -> None:
        super().__init__("Too many are signing in at this moment. Please try again in a few seconds.")


class FairTurns:
    """`at_once` have their turn at the same time, and `most_waiting` may wait, by the place that they come from.

    Who comes from one where fewer wait takes the room of the last one where most do. Only the event loop asks.
    """

    def __init__(self, *, at_once: int, most_waiting: int) -> None:
        self._free = at_once
        self._most_waiting = most_waiting
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, place: str) -> AsyncIterator[None]:
        """From when the turn comes until it is over. Raises `TooManyWait`, also after a while."""
        await self._come(place)
        try:
            yield
        finally:
            self._pass_on()

    async def _come(self, place: str) -> None:
        if self._free:
            self._free -= 1
            return
        if sum(map(len, self._waiting.values())) >= self._most_waiting:
            self._make_room_for(place)
        called = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(place, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if not called.cancelled() and called.exception() is None:  # called in the same moment
                self._pass_on()
            raise

    def _make_room_for(self, place: str) -> None:
        crowd = max(self._waiting.values(), key=len)
        if len(crowd) <= len(self._waiting.get(place, ())) + 1:
            raise TooManyWait
        last = crowd.pop()
        if not last.done():
            last.set_exception(TooManyWait())

    def _pass_on(self) -> None:
        while self._waiting:
            place, those_there = self._waiting.popitem(last=False)
            called = those_there.popleft()
            if those_there:
                self._waiting[place] = those_there  # behind all others
            if not called.done():
                called.set_result(None)
                return
        self._free += 1
