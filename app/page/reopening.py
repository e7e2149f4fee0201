"""Unfinished studies: the list of them, and what brings one back to the page as its reader left it."""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any

import gradio as gr
from pydantic import Field

from app.page.draft_panel import finished_sentence
from app.page.drafting import Shown, shown
from app.page.film_findings import FilmFindings
from app.page.held_films import HeldFilms
from app.page.laid_films import laid_ready
from app.page.messages import Message, StudyDiscarded, StudyWanted
from app.page.preview import forget_preview
from app.page.session import EditState, ReadingSession
from app.records import EventKind, FilmLost, RecordStore, UnfinishedStudies, UnfinishedStudy
from app.records.store import MOST_UNFINISHED
from app.records.unfinished_studies import ListedStudy
from app.refusals import is_refusal, note, sentence_for_reader
from app.uploads import UploadStore
from app.visitors import Visitors
from gaze2report_core.examination import Examination
from gaze2report_core.imaging import Radiograph, View

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

logger = logging.getLogger(__name__)

FILM_LOST = (
    "A film of this study can no longer be read from the records. What you wrote still stands in the list of "
    "unfinished studies: open the film itself, and copy your text from there."
)
INTERNAL_ERROR = "This study could not be opened again because of an internal error, which the server's log describes."
NOT_DISCARDED = "Not discarded because of an internal error, which the server's log describes."
UNREAD = "The findings could not be read again because of an internal error, which the server's log describes."

OPENED_AGAIN = "Opened again."
OPENED_AGAIN_STOPPED = "Opened again. These drafts were stopped; what was written can be edited."
JUDGED_SINCE = "They do not know what you said of findings since: Regenerate (G) writes them with it."

MOST_SHOWN = 10_000
"""Far more than anybody unfolds, and few enough for one answer: without its text, a study is some 150 bytes of it."""
MOST_TEXT = 200_000
"""Characters of texts in one answer: of some 400 usual reports, or of the ten longest that are kept.

The list is sent anew whenever a tab is come back to. Texts that find no room are told by their beginning, so that every
study is listed whatever stands before it.
"""
BEGINNING = 200
"""Characters of such a text, which fill its line on the widest screen."""


class UnfinishedWanted(Message):
    """The list is wanted, with as many studies as the reader has unfolded."""

    most: Annotated[int, Field(gt=0, le=MOST_SHOWN)] = MOST_UNFINISHED


FOLDED = gr.EventData(None, {})
"""Where the page tells nothing of how much of the list is unfolded, as when it is loaded."""


