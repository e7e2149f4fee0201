"""Drafts that wait for their turn: of those that one tab asks for, only the last are written."""

import gradio as gr

WRITING_QUEUE = "writing"
"""What Gradio calls the queue in which they wait."""


class WaitingDrafts:
    """What waits in Gradio's queue of a page. A reader who asks many times would else keep all others from theirs."""

    def __init__(self, page: gr.Blocks) -> None:
        self.page = page

    def overtake(self, request: gr.Request) -> bool:
        """Whether the tab of this event has asked for drafts once more since, which takes this one's place."""
        waiting = self.page._queue.event_queue_per_concurrency_id[WRITING_QUEUE].queue
        return any(one.session_hash == request.session_hash and one.fn.name == "write" for one in list(waiting))
