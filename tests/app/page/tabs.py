"""A page as Gradio keeps it: its tabs by name, each with its session and when it was last heard of."""

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from app.page.held_films import HeldFilms
from app.page.session import ReadingSession


def page_of(tabs: Mapping[str, ReadingSession]) -> Any:
    """Its tabs, of which the first was not heard of for the longest time."""
    session_data = {name: SimpleNamespace(state_data={1: session}) for name, session in tabs.items()}
    heard_of = {name: datetime(2026, 1, 1, hour) for hour, name in enumerate(tabs)}
    return SimpleNamespace(state_holder=SimpleNamespace(session_data=session_data, time_last_used=heard_of))


NOTHING_HELD = HeldFilms(page_of({}), ())
"""No other tab has a film."""
