"""Edits as they are typed, corrections as they are signed off, and the list of them."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any

import gradio as gr

from app.page.findings_panel import Panel, findings_value
from app.page.messages import EditChanged, EditSubmitted, PageLeft
from app.page.session import EditState, ReadingSession
from app.records import (
    CorrectionSummary,
    EventKind,
    Reason,
    RecordStore,
    StaleEdit,
)
from app.records.text import MOST_CHARACTERS
from app.refusals import sentence_for_reader
from app.visitors import Visitors

logger = logging.getLogger(__name__)

INTERNAL_ERROR = "Not saved because of an internal error, which the server's log describes. Your text is still here."
OVERTAKEN = "Not submitted, because your text has changed since. Please submit it as it stands now."
GONE = "These drafts are no longer open here. Copy your text and write the drafts again."


class EditKeeper:
    """Stores what the reader types and signs off, and lists what they signed off before."""

    def __init__(self, store: RecordStore, visitors: Visitors) -> None:
        self.store = store
        self.visitors = visitors

    def save(self, session: ReadingSession, request: gr.Request, event: gr.EventData) -> tuple[dict[str, Any], Panel]:
        """Keep the text as it stands, and the reasons. Returns what the edit box and the panel of findings are told."""
        edit = EditChanged.of(event)
        answer = self._guarded(session, edit, self.visitors.of(request).reader)
        return editor_value(answer), self._heard(session, edit)

    def submit(
        self, session: ReadingSession, request: gr.Request, event: gr.EventData
    ) -> tuple[dict[str, Any], dict[str, Any], Panel]:
        """Sign the text off. Returns what the edit box, the list of corrections and the panel of findings are told."""
        edit = EditSubmitted.of(event)
        reader = self.visitors.of(request).reader
        answer = self._guarded(session, edit, reader)
        return editor_value(answer), self._listed(reader), self._heard(session, edit)

    def keep_left(self, session: ReadingSession, request: gr.Request, event: gr.EventData) -> None:
        """Keep texts of a page that is being left in their order: of the same drafts none before the one before it.

        A page that is not left after all sends each of them again, and is answered then.
        """
        reader = self.visitors.of(request).reader
        unkept: set[str] = set()
        for edit in PageLeft.of(event).texts:
            if edit.drafts_id not in unkept and self._guarded(session, edit, reader)["failure"] is not None:
                unkept.add(edit.drafts_id)

    @staticmethod
    def _heard(session: ReadingSession, edit: EditChanged) -> Panel:
        """The panel of findings, with the reader's text compared to the classifier, where this tab's film is known."""
        with session.lock:
            if session.frontal is None:
                return gr.skip()
            if len(edit.text) <= MOST_CHARACTERS:  # a longer one was refused, and takes too long to compare
                session.findings.hear_text(edit.text, edit.drafts_id, edit.sequence)
            return findings_value(session)

    def listed(self, request: gr.Request) -> dict[str, Any]:
        """The reader's corrections when the page is opened."""
        return self._listed(self.visitors.of(request).reader)

    def _listed(self, reader: str) -> dict[str, Any]:
        listed, count = self.store.corrections(reader), self.store.count_corrections(reader)
        return corrections_value(listed, count, self.store.judged_studies(reader))

    def _write(self, edit: EditChanged, reader: str, state: EditState) -> None:
        """Store the edit as what it is: signed off, or saved."""
        if isinstance(edit, EditSubmitted):
            self.store.submit(
                edit.drafts_id, reader, edit.text, edit.started_from, edit.reasons, state.revision, note=edit.note
            )
            state.submitted.add(edit.sequence)
            self._follow_up(edit, reader, state)
        else:
            state.revision = self._saved(edit, reader, state)
            self.store.give_reasons(edit.drafts_id, reader, edit.reasons, note=edit.note)
            state.signed_off = self.store.signed_off_revision(edit.drafts_id, reader)

    def _saved(self, edit: EditChanged, reader: str, state: EditState) -> int:
        return self.store.save_revision(edit.drafts_id, reader, edit.text, edit.started_from, state.revision)

    def _follow_up(self, edit: EditSubmitted, reader: str, state: EditState) -> None:
        """What is kept after a submission is stored; if this fails, the reader is still told that it was stored."""
        try:
            state.revision = self._saved(edit, reader, state)  # the number under which the submission kept the text
            state.signed_off = state.revision
            self._record_keystrokes(edit, reader)
        except Exception:
            logger.exception("What follows a submission could not be kept")

    def _record_keystrokes(self, edit: EditSubmitted, reader: str) -> None:
        """How long the reader wrote is what reading studies measure."""
        moments = {
            EventKind.FIRST_KEYSTROKE: edit.first_key_seconds_ago,
            EventKind.LAST_KEYSTROKE: edit.last_key_seconds_ago,
        }
        for kind, seconds_ago in moments.items():
            if seconds_ago is not None:
                details = {"seconds_before_submission": round(seconds_ago, 2)}
                self.store.record_event(reader, kind, drafts_id=edit.drafts_id, details=details)

    def _guarded(self, session: ReadingSession, edit: EditChanged, reader: str) -> dict[str, Any]:
        """Store the edit unless a later one of this tab is stored already. Returns the answer for the edit box."""
        with session.lock:
            if session.frontal is None:  # it was let go; whose drafts they are stands in the records
                session.edits.setdefault(edit.drafts_id, EditState(edit.revision))
            state = session.edits.get(edit.drafts_id)
            failure = GONE if state is None else self._failure(edit, reader, state)
            stale = state.refused.get(edit.sequence) if state else None
            return {
                "sequence": edit.sequence,
                "drafts_id": edit.drafts_id,
                "revision": state.revision if state else None,
                "failure": failure,
                "signed_off": state.signed_off if state else None,
                "newer": asdict(stale.newer) if stale else None,
                "submitted": state is not None and edit.sequence in state.submitted,
                "number": session.next_number(),  # of what is told twice, the page hears once: it may have failed again
            }

    def _failure(self, edit: EditChanged, reader: str, state: EditState) -> str | None:
        """What kept the edit from being stored, as a sentence for the reader; None when it is stored."""
        if edit.sequence in state.refused:  # sent again by the page, not by a reader who has seen what changed
            return str(state.refused[edit.sequence])
        if edit.sequence <= state.sequence:
            is_lost = isinstance(edit, EditSubmitted) and edit.sequence not in state.submitted
            return OVERTAKEN if is_lost else None
        # A reader who was shown a newer text and keeps theirs says so by its revision.
        state.revision = max(state.revision, edit.revision)
        try:
            self._write(edit, reader, state)
            state.sequence = edit.sequence
        except StaleEdit as stale:
            state.sequence = edit.sequence
            state.refused[edit.sequence] = stale
            return str(stale)
        except Exception as error:
            return sentence_for_reader(error, logger, "An edit could not be saved", INTERNAL_ERROR)
        return None


def editor_value(answer: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the edit box is told: the reasons to choose from and the answer to its last save."""
    return {"reasons": [(reason.value, reason.label) for reason in Reason], "answer": answer}


def corrections_value(
    corrections: Sequence[CorrectionSummary] = (), count: int = 0, judged_studies: int = 0
) -> dict[str, Any]:
    """What the list of corrections shows: the last ones, how many there are, and of how many studies verdicts alone."""
    listed = [
        {
            "study": correction.study,
            "submitted_at": correction.submitted_at.replace(tzinfo=correction.submitted_at.tzinfo or UTC).isoformat(),
            "started_from": correction.started_from.value,
            "reasons": [_named(reason, correction.note) for reason in correction.reasons],
            "corrected": correction.corrected,
        }
        for correction in corrections
    ]
    return {"corrections": listed, "count": count, "judged_studies": judged_studies}


def _named(reason: Reason, note: str) -> str:
    return f"{reason.label}: {note}" if reason is Reason.OTHER and note else reason.label
