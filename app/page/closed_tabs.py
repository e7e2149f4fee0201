"""Tabs that were closed: what Gradio keeps of them is let go when nobody has come back to it."""

from datetime import datetime, timedelta

import gradio as gr

KEPT_AFTER_CLOSING = timedelta(hours=1)
"""Since a tab was last heard of: a laptop that slept, or lost its network, finds its film again."""


def release_closed_tabs(page: gr.Blocks, kept: timedelta = KEPT_AFTER_CLOSING) -> None:
    """Close and forget every tab whose heartbeat has ended and that was not heard of for as long as `kept`.

    Gradio's own lifetime of a state counts from when an event last returned it, and from then on empties a tab that
    lost its heartbeat once, and works on, under the reader's hands. Here every event of the tab is a sign of life; and
    with its state goes what Gradio remembers as the values of its parts: drafts, gaze and facts of the film.
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
