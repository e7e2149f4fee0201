"""Gaze and both drafts as they are written, word by word, until they end or the reader stops them."""

import logging
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import gradio as gr

from app.page.draft_panel import finished_sentence
from app.page.draft_pass import Controls, Pass
from app.page.findings_panel import findings_value
from app.page.gaze_messages import SteeredGaze
from app.page.indication import indication_for
from app.page.session import EditState, ReadingSession
from app.page.viewer import viewer_value
from app.records import DraftPair, EventKind, GazeQuery, RecordStore
from app.refusals import is_refusal
from app.visitors import Visitors
from gaze2report_core.gaze import GazeSource, Scanpath

if TYPE_CHECKING:
    from gaze2report_core.findings.reading import FindingsReading
    from gaze2report_core.pipeline import Gaze2ReportPipeline
    from gaze2report_core.reading import Comparison

logger = logging.getLogger(__name__)

BETWEEN_UPDATES = 0.06
"""Seconds; more often than this nobody reads."""

INTERNAL_ERROR = "The drafts could not be written because of an internal error, which the server's log describes."

Shown = tuple[Any, Any, Any, Any, Any]
"""What the drafts, the viewer, the findings, the button that writes again and the button that stops show."""


def shown(session: ReadingSession) -> Shown:
    """The page as this tab stands. Always the whole of it, so that no late answer of an earlier event lingers."""
    with session.lock:
        buttons = gr.update(interactive=session.may_write), gr.update(interactive=session.may_stop)
        return session.drafts, viewer_value(session), findings_value(session), *buttons


