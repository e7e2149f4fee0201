"""Films as they arrive: read, refused with a sentence, or put on the screen."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.page.film_warnings import beside, with_doubts
from app.page.held_films import HeldFilms
from app.page.laid_films import laid_ready
from app.page.messages import FilmArrived, FilmChosen, SentFilm
from app.page.preview import forget_preview, lay_out_preview
from app.page.sample import sample_film
from app.page.session import ReadingSession
from app.page.viewer import viewer_and_drafts
from app.records import ReadFirst
from app.refusals import sentence_for_reader
from app.uploads import UploadStore
from app.visitors import Visitor, Visitors
from gaze2report_core.films.places import told_apart
from gaze2report_core.imaging import FilmRefused, Radiograph, View

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

logger = logging.getLogger(__name__)

CONFIRMABLE = ("burned_in_annotation", "several_frames")
"""Refusals that the reader can answer, so the bytes are kept until then."""

OPEN_THE_FRONTAL_FIRST = "Open the frontal film first; the lateral is added to it."

NOT_TOLD_APART = {
    View.FRONTAL: (
        "Both films are frontal views by their headers or their looks: open one of them alone, and add the other as "
        "the lateral only if it is one."
    ),
    View.LATERAL: (
        "Both films are lateral views by their headers or their looks: open the frontal film together with one of "
        "them, or one of them alone."
    ),
    View.UNKNOWN: (
        "Neither headers nor looks tell which of the two films is the frontal one: open that one alone, and then add "
        "the other as the lateral."
    ),
}
"""By the view that both of two films have which came together."""

ONE_OF_TWO = "One of the two films is refused."

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
        """Read what the browser has sent, one film or two. Returns what the viewer and the drafts show then."""
        arrived = FilmArrived.of(event)
        visitor = self.visitors.of(request)
        if not self._begin(session, visitor, arrived):
            return viewer_and_drafts(session)
        keep_bytes = False
        try:
            keep_bytes = self._open(session, visitor, arrived)
        except FilmRefused as refusal:
            session.refuse(arrived.attempt, {"sentence": _said(refusal, arrived)})
        except Exception as error:
            sentence = sentence_for_reader(error, logger, "A film could not be opened", INTERNAL_ERROR)
            session.refuse(arrived.attempt, {"sentence": sentence})
        if not keep_bytes:
            for film in arrived.sent:
                self.uploads.discard(visitor.session, film.token)
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
            self._show(session, visitor, {View.FRONTAL: radiograph}, wanted)
        except Exception as error:
            sentence = sentence_for_reader(error, logger, "The sample film could not be opened", INTERNAL_ERROR)
            session.refuse(wanted.attempt, {"sentence": sentence})
        return viewer_and_drafts(session)

    def _begin(self, session: ReadingSession, visitor: Visitor, wanted: FilmChosen) -> bool:
        """Whether the page waits for this film; the picture that it was asked about before is then let go."""
        with session.lock:
            is_awaited = session.begin_attempt(wanted.attempt)
            if is_awaited:
                forget_preview(session.refusal, self.views, visitor.session)
            return is_awaited

    def _open(self, session: ReadingSession, visitor: Visitor, arrived: FilmArrived) -> bool:
        """Bring films to the screen, or ask the reader about one. Returns whether their bytes wait for the answer."""
        read: list[Radiograph] = []
        for sent in arrived.sent:
            data = self.uploads.read(visitor.session, sent.token)
            try:
                read.append(self.pipeline.read(data, allow_burned_in=sent.allow_burned_in, frame=sent.frame))
            except FilmRefused as refusal:
                if refusal.reason not in CONFIRMABLE:
                    raise
                return self._ask(session, visitor, data, arrived, sent, refusal)
        if len(read) == 1:
            self._show(session, visitor, {arrived.view: read[0]}, arrived)
        elif (places := told_apart(*read)) is not None:
            self._show(session, visitor, dict(zip((View.FRONTAL, View.LATERAL), places, strict=True)), arrived)
        else:
            session.refuse(arrived.attempt, {"sentence": NOT_TOLD_APART[read[0].view]})
        return False

    def _ask(
        self,
        session: ReadingSession,
        visitor: Visitor,
        data: bytes,
        arrived: FilmArrived,
        sent: SentFilm,
        refusal: FilmRefused,
    ) -> bool:
        """Ask whether the film is to be opened all the same, and show what is asked about.

        Returns whether anybody is still there to answer.
        """
        said: dict[str, Any] = {"sentence": _said(refusal, arrived), "reason": refusal.reason}
        said |= {"film": arrived.model_dump(mode="json"), "of_beside": sent is arrived.beside}
        if refusal.reason == "burned_in_annotation":
            said["preview"] = lay_out_preview(data, sent.frame, self.views, visitor.session)
        is_asked = session.refuse(arrived.attempt, said)
        if not is_asked:
            forget_preview(said, self.views, visitor.session)
        # Who was asked by two events of one attempt answers once, and the bytes wait for that.
        return is_asked or (session.refusal or {}).get("attempt") == arrived.attempt

    def _show(
        self, session: ReadingSession, visitor: Visitor, films: Mapping[View, Radiograph], wanted: FilmChosen
    ) -> None:
        """Bring the films to the screen, unless another one is wanted by now.

        The page asks for one after the other, but gives up waiting for a slow one; two may then be read at once.
        """
        with session.lock:
            if not session.awaits(wanted.attempt):
                return
            if View.FRONTAL not in films and (session.frontal is None or session.choice != wanted.choice):
                session.refuse(wanted.attempt, {"sentence": OPEN_THE_FRONTAL_FIRST})
                return
            before = [film for view, film in session.films.items() if View.FRONTAL in films or view in films]
            checked = {view: with_doubts(film, view) for view, film in films.items()}
            on_screen = {view: film.radiograph for view, film in session.films.items()}
            if View.LATERAL in checked:
                frontal = {**on_screen, **checked}[View.FRONTAL]
                checked[View.LATERAL] = beside(checked[View.LATERAL], frontal)
            placed = laid_ready(checked, self.views, visitor.session)
            session.choice = wanted.choice
            session.answered_attempt = wanted.attempt
            for view, film in placed.items():
                session.place(film, view)
            if View.FRONTAL in placed and wanted.read_first:
                session.read_first = ReadFirst(datetime.now(UTC))
        self.held.make_room(session)
        for film in before:
            self.views.discard(visitor.session, film.pixels_token)


def _said(refusal: FilmRefused, arrived: FilmArrived) -> str:
    """What the reader is told. Which of two films it is of, no name of a file may say; a picture does where one is."""
    return str(refusal) if arrived.beside is None else f"{ONE_OF_TWO} {refusal}"
