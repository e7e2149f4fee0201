"""Tabs that were closed: what Gradio keeps of them is let go when nobody has come back to it."""

from datetime import datetime, timedelta

import gradio as gr

KEPT_AFTER_CLOSING = timedelta(hours=1)
"""Since a tab was last heard of: a laptop that slept, or lost its network, finds its film again."""


def release_closed_tabs(page: gr.Blocks, kept: timedelta = KEPT_AFTER_CLOSING) -> None:
    """Close and forget every tab whose heartbeat has ended and that was not heard of for as long as `kept`.

    Gradio has a lifetime for states of its own, but it starts when an event last returned the state; once it is over, a
    tab that lost its heartbeat and is still in use would be emptied under the reader's hands. Here every event of the
    tab is a sign of life. With the state goes what Gradio remembers as the values of the page's parts: drafts, gaze and
    facts of the film.
    """
    tabs = page.state_holder
    for name, tab in list(tabs.session_data.items()):
        last_heard_of = tabs.time_last_used.get(name, datetime.min)
        if not tab.is_closed or datetime.now() - last_heard_of < kept:
            continue
        with tabs.lock:
            tabs.session_data.pop(name, None)
            tabs.time_last_used.pop(name, None)
        for part, value in list(tab.state_data.items()):
            if isinstance(state := tab.blocks_config.blocks.get(part), gr.State):
                state.delete_callback(value)
