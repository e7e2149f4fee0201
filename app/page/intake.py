"""Films as they arrive: read, refused with a sentence, or put on the screen."""

import logging
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.page.film_warnings import with_doubts
from app.page.held_films import HeldFilms
from app.page.messages import FilmArrived, FilmChosen
from app.page.preview import forget_preview, lay_out_preview
from app.page.sample import SampleMissing, sample_film
from app.page.session import ReadingSession
from app.page.viewer import put_on_screen, viewer_and_drafts
from app.uploads import UploadGone, UploadRefused, UploadStore
from app.visitors import Visitor, Visitors
from gaze2report_core.imaging import FilmRefused, Radiograph, View

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

logger = logging.getLogger(__name__)

CONFIRMABLE = ("burned_in_annotation", "several_frames")
"""Refusals that the reader can answer, so the bytes are kept until then."""

OPEN_THE_FRONTAL_FIRST = "Open the frontal film first; the lateral is added to it."

INTERNAL_ERROR = "This film could not be opened because of an internal error, which the server's log describes."


class FilmIntake:
    """Opens the films that a browser has sent. A refusal that the reader can answer leaves the bytes where they are."""

    def __init__(
        self,
        pipeline: "Gaze2ReportPipeline",
        uploads: UploadStore,
        views: UploadStore,
        visitors: Visitors,
        held: HeldFilms,
    ) -> None:
        self.pipeline = pipeline
        self.uploads = uploads
        self.views = views
        self.visitors = visitors
        self.held = held

    def open_film(
        self, session: ReadingSession, request: gr.Request, event: gr.EventData
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read a film that the browser has sent. Returns what the viewer and the drafts show then."""
        arrived = FilmArrived.of(event)
        visitor = self.visitors.of(request)
        if not self._begin(session, visitor, arrived):
            return viewer_and_drafts(session)
        keep_bytes = False
        try:
            data = self.uploads.read(visitor.session, arrived.token)
            keep_bytes = self._open(session, visitor, data, arrived)
        except (FilmRefused, UploadGone, UploadRefused) as refusal:
            session.refuse(arrived.attempt, {"sentence": str(refusal)})
        except Exception:
            logger.exception("A film could not be opened")
            session.refuse(arrived.attempt, {"sentence": INTERNAL_ERROR})
        if not keep_bytes:
            self.uploads.discard(visitor.session, arrived.token)
        return viewer_and_drafts(session)

    def open_sample(
        self, session: ReadingSession, request: gr.Request, event: gr.EventData
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read the sample film. Returns what the viewer and the drafts show then."""
        wanted = FilmChosen.of(event)
        visitor = self.visitors.of(request)
        if not self._begin(session, visitor, wanted):
            return viewer_and_drafts(session)
        try:
            radiograph = self.pipeline.read(sample_film())
            self._show(session, visitor, radiograph, View.FRONTAL, wanted)
        except (SampleMissing, FilmRefused, UploadRefused) as refusal:
            session.refuse(wanted.attempt, {"sentence": str(refusal)})
        except Exception:
            logger.exception("The sample film could not be opened")
            session.refuse(wanted.attempt, {"sentence": INTERNAL_ERROR})
        return viewer_and_drafts(session)

    def _begin(self, session: ReadingSession, visitor: Visitor, wanted: FilmChosen) -> bool:
        """Whether the page waits for this film; the picture that it was asked about before is then let go."""
        with session.lock:
            is_awaited = session.begin_attempt(wanted.attempt)
            if is_awaited:
                forget_preview(session.refusal, self.views, visitor.session)
            return is_awaited

    def _open(self, session: ReadingSession, visitor: Visitor, data: bytes, arrived: FilmArrived) -> bool:
        """Bring the film to the screen, or ask the reader about it. Returns whether its bytes wait for the answer."""
        try:
            radiograph = self.pipeline.read(data, allow_burned_in=arrived.allow_burned_in, frame=arrived.frame)
        except FilmRefused as refusal:
            if refusal.reason not in CONFIRMABLE:
                raise
            return self._ask(session, visitor, data, arrived, refusal)
        self._show(session, visitor, radiograph, arrived.view, arrived)
        return False

    def _ask(
        self, session: ReadingSession, visitor: Visitor, data: bytes, arrived: FilmArrived, refusal: FilmRefused
    ) -> bool:
        """Ask whether the film is to be opened all the same, and show what is asked about.

        Returns whether anybody is still there to answer.
        """
        said = {"sentence": str(refusal), "reason": refusal.reason, "film": arrived.model_dump(mode="json")}
        if refusal.reason == "burned_in_annotation":
            said["preview"] = lay_out_preview(data, arrived.frame, self.views, visitor.session)
        is_asked = session.refuse(arrived.attempt, said)
        if not is_asked:
            forget_preview(said, self.views, visitor.session)
        return is_asked

    def _show(
        self, session: ReadingSession, visitor: Visitor, radiograph: Radiograph, view: View, wanted: FilmChosen
    ) -> None:
        """Bring the film to the screen, unless another one is wanted by now.

        The page sends one film after the other, but gives up waiting for a slow one; the two may then be read at once.
        """
        with session.lock:
            if not session.awaits(wanted.attempt):
                return
            if view is View.LATERAL and session.choice != wanted.choice:
                session.refuse(wanted.attempt, {"sentence": OPEN_THE_FRONTAL_FIRST})
                return
            before = list(session.films.values()) if view is View.FRONTAL else [session.films.get(view)]
            checked = with_doubts(radiograph, view)
            on_screen = put_on_screen(checked, self.views, visitor.session)
            session.choice = wanted.choice
            session.answered_attempt = wanted.attempt
            session.place(on_screen, view)
        self.held.make_room(session)
        for film in before:
            if film is not None:
                self.views.discard(visitor.session, film.pixels_token)
