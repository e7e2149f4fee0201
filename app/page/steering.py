"""Gaze in the reader's hands: steered, asked for, recorded, and taken along."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.page.film_gaze import FilmGaze
from app.page.gaze_exports import export_gaze
from app.page.gaze_messages import (
    ExportWanted,
    GazeAsked,
    GazeRequest,
    ReadersWanted,
    RecordingArrived,
    SteeredGaze,
)
from app.page.sent_recording import read_sent_recording
from app.page.session import OpenFilm, ReadingSession
from app.page.viewer import viewer_value
from app.records import EventKind, RecordStore
from app.refusals import sentence_for_reader
from app.uploads import UploadGone, UploadRefused, UploadStore
from app.visitors import Visitors
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze.recordings import (
    RecordingRefused,
    SeveralRecordings,
    UnknownRecording,
)
from gaze2report_core.gaze_query import caution_about

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

logger = logging.getLogger(__name__)

READERS = 5
"""Other readers on the screen at once; more would hide the film."""

GONE = "This recording is no longer held here. Please choose it again."
NO_TEXT = "This file is no text. Please choose a recording of fixations, such as a CSV with x, y and duration."
WHICH = "This file holds several recordings. Choose the one that is of this film."
NONE_OF_THEM = "This file holds no recording of that name. Choose one from the list, or press Escape to leave it."
MARKED_EDITED = "It is marked as edited here, since a file is no proof of what this model predicted."
INTERNAL_ERROR = "This could not be done because of an internal error, which the server's log describes."

Viewer = dict[str, Any]


class GazeSteering:
    """What the viewer asks for. Each answer is the whole of what the viewer shows."""

    EVENTS = ("gaze_steered", "gaze_asked", "readers_wanted", "recording_arrived", "export_wanted")

    def __init__(
        self,
        pipeline: "Gaze2ReportPipeline",
        store: RecordStore,
        uploads: UploadStore,
        views: UploadStore,
        visitors: Visitors,
    ) -> None:
        self.pipeline = pipeline
        self.store = store
        self.uploads = uploads
        self.views = views
        self.visitors = visitors

    def listen(self, viewer: gr.HTML, session: gr.State, computing: dict[str, Any], keeping: dict[str, Any]) -> None:
        """Answer the viewer's events; `computing` and `keeping` are how many may run at once."""
        viewer.gaze_steered(self.steer, session, None, **keeping)
        viewer.gaze_asked(self.ask, session, viewer, **computing)
        viewer.readers_wanted(self.read_as_others, session, viewer, **computing)
        viewer.recording_arrived(self.take_recording, session, viewer, **computing)
        viewer.export_wanted(self.export, session, viewer, **computing)

    def steer(self, session: ReadingSession, event: gr.EventData) -> None:
        """Use the gaze that the browser shows from now on."""
        session.steer(SteeredGaze.of(event))

    def ask(self, session: ReadingSession, event: gr.EventData) -> Viewer:
        """Predict where a reader would look for what was asked."""
        asked = GazeAsked.of(event)

        def answer(film: OpenFilm, gaze: FilmGaze) -> None:
            with session.lock:
                gaze.want(asked.number)
            scanpath = self.pipeline.predict_gaze(film.radiograph, asked.finding)
            with session.lock:
                if not gaze.want(asked.number):
                    return
                gaze.answer_query(asked.finding, scanpath)
            if (caution := caution_about(asked.finding)) is not None:
                gaze.tell(caution)

        return self._answered(session, asked, answer)

    def read_as_others(self, session: ReadingSession, event: gr.EventData) -> Viewer:
        """Predict several plausible readers, for nobody to see if a later query is answered before they are drawn."""
        wanted = ReadersWanted.of(event)

        def answer(film: OpenFilm, gaze: FilmGaze) -> None:
            answer_before = gaze.answer
            readers = self.pipeline.sample_gaze(film.radiograph, wanted.query, count=READERS, seed=0)
            with session.lock:
                if gaze.answer is answer_before:
                    gaze.readers = readers

        return self._answered(session, wanted, answer)

    def take_recording(self, session: ReadingSession, request: gr.Request, event: gr.EventData) -> Viewer:
        """Replace the gaze by a recording that the browser has sent."""
        arrived = RecordingArrived.of(event)
        visitor = self.visitors.of(request)

        def answer(film: OpenFilm, gaze: FilmGaze) -> None:
            gaze.choice = None
            try:
                sent = self.uploads.read(visitor.session, arrived.token)
                recording = read_sent_recording(sent, film.radiograph.facts, arrived.recording)
            except SeveralRecordings as several:
                gaze.ask_which(arrived.token, several.names)
                unknown = isinstance(several, UnknownRecording)
                gaze.tell(NONE_OF_THEM if unknown else WHICH, refused=unknown)
                return  # the file waits until one is chosen
            except UploadGone:
                gaze.tell(GONE, refused=True)
            except UnicodeDecodeError:
                gaze.tell(NO_TEXT, refused=True)
            except RecordingRefused as refusal:
                gaze.tell(str(refusal), refused=True)
            else:
                scanpath, notes = vouched_for(recording.scanpath)
                with session.lock:
                    if gaze.want(arrived.number):  # no sooner: what is refused must not outdate a slower query
                        gaze.adopt(scanpath)
                        gaze.tell(" ".join((*recording.notes, *notes)))
            self.uploads.discard(visitor.session, arrived.token)

        return self._answered(session, arrived, answer)

    def export(self, session: ReadingSession, request: gr.Request, event: gr.EventData) -> Viewer:
        """Draw or write the gaze as it is shown to a file that this browser can fetch."""
        wanted = ExportWanted.of(event)
        visitor = self.visitors.of(request)
        with session.lock:  # if another film has taken its place by now, `_answered` does nothing, whatever the case
            session.steer(wanted.gaze)
            case_id = session.case_id

        def answer(film: OpenFilm, gaze: FilmGaze) -> None:
            scanpath = gaze.in_use
            if scanpath is None:
                return
            file = export_gaze(wanted.what, film.radiograph, scanpath, gaze.asked, self.pipeline)
            try:
                token = self.views.put(visitor.session, file.data, file.media_type)
            except UploadRefused as refusal:
                gaze.tell(str(refusal), refused=True)
                return
            details = {"what": wanted.what, "gaze_source": scanpath.source.value}
            self.store.record_event(visitor.reader, EventKind.EXPORTED, case_id=case_id, details=details)
            gaze.hand_over(token, file.name)

        return self._answered(session, wanted, answer)

    def _answered(
        self, session: ReadingSession, message: GazeRequest, answer: Callable[[OpenFilm, FilmGaze], None]
    ) -> Viewer:
        """Do what was asked, unless the film that it was asked for has left the screen."""
        with session.lock:
            film, gaze = session.frontal, session.gaze
        if film is not None and film.pixels_token == message.film:
            try:
                answer(film, gaze)
            except Exception as error:
                sentence = sentence_for_reader(error, logger, "Gaze could not be steered", INTERNAL_ERROR)
                gaze.tell(sentence, refused=True)
            with session.lock:
                gaze.requests_answered += 1
        return viewer_value(session)


def vouched_for(scanpath: Scanpath) -> tuple[Scanpath, tuple[str, ...]]:
    """Gaze from a file, and a note where its source is changed: a file is no proof that this model predicted it."""
    if scanpath.source is not GazeSource.PREDICTED:
        return scanpath, ()
    return replace(scanpath, source=GazeSource.EDITED), (MARKED_EDITED,)
