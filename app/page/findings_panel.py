"""The panel of findings: what the classifier gives, confirmed or rejected by the reader, beside what the texts say."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from app.page.film_findings import FilmFindings, PanelState
from app.page.messages import FindingJudged
from app.page.session import ReadingSession
from app.records import RecordStore, Word
from app.refusals import sentence_for_reader
from app.visitors import Visitors
from gaze2report_core.findings import Finding

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
        if session.withholds:
            return FilmFindings().to_dict("withheld", film, {}) | {"number": session.next_number()}
        return session.findings.to_dict(_state(session), film, texts) | {"number": session.next_number()}


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
        """Keep that the reader confirmed or rejected a finding, said its side, or took that back; drafts are then due.

        No draft can be written of a film that has a finding and none: what was confirmed before and contradicts what is
        confirmed now is taken back, and the reader told so.
        """
        said = FindingJudged.of(event)
        reader = self.visitors.of(request).reader
        with session.lock:
            findings = session.findings
            is_here = session.frontal is not None and session.frontal.pixels_token == said.film
            if is_here and said.sequence > findings.judged:
                findings.judged = said.sequence
                taken_back = findings.contradicted_by(said.finding, said.verdict)
                words = {**dict.fromkeys(taken_back, Word()), said.finding: said.word}
                findings.failure = self._keep(session, reader, words)
                findings.remark = "" if findings.failure else remark_about(said.finding, taken_back)
            return findings_value(session)

    def _keep(self, session: ReadingSession, reader: str, words: Mapping[Finding, Word]) -> str | None:
        """Keep one word after the other, and return what kept one from being stored.

        Verdicts on a film without a case yet are stored when it opens.
        """
        try:
            for finding, word in words.items():
                if session.case_id is not None:
                    self.store.give_verdict(session.case_id, reader, finding, word)
                session.findings.words[finding] = word
                session.needs_drafts = True
        except Exception as error:
            return sentence_for_reader(error, logger, "A verdict could not be kept", INTERNAL_ERROR)
        return None


def remark_about(confirmed: Finding, taken_back: Sequence[Finding]) -> str:
    """What else the reader's word does, such as `You confirmed No Finding, so Edema is undecided again.`"""
    if not taken_back:
        return ""
    *others, last = taken_back
    names = f"{', '.join(others)} and {last} are" if others else f"{last} is"
    return f"You confirmed {confirmed}, so {names} undecided again."
