"""What the files of a study say wrong of its films, or do not say, put right by the reader who sees them."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.page.film_warnings import alone, exchanged, with_doubts, without_doubts
from app.page.gaze_messages import LateralRemoved
from app.page.laid_films import laid_ready
from app.page.messages import FilmInverted, FilmsOnScreen
from app.page.preview import forget_preview
from app.page.session import ReadingSession
from app.page.viewer import viewer_and_drafts
from app.records import EventKind, RecordStore, RecordsUnavailable
from app.refusals import sentence_for_reader
from app.uploads import UploadStore
from app.visitors import Visitor, Visitors
from gaze2report_core.imaging import Radiograph, View

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

logger = logging.getLogger(__name__)

NOT_ON_SCREEN = "These films are no longer open here as they are on the page. Please open them again."
INTERNAL_ERROR = "This could not be done because of an internal error, which the server's log describes."

Films = dict[View, Radiograph]


class FilmRighting:
    """Exchanges the two films of a study, inverts one, or removes the lateral. Drafts then begin anew, verdicts stay.

    Gaze begins anew as well, unless it lies on the same film as before. To exchange or to invert once more takes it
    back, and a lateral that was removed can be added again.
    """

    EVENTS = ("films_exchanged", "film_inverted", "lateral_removed")

    def __init__(
        self, pipeline: "Gaze2ReportPipeline", store: RecordStore, views: UploadStore, visitors: Visitors
    ) -> None:
        self.pipeline = pipeline
        self.store = store
        self.views = views
        self.visitors = visitors

    def exchange(
        self, session: ReadingSession, request: gr.Request, event: gr.EventData
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read each of the two films in the other's place. Returns what the viewer and the drafts show then."""
        return self._put_right(session, self.visitors.of(request), FilmsOnScreen.of(event), exchanged)

    def invert(
        self, session: ReadingSession, request: gr.Request, event: gr.EventData
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read a film with black as white, on the screen and by the model. Returns what is shown as `exchange` does."""
        wanted = FilmInverted.of(event)

        def inverted(films: Mapping[View, Radiograph]) -> Films:
            film = without_doubts(films[wanted.which])
            seen = self.pipeline.seen_anew(replace(film, inverted=not film.inverted))
            return {**films, wanted.which: with_doubts(seen, wanted.which)}

        return self._put_right(session, self.visitors.of(request), wanted, inverted)

    def remove_lateral(
        self, session: ReadingSession, request: gr.Request, event: gr.EventData
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read the frontal film alone, with the gaze that is on it. Returns what is shown as `exchange` does."""
        wanted = LateralRemoved.of(event)

        def without_lateral(films: Mapping[View, Radiograph]) -> Films:
            if wanted.gaze is not None:
                session.steer(wanted.gaze)  # what the hand did last may not have been told yet
            return alone(films)

        return self._put_right(session, self.visitors.of(request), wanted, without_lateral, keeps_gaze=True)

    def _put_right(
        self,
        session: ReadingSession,
        visitor: Visitor,
        wanted: FilmsOnScreen,
        righted: Callable[[Mapping[View, Radiograph]], Films],
        *,
        keeps_gaze: bool = False,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Put the films on the screen anew as they are `righted`, unless they have left it or another one is wanted."""
        with session.lock:
            if not session.begin_attempt(wanted.attempt):
                return viewer_and_drafts(session)
            forget_preview(session.refusal, self.views, visitor.session)
            try:
                if wanted.films != {view: film.pixels_token for view, film in session.films.items()}:
                    session.refuse(wanted.attempt, {"sentence": NOT_ON_SCREEN})
                else:
                    films = righted({view: film.radiograph for view, film in session.films.items()})
                    gaze = session.gaze
                    self._place(session, visitor, films, wanted)
                    if keeps_gaze and gaze.in_use is not None and session.takes_gaze:
                        session.gaze.adopt(gaze.in_use, gaze.asked)
            except Exception as error:
                sentence = sentence_for_reader(error, logger, "Films could not be put right", INTERNAL_ERROR)
                session.refuse(wanted.attempt, {"sentence": sentence})
            return viewer_and_drafts(session)

    def _place(self, session: ReadingSession, visitor: Visitor, films: Films, wanted: FilmsOnScreen) -> None:
        """As other films than before, since gaze may lie elsewhere on them. What is said of the patient holds."""
        before, words = list(session.films.values()), session.findings.words
        read_first = session.read_first
        placed = laid_ready(films, self.views, visitor.session)
        if session.case_id is not None:
            self._leave_behind(session.case_id, visitor.reader)
        session.answered_attempt = wanted.attempt
        for view, film in placed.items():
            session.place(film, view)
        session.findings.words = dict(words)
        session.read_first = read_first
        for film in before:
            self.views.discard(visitor.session, film.pixels_token)

    def _leave_behind(self, case_id: str, reader: str) -> None:
        """The case of the films as they were: its verdicts go over to the next, and it is offered only where edited."""
        with suppress(RecordsUnavailable):
            self.store.take_back_verdicts(case_id, reader)
            if not self.store.is_edited(case_id, reader):
                self.store.record_event(reader, EventKind.STUDY_DISCARDED, case_id=case_id)
