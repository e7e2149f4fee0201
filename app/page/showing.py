"""Who read first is shown what the machine says, once they ask for it; what they had written by then is recorded."""

import logging
from dataclasses import replace
from datetime import UTC, datetime

import gradio as gr

from app.page.case_opening import case_of
from app.page.drafting import Shown, shown
from app.page.messages import MachineWanted
from app.page.session import ReadingSession
from app.records import RecordStore
from app.refusals import sentence_for_reader
from app.visitors import Visitors

logger = logging.getLogger(__name__)

INTERNAL_ERROR = "Not shown because of an internal error, which the server's log describes."


class MachineShowing:
    """Ends the withholding of one film, for good. What cannot be recorded is not shown, or it would be called blind."""

    EVENTS = ("machine_wanted",)

    def __init__(self, store: RecordStore, visitors: Visitors) -> None:
        self.store = store
        self.visitors = visitors

    def show(self, session: ReadingSession, request: gr.Request, event: gr.EventData) -> Shown:
        """Show gaze, findings and drafts of the film, as far as they are made. Returns all that the page shows."""
        wanted = MachineWanted.of(event)
        reader = self.visitors.of(request).reader
        with session.lock:
            is_here = session.frontal is not None and session.frontal.pixels_token == wanted.film
            if is_here and session.withholds:
                self._show(session, reader, wanted.text)
        return shown(session)

    def _show(self, session: ReadingSession, reader: str, text: str) -> None:
        """Also where nothing is written yet: the gaze may be there, and drafts that nobody waits for are never kept."""
        if session.read_first is None:
            return
        read_first = replace(session.read_first, shown_at=datetime.now(UTC), text=text)
        try:
            case_id = case_of(session, self.store, reader, read_first)
            self.store.keep_read_first(case_id, reader, read_first)
            session.read_first, session.not_shown = read_first, None
        except Exception as error:
            session.not_shown = sentence_for_reader(error, logger, "What was withheld stays so", INTERNAL_ERROR)
        session.tell_drafts(session.drafts)
