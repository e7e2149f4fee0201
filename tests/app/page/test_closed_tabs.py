"""Tabs that are closed, on a real server with a real heartbeat: their films go, and nobody else's."""

from datetime import datetime, timedelta

import gradio as gr
import pytest

from app.page.closed_tabs import release_closed_tabs
from tests.app.page.served_page import Tab

pytestmark = pytest.mark.thorough


def test_a_closed_tab_is_let_go_with_its_films_and_an_open_one_is_not(tab: Tab) -> None:
    with tab.open() as heartbeat:
        tab.open_sample()
        session = tab.session
        assert session.frontal is not None
        release_closed_tabs(tab.page, tab.open_tabs, kept=timedelta(0))
        assert tab.is_known and session.frontal is not None, "the tab is open"
        tab.close(heartbeat)
    release_closed_tabs(tab.page, tab.open_tabs)
    assert tab.is_known and session.frontal is not None, "the reader may come back"
    release_closed_tabs(tab.page, tab.open_tabs, kept=timedelta(0))
    assert not tab.is_known, "neither drafts nor facts of the film are left in what Gradio remembers"
    assert session.films == {} and session.scanpath is None and session.edits == {}


def test_a_tab_that_lost_its_heartbeat_and_works_on_keeps_its_film(tab: Tab) -> None:
    with tab.open() as heartbeat:
        tab.open_sample()
        tab.close(heartbeat)
    session = tab.session
    long_ago = datetime.now() - timedelta(hours=3)
    tab.page.state_holder.time_last_used[tab.name] = long_ago
    tab.trigger("answers_wanted")
    release_closed_tabs(tab.page, tab.open_tabs)
    assert tab.session is session and session.frontal is not None
    tab.page.state_holder.time_last_used[tab.name] = long_ago
    release_closed_tabs(tab.page, tab.open_tabs)
    assert not tab.is_known and session.frontal is None
    tab.open_sample()
    assert tab.session is not session and tab.session.frontal is not None, "a reader who comes back begins anew"


def test_a_tab_whose_heartbeat_never_began_is_let_go_and_one_that_is_open_over_night_is_not(tab: Tab) -> None:
    """A page from before the server was started anew works on without one."""
    tab.open_sample()
    session = tab.session
    release_closed_tabs(tab.page, tab.open_tabs)
    assert session.frontal is not None, "it was heard of just now"
    tab.page.state_holder.time_last_used[tab.name] = datetime.now() - timedelta(hours=12)
    with tab.open() as heartbeat:
        release_closed_tabs(tab.page, tab.open_tabs)
        assert tab.session is session and session.frontal is not None
        tab.close(heartbeat)
    release_closed_tabs(tab.page, tab.open_tabs)
    assert not tab.is_known and session.frontal is None


def test_gradio_itself_lets_no_session_go(tab: Tab) -> None:
    """Its lifetime of a state begins when an event returns it, and ends whether or not the tab works on."""
    returned = {part._id for fn in tab.page.fns.values() for part in fn.outputs}
    states = [number for number, part in tab.page.blocks.items() if isinstance(part, gr.State)]
    assert len(states) == 1 and states[0] not in returned
