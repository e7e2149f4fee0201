"""Tabs that were closed: what Gradio keeps of them is let go when nobody has come back to it."""

from collections.abc import Container
from datetime import datetime, timedelta

import gradio as gr

KEPT_AFTER_CLOSING = timedelta(hours=1)
"""Since a tab was last heard of: a laptop that slept, or lost its network, finds its film again."""


def release_closed_tabs(page: gr.Blocks, open_tabs: Container[str], kept: timedelta = KEPT_AFTER_CLOSING) -> None:
    """Close and forget every tab that is not among the open ones and was not heard of for as long as `kept`.

    Gradio has a lifetime for states of its own, but it starts when an event last returned the state; once it is over, a
    tab that lost its heartbeat and is still in use would be emptied under the reader's hands. Here every event of the
    tab is a sign of life. Nor does Gradio know of a tab as closed whose heartbeat never began, as none does on a page
    from before the server was started anew. With the state goes what Gradio remembers as the values of the page's
    parts: drafts, gaze and facts of the film.
    """
    tabs = page.state_holder
    for name, tab in list(tabs.session_data.items()):
        now = datetime.now()
        last_heard_of = tabs.time_last_used.get(name, now)  # Gradio notes a tab, and a moment later when
        if name in open_tabs or now - last_heard_of < kept:
            continue
        with tabs.lock:
            tabs.session_data.pop(name, None)
            tabs.time_last_used.pop(name, None)
        for part, value in list(tab.state_data.items()):
            if isinstance(state := tab.blocks_config.blocks.get(part), gr.State):
                state.delete_callback(value)
