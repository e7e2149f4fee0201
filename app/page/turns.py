"""Whose turn it is: readers have theirs one after the other, however much one of them asks for in however many tabs."""

import functools
from collections import Counter, defaultdict
from typing import Any

import gradio as gr
from gradio.queueing import Event

MOST_WAITING = 40
"""Of one reader, in one of the page's queues. A tab has few there, such as what it asks once more, being unanswered."""

TOO_MANY_WAIT = "The server is still busy with what you asked for in other tabs. Please try again when that is done."


def take_turns(page: gr.Blocks) -> None:
    """Let Gradio's queues of a page, whose events are all there, wait in `Turns`, and take so much of one reader alone.

    More is answered like a message that Gradio does not take, which the page tells its reader.
    """
    queues = page._queue.event_queue_per_concurrency_id
    for handler in page.fns.values():
        page._queue.create_event_queue_for_fn(handler)
    for queue in queues.values():
        queue.queue = Turns(queue.queue)
    push = page._queue.push

    @functools.wraps(push)
    async def push_unless_too_many_wait(body: Any, request: Any, username: str | None) -> Any:
        handler = page.fns.get(body.fn_index)
        if handler is not None:
            waiting = queues[handler.concurrency_id].queue
            if sum(event.username == username for event in waiting) >= MOST_WAITING:
                return False, TOO_MANY_WAIT, "error"
        return await push(body=body, request=request, username=username)

    page._queue.push = push_unless_too_many_wait  # type: ignore[method-assign]


class Turns(list[Event]):
    """What waits, first what is next: the first of each reader's, then the second of each, and so on.

    Gradio takes the first away, and whatever nobody waits for any more; what is new it appends.
    """

    def append(self, event: Event) -> None:
        super().append(event)
        self._put_in_turn()

    def remove(self, event: Event) -> None:
        super().remove(event)
        self._put_in_turn()

    def _put_in_turn(self) -> None:
        """Those that have as many of their own reader's before them stay in their order, as does each reader's own."""
        counted: Counter[str | None] = Counter()
        by_round: defaultdict[int, list[Event]] = defaultdict(list)
        for event in self:
            by_round[counted[event.username]].append(event)
            counted[event.username] += 1
        self[:] = [event for number in sorted(by_round) for event in by_round[number]]
