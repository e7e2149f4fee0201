"""One pass of the model as it runs: gaze, findings, both drafts word by word, and what is kept of them."""

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.page.case_opening import case_of
from app.page.draft_panel import finished_sentence
from app.page.draft_pass import Pass
from app.page.session import EditState, ReadingSession
from app.records import DraftPair, EventKind, GazeQuery, RecordStore
from gaze2report_core.gaze import GazeSource, Scanpath

if TYPE_CHECKING:
    from gaze2report_core.examination import Comparison
    from gaze2report_core.pipeline import Gaze2ReportPipeline

BETWEEN_UPDATES = 0.06
"""Seconds; more often than this nobody reads."""


class ReaderGone(Exception):
    """The sign-in of the reader for whom a pass runs has ended."""


@dataclass(frozen=True)
class GazeOfPass:
    """The gaze that the drafts are written with, and what it was predicted for, if anything was asked."""

    scanpath: Scanpath
    asked: GazeQuery | None


class RunningPass:
    """Runs beside other events of its tab. As soon as another film or pass has taken its place, it changes nothing.

    `is_here` tells whether its reader may still be here.
    """

    def __init__(
        self,
        pipeline: "Gaze2ReportPipeline",
        store: RecordStore,
        session: ReadingSession,
        this_pass: Pass,
        is_here: Callable[[], bool],
    ) -> None:
        self.pipeline = pipeline
        self.store = store
        self.session = session
        self.this_pass = this_pass
        self.is_here = is_here
        self._was_left = False

    def steps(self) -> Generator[None, None, None]:
        """Run to the end; yields whenever the page should show how far it is. Closing it stops the computing.

        While a beam search is under way it yields nothing: that is ended by the event `stop` of the pass. Raises
        `ReaderGone`, and then keeps nothing.
        """
        gaze = self._gaze()
        if gaze is None:
            return
        self._make_sure_of_the_reader()
        yield
        if not self._find(gaze.scanpath):
            return
        self._make_sure_of_the_reader()
        yield
        comparison = yield from self._write(gaze.scanpath)
        self._make_sure_of_the_reader()
        with self.session.lock:
            if self.session.is_writing(self.this_pass.stop):
                self._end(comparison, gaze.asked)

    def _make_sure_of_the_reader(self) -> None:
        if self._is_left():
            raise ReaderGone

    def _must_stop(self) -> bool:
        """Asked before every token, in a beam search too."""
        return self.this_pass.stop.is_set() or self._is_left()

    def _is_left(self) -> bool:
        """Whether the reader is gone, or was for a moment: what that cut off was not stopped by the reader."""
        self._was_left = self._was_left or not self.is_here()
        return self._was_left

    @property
    def _sentence(self) -> str:
        if self.this_pass.settings.method == "beam":
            return "Searching for the likeliest reports…"
        held = " Words may change once more at the end." if self.pipeline.hears_findings else ""
        return f"Writing…{held}"

    def _show(self, comparison: "Comparison | None" = None) -> bool:
        """Show the drafts so far. Returns whether this is still the tab's pass."""
        with self.session.lock:
            is_current = self.session.is_writing(self.this_pass.stop)
            if is_current:
                self.session.show_drafts("writing", self._sentence, comparison)
            return is_current

    def _gaze(self) -> GazeOfPass | None:
        """The gaze on the film, predicted where there is none yet; nothing where this is no longer the tab's pass."""
        known = self.session.scanpath
        gaze = known if known is not None else self._predicted_gaze()
        with self.session.lock:
            if not self._show():
                return None
            if self.session.scanpath is None:
                self.session.gaze.adopt(gaze)
            else:
                gaze = self.session.scanpath  # steered meanwhile, perhaps
            return GazeOfPass(gaze, self.session.gaze.asked)

    def _predicted_gaze(self) -> Scanpath:
        """Gaze is predicted for frontal films only; a lateral alone is read without it."""
        frontal = self.this_pass.examination.frontal
        return Scanpath.empty(GazeSource.PREDICTED) if frontal is None else self.pipeline.predict_gaze(frontal)

    def _find(self, gaze: Scanpath) -> bool:
        """Read the findings, where the model has a classifier. Returns whether this is still the tab's pass."""
        reading = self.pipeline.find(self.this_pass.examination, gaze) if self.pipeline.has_findings else None
        with self.session.lock:
            is_current = self.session.is_writing(self.this_pass.stop)
            if is_current:
                self.session.findings.reading = reading
            return is_current

    def _write(self, gaze: Scanpath) -> Generator[None, None, "Comparison | None"]:
        """Write both drafts until they end, or the reader stops them or is gone. Returns how far they came."""
        comparison: Comparison | None = None
        shown_at = time.monotonic()
        asked = self.this_pass
        words = self.pipeline.compare(asked.examination, gaze, settings=asked.settings, stop=self._must_stop)
        with closing(words) as comparisons:
            for comparison in comparisons:
                if time.monotonic() - shown_at >= BETWEEN_UPDATES:
                    self._show(comparison)
                    yield
                    shown_at = time.monotonic()
        return comparison

    def _end(self, comparison: "Comparison | None", asked: GazeQuery | None) -> None:
        session = self.session
        if comparison is None:
            session.show_drafts("stopped", "Stopped before the first word.")
            return
        drafts_id, request = self._keep(comparison, asked), self.this_pass.request
        if comparison.finished:
            sentence = finished_sentence(comparison)
            session.show_drafts("finished", sentence, comparison, drafts_id=drafts_id, request=request, asked=asked)
        else:
            self.store.record_event(self.this_pass.reader, EventKind.GENERATION_STOPPED, drafts_id=drafts_id)
            sentence = "Stopped. What was written can be edited."
            session.show_drafts("stopped", sentence, comparison, drafts_id=drafts_id, request=request, asked=asked)

    def _keep(self, comparison: "Comparison", asked: GazeQuery | None) -> str:
        """Store the drafts, with their films if these are not stored yet. Returns the drafts' id."""
        session, reader = self.session, self.this_pass.reader
        pair = DraftPair(
            gaze_on=comparison.gaze_on,
            gaze_off=comparison.gaze_off,
            scanpath=comparison.scanpath,
            model_id=self.pipeline.model_id,
            model_revision=self.pipeline.revision,
            settings=self.this_pass.kept_settings(comparison),
            started_at=self.this_pass.started_at,
            findings=session.findings.reading,
            confirmed=self.this_pass.begun.confirmed,
            sides=self.this_pass.begun.sides,
            asked=asked,
        )
        case_id = case_of(session, self.store, reader, session.read_first)
        drafts_id = self.store.add_drafts(case_id, reader, pair)
        session.edits[drafts_id] = EditState()
        session.findings.drafts_ids.add(drafts_id)
        return drafts_id