class StudyReopening:
    """Lists what a reader left without signing it off, and opens it again; the drafts are those that were written."""

    def __init__(
        self,
        pipeline: "Gaze2ReportPipeline",
        store: RecordStore,
        views: UploadStore,
        visitors: Visitors,
        held: HeldFilms,
    ) -> None:
        self.pipeline = pipeline
        self.store = store
        self.views = views
        self.visitors = visitors
        self.held = held

    def listed(self, session: ReadingSession, request: gr.Request, event: gr.EventData = FOLDED) -> dict[str, Any]:
        """The reader's unfinished studies, but for the one that is open in this tab. No film is read for it.

        Where they cannot be read now, the list stays as it is.
        """
        with session.lock:
            open_here = frozenset(session.findings.drafts_ids)
        reader = self.visitors.of(request).reader
        number = time.time_ns() // 1000
        try:
            most = UnfinishedWanted.of(event).most
            return unfinished_value(self.store.unfinished(reader, most, open_here=open_here), number)
        except Exception as error:
            note(error, logger, "Unfinished studies could not be listed")
            return gr.skip()

    def discard(self, session: ReadingSession, request: gr.Request, event: gr.EventData) -> dict[str, Any]:
        """Leave a study out of the list, which is returned; where that cannot be kept, only why, and the list stays."""
        try:
            self.store.discard_study(StudyDiscarded.of(event).study, self.visitors.of(request).reader)
        except Exception as error:
            note(error, logger, "A study could not be discarded")
            return {"failure": f"Not discarded. {error}" if is_refusal(error) else NOT_DISCARDED}
        return self.listed(session, request, event)

    def open_again(
        self, session: ReadingSession, request: gr.Request, event: gr.EventData
    ) -> Iterator[tuple[*Shown, Any]]:
        """Bring a study back as it was left, and then what the classifiers find on its films, which takes longer."""
        wanted = StudyWanted.of(event)
        visitor = self.visitors.of(request)
        with session.lock:
            is_awaited = session.begin_attempt(wanted.attempt)
            if is_awaited:
                forget_preview(session.refusal, self.views, visitor.session)
        if not is_awaited:
            yield *shown(session), self.listed(session, request)
            return
        findings: FilmFindings | None = None
        try:
            study = self.store.unfinished_study(wanted.study, visitor.reader)
            films = self.store.films_of(study.case_id, visitor.reader)
            self.store.record_event(visitor.reader, EventKind.STUDY_REOPENED, case_id=study.case_id)
            findings = self._show(session, visitor.session, study, films, wanted)
        except FilmLost:
            session.refuse(wanted.attempt, {"sentence": FILM_LOST})
        except Exception as error:
            sentence = sentence_for_reader(error, logger, "A study could not be opened again", INTERNAL_ERROR)
            session.refuse(wanted.attempt, {"sentence": sentence})
        listed = self.listed(session, request)
        yield *shown(session), listed
        if findings is not None and self.pipeline.has_findings:
            self._find(session, findings, films, study)
            yield *shown(session), listed

    def _show(
        self,
        session: ReadingSession,
        browser: str,
        study: UnfinishedStudy,
        films: tuple[Radiograph, Radiograph | None],
        wanted: StudyWanted,
    ) -> FilmFindings | None:
        """Put the study on the screen, unless another film is wanted by now. Returns the findings that it lacks yet."""
        with session.lock:
            if not session.awaits(wanted.attempt):
                return None
            before = list(session.films.values())
            frontal, lateral = films
            both = {View.FRONTAL: frontal} | ({View.LATERAL: lateral} if lateral is not None else {})
            placed = laid_ready(both, self.views, browser)
            session.choice = wanted.choice
            session.answered_attempt = wanted.attempt
            for view, film in placed.items():
                session.place(film, view)
            session.needs_drafts = False
            _resume(session, study)
            findings = session.findings
        self.held.make_room(session)
        for film in before:
            self.views.discard(browser, film.pixels_token)
        return findings

    def _find(
        self,
        session: ReadingSession,
        findings: FilmFindings,
        films: tuple[Radiograph, Radiograph | None],
        study: UnfinishedStudy,
    ) -> None:
        """Read the findings with the gaze of the drafts, unless a pass over these films has done so by then."""
        try:
            reading = self.pipeline.find(Examination(*films, may_exchange=False), study.drafts.scanpath)
        except Exception:
            logger.exception("The findings of a study that was opened again could not be read")
            with session.lock:
                findings.failure = findings.failure or UNREAD
            return
        with session.lock:
            if findings.reading is None:
                findings.reading = reading


def _resume(session: ReadingSession, study: UnfinishedStudy) -> None:
    """Let the tab go on where another one left off: case, gaze, verdicts, drafts, the text that stands, and reasons."""
    session.case_id = study.case_id
    session.read_first = study.read_first
    session.gaze.adopt(study.drafts.scanpath, study.drafts.asked)
    session.findings.words = dict(study.words)
    session.findings.drafts_ids = set(study.revisions)
    for drafts_id, revision in study.revisions.items():
        session.edits.setdefault(drafts_id, EditState()).revision = revision
    if study.texts:
        session.findings.hear_text(study.texts[-1].text, study.texts[-1].drafts_id, 0)
    drafts = study.drafts
    sentence = finished_sentence(drafts, OPENED_AGAIN) if drafts.finished else OPENED_AGAIN_STOPPED
    if (session.findings.confirmed, session.findings.sides) != (drafts.confirmed, drafts.sides):
        sentence = f"{sentence} {JUDGED_SINCE}"
    session.show_drafts(
        "finished" if drafts.finished else "stopped",
        sentence,
        drafts,
        drafts_id=drafts.drafts_id,
        asked=drafts.asked,
        texts=study.texts,
        grounds=study.grounds,
    )


def unfinished_value(unfinished: UnfinishedStudies | None = None, number: int = 0) -> dict[str, Any]:
    """What the list shows: the first of the unfinished studies, and how many there are.

    Of two lists that were read side by side, whichever arrives last, the one with the greater `number` is the later.
    """
    unfinished = unfinished or UnfinishedStudies()
    return {"studies": list(_told(unfinished.listed)), "count": unfinished.count, "number": number}


def _told(studies: Iterable[ListedStudy]) -> Iterator[dict[str, Any]]:
    """Each study ready for JSON, with its whole text as long as there is room, and then with the beginning of it."""
    room = MOST_TEXT
    for one in studies:
        text = one.text or ""
        is_whole = len(text) <= max(room, BEGINNING)
        told = text if is_whole else text[:BEGINNING]
        room -= len(told)
        yield {
            "study": one.study,
            "opened_at": one.opened_at.astimezone(UTC).isoformat(),
            "has_lateral": one.has_lateral,
            "text": None if one.text is None else told,
            "is_whole": is_whole,
            "submitted": one.submitted,
        }
