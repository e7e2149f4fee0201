"""The films that all tabs hold in memory: where they are too many, those that are missed least are let go."""

import threading
from collections.abc import Container, Iterator
from datetime import datetime

import gradio as gr

from app.page.session import ReadingSession
from app.settings import MEBIBYTE

MOST_BYTES = 2048 * MEBIBYTE
"""Eight bytes for each pixel: thirty films of nine megapixels, or four of the largest that are read."""


class HeldFilms:
    """Lets go of films of a page's tabs where all that are held have more than `most_bytes`.

    Those of closed tabs go first, then those of tabs that were not heard of for the longest time. Whoever comes back to
    such a tab is told to open the study again, as after the server was started anew.
    """

    def __init__(self, page: gr.Blocks, open_tabs: Container[str], most_bytes: int = MOST_BYTES) -> None:
        self.page = page
        self.open_tabs = open_tabs
        self.most_bytes = most_bytes
        self._lock = threading.Lock()

    def make_room(self, newcomer: ReadingSession) -> None:
        """Let go of others until the films of this tab fit in. Its lock must not be held: two would wait in a ring."""
        with self._lock:
            others = [session for session in self._sessions() if session is not newcomer]
            held = newcomer.film_bytes + sum(session.film_bytes for session in others)
            for session in others:
                if held <= self.most_bytes:
                    return
                held -= session.film_bytes
                session.let_go()

    def _sessions(self) -> Iterator[ReadingSession]:
        """Of all tabs, the one that is missed least first."""
        tabs = self.page.state_holder
        names = list(tabs.session_data)
        names.sort(key=lambda name: (name in self.open_tabs, tabs.time_last_used.get(name, datetime.max)))
        for name in names:
            if (tab := tabs.session_data.get(name)) is not None:
                yield from (state for state in list(tab.state_data.values()) if isinstance(state, ReadingSession))