class DraftWriter:
    """Answers the page's events; of the controls, which come as `Controls` names them, each pass is told anew."""

    def __init__(self, pipeline: "Gaze2ReportPipeline", store: RecordStore, visitors: Visitors) -> None:
        self.pipeline = pipeline
        self.store = store
        self.visitors = visitors

    def write_if_due(self, session: ReadingSession, request: gr.Request, *controls: Any) -> Iterator[Shown]:
        """Write the drafts if a film has just been opened or a finding judged; what was refused changes nothing."""
        if session.needs_drafts:
            yield from self.write(session, request, *controls)
        yield shown(session)

    def write(self, session: ReadingSession, request: gr.Request, *controls: Any) -> Iterator[Shown]:
        """Write both drafts of the film on the screen and keep them, with the gaze in hand where the controls say it.

        Closing the iterator stops the computing.
        """
        with session.lock:
            frontal, lateral, confirmed = session.frontal, session.lateral, session.findings.confirmed
            stop = session.begin_writing() if frontal is not None else None
            if stop is not None:
                session.show_drafts("waiting", "Predicting where a radiologist would look…")
        if frontal is not None and stop is not None:
            try:
                yield shown(session)  # before anything can fail: see `app.page.indication`
                said = Controls(*controls)
                if said.steered is not None:
                    session.steer(SteeredGaze.model_validate(said.steered))
                indication = indication_for(frontal.pixels_token, said.indication)
                reader = self.visitors.of(request).reader
                this_pass = Pass(reader, frontal, lateral, said.settings, confirmed, stop, indication)
                with closing(self._write(session, this_pass)) as steps:
                    for _ in steps:
                        yield shown(session)
            except Exception as error:
                if not is_refusal(error):
                    logger.exception("The drafts could not be written")
                self._fail(session, stop, str(error) if is_refusal(error) else INTERNAL_ERROR)
            finally:
                session.end_writing(stop)
        yield shown(session)

    def _fail(self, session: ReadingSession, stop: threading.Event, sentence: str) -> None:
        with session.lock:
            if session.is_writing(stop):
                session.show_drafts("failed", sentence)

    def _write(self, session: ReadingSession, this_pass: Pass) -> Generator[None, None, None]:
        """Do the pass; yields whenever the page should show how far it is."""

        def show(*what: Any) -> bool:
            """Show the drafts so, unless another film or pass has taken this one's place."""
            with session.lock:
                if session.is_writing(this_pass.stop):
                    session.show_drafts(*what)
                return session.is_writing(this_pass.stop)

        known = session.scanpath
        gaze = known if known is not None else self._predicted_gaze(this_pass)
        sentence = "Searching for the likeliest reports…" if this_pass.settings.method == "beam" else "Writing…"
        with session.lock:
            if not show("writing", sentence):
                return
            if session.scanpath is None:
                session.gaze.adopt(gaze)
            else:
                gaze = session.scanpath  # steered meanwhile, perhaps
            asked = session.gaze.asked
        yield
        findings = self._findings(this_pass, gaze)
        with session.lock:
            if not session.is_writing(this_pass.stop):
                return
            session.findings.reading = findings
        yield
        comparison: Comparison | None = None
        shown_at = time.monotonic()
        with closing(self._comparisons(this_pass, gaze)) as comparisons:
            for comparison in comparisons:
                if this_pass.stop.is_set():
                    break
                if time.monotonic() - shown_at >= BETWEEN_UPDATES:
                    show("writing", sentence, comparison)
                    yield
                    shown_at = time.monotonic()
        with session.lock:
            if session.is_writing(this_pass.stop):
                self._end(session, this_pass, comparison, asked)

    def _comparisons(self, this_pass: Pass, gaze: Scanpath) -> Generator["Comparison", None, None]:
        pairs = self.pipeline.compare(this_pass.examination, gaze, settings=this_pass.settings)
        return cast(Generator["Comparison", None, None], pairs)  # closing it stops the computing

    def _findings(self, this_pass: Pass, gaze: Scanpath) -> "FindingsReading | None":
        """What the classifier gives for these films and this gaze, where the model has one."""
        if not self.pipeline.has_findings:
            return None
        return self.pipeline.find(this_pass.examination, gaze)

    def _predicted_gaze(self, this_pass: Pass) -> Scanpath:
        """Gaze is predicted for frontal films only; a lateral alone is read without it."""
        frontal = this_pass.examination.frontal
        return Scanpath.empty(GazeSource.PREDICTED) if frontal is None else self.pipeline.predict_gaze(frontal)

    def _end(
        self, session: ReadingSession, this_pass: Pass, comparison: "Comparison | None", asked: GazeQuery | None
    ) -> None:
        if comparison is None:
            session.show_drafts("stopped", "Stopped before the first word.")
            return
        drafts_id = self._keep(session, this_pass, comparison, asked)
        if comparison.finished:
            session.show_drafts("finished", finished_sentence(comparison), comparison, drafts_id, asked)
        else:
            self.store.record_event(this_pass.reader, EventKind.GENERATION_STOPPED, drafts_id=drafts_id)
            session.show_drafts("stopped", "Stopped. What was written can be edited.", comparison, drafts_id, asked)

    def _keep(self, session: ReadingSession, this_pass: Pass, comparison: "Comparison", asked: GazeQuery | None) -> str:
        """Store the drafts, and the films when these are their first. Returns the drafts' id."""
        reader = this_pass.reader
        if session.case_id is None:
            lateral = this_pass.lateral.radiograph if this_pass.lateral else None
            session.case_id = self.store.open_case(reader, this_pass.frontal.radiograph, lateral)
            self.store.record_event(reader, EventKind.FILM_OPENED, case_id=session.case_id)
            for finding, verdict in session.findings.verdicts.items():
                self.store.give_verdict(session.case_id, reader, finding, verdict)
        pair = DraftPair(
            gaze_on=comparison.gaze_on,
            gaze_off=comparison.gaze_off,
            scanpath=comparison.scanpath,
            model_id=self.pipeline.model_id,
            model_revision=self.pipeline.revision,
            settings=this_pass.kept_settings(finished=comparison.finished),
            started_at=this_pass.started_at,
            findings=session.findings.reading,
            confirmed=this_pass.confirmed,
            asked=asked,
        )
        drafts_id = self.store.add_drafts(session.case_id, reader, pair)
        session.edits[drafts_id] = EditState()
        session.findings.drafts_ids.add(drafts_id)
        return drafts_id


def stop_writing(session: ReadingSession) -> Any:
    """Stop after the current word. Returns what the button that stops shows from then on."""
    session.stop_writing()
    return gr.update(interactive=session.may_stop)
