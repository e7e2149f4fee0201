"""The panel of findings: what the classifier gives, confirmed or rejected by the reader, beside what the texts say."""

import logging
from typing import Any

import gradio as gr

from app.page.film_findings import PanelState
from app.page.messages import FindingJudged
from app.page.session import ReadingSession
from app.records import RecordStore, RecordsUnavailable, UnknownRecord
from app.visitors import Visitors

logger = logging.getLogger(__name__)

INTERNAL_ERROR = "Your verdict was not kept because of an internal error, which the server's log describes."
NAMES = {"gaze_on": "Gaze on", "gaze_off": "Gaze off"}

Panel = dict[str, Any]


def findings_value(session: ReadingSession) -> Panel:
    """All that the panel shows, ready for JSON."""
    with session.lock:
        drafts = session.drafts
        is_written = drafts["state"] in ("finished", "stopped", "failed")
        texts = {name: "".join(run["text"] for run in drafts[side]) for side, name in NAMES.items() if is_written}
        film = session.frontal.pixels_token if session.frontal else None
        return session.findings.to_dict(_state(session), film, texts)


def _state(session: ReadingSession) -> PanelState:
    if session.frontal is None:
        return "empty"
    return "waiting" if session.findings.reading is None else "ready"


class FindingsPanel:
    """What the reader says of findings. Each answer is the whole of what the panel shows."""

    EVENTS = ("finding_judged",)

    def __init__(self, store: RecordStore, visitors: Visitors) -> None:
        self.store = store
        self.visitors = visitors

    def judge(self, session: ReadingSession, request: gr.Request, event: gr.EventData) -> Panel:
        """Keep that the reader confirmed or rejected a finding, or took that back; the drafts are then due again."""
        said = FindingJudged.of(event)
        reader = self.visitors.of(request).reader
        with session.lock:
            findings = session.findings
            is_here = session.frontal is not None and session.frontal.pixels_token == said.film
            if is_here and said.sequence > findings.judged:
                findings.judged = said.sequence
                findings.failure = self._failure(session, reader, said)
                if findings.failure is None:
                    findings.verdicts[said.finding] = said.verdict
                    session.needs_drafts = True
            return findings_value(session)

    def _failure(self, session: ReadingSession, reader: str, said: FindingJudged) -> str | None:
        """What kept the verdict from being stored; verdicts on a film without a case yet are stored when it opens."""
        try:
            if session.case_id is not None:
                self.store.give_verdict(session.case_id, reader, said.finding, said.verdict)
        except (UnknownRecord, RecordsUnavailable) as refusal:
            return str(refusal)
        except Exception:
            logger.exception("A verdict could not be kept")
            return INTERNAL_ERROR
        return None
