"""The page put together: which of its parts causes what, and where the answers are shown."""

import logging
from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.page.draft_requests import A_REQUEST, A_WISH_WITH_THE_GAZE_IN_HAND
from app.page.drafting import DraftWriter, stop_writing
from app.page.editing import EditKeeper
from app.page.findings_panel import FindingsPanel
from app.page.held_films import HeldFilms
from app.page.intake import FilmIntake
from app.page.parts import PageParts, lay_out
from app.page.reopening import StudyReopening
from app.page.righting import FilmRighting
from app.page.session import ReadingSession
from app.page.showing import MachineShowing
from app.page.steering import GazeSteering
from app.page.turns import take_turns
from app.page.waiting_drafts import WRITING_QUEUE, WaitingDrafts
from app.records import RecordStore
from app.refusals import note
from app.uploads import UploadStore
from app.visitors import Visitors

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

logger = logging.getLogger(__name__)

AT_ONCE = 2
"""Films read, or pairs of drafts written, at the same time; others wait their turn."""

WRITES_AT_ONCE = 8

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple"}
READING: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "reading", **QUIET}
WRITING: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": WRITING_QUEUE, **QUIET}
KEEPING: dict[str, Any] = {"concurrency_limit": WRITES_AT_ONCE, **QUIET}
"""How Gradio runs events that read films, write drafts, and store what a reader does."""


def build_page(
    pipeline: "Gaze2ReportPipeline",
    store: RecordStore,
    *,
    uploads: UploadStore,
    views: UploadStore,
    visitors: Visitors,
    open_tabs: Container[str],
) -> gr.Blocks:
    """The reading room: a film on the left, two drafts and the reader's own report on the right."""
    steering = GazeSteering(pipeline, store, uploads, views, visitors)
    keeper = EditKeeper(store, visitors)
    with gr.Blocks(title="Gaze2Report", analytics_enabled=False, fill_width=True) as page:
        held = HeldFilms(page, open_tabs)
        intake = FilmIntake(pipeline, uploads, views, visitors, held)
        reopening = StudyReopening(pipeline, store, views, visitors, held)
        writer = DraftWriter(pipeline, store, visitors, WaitingDrafts(page).overtake)
        parts = lay_out(pipeline)
        righting = FilmRighting(pipeline, store, views, visitors)
        showing = MachineShowing(store, visitors)
        _connect_drafts(parts, intake, righting, FindingsPanel(store, visitors), writer, showing)
        _connect_unfinished(parts, reopening)
        steering.listen(parts.viewer, parts.session, READING, KEEPING)
        _connect_report(parts, keeper)
        parts.viewer.answers_wanted(bring_answers, None, None, **KEEPING)
        greeted = [parts.header, parts.corrections, parts.unfinished]
        page.load(_welcome(keeper, reopening, visitors), parts.session, greeted, **KEEPING)
    take_turns(page)
    return page


def _connect_drafts(
    parts: PageParts,
    intake: FilmIntake,
    righting: FilmRighting,
    judging: FindingsPanel,
    writer: DraftWriter,
    showing: MachineShowing,
) -> None:
    """Drafts are written when a film is opened or put right, a finding judged, and when the reader asks for them.

    Who reads first is shown them later.
    """
    session, viewer, decoding = parts.session, parts.viewer, parts.decoding
    controls = [session, decoding.method, decoding.temperature, decoding.seed, decoding.hedged]
    told = [*controls, parts.drafts]  # the page puts its request in the place of the drafts that it is for
    shown = [parts.drafts, viewer, parts.findings, decoding.write_again, decoding.stop]
    for changed in (
        viewer.film_arrived(intake.open_film, session, [viewer, parts.drafts], **READING),
        viewer.sample_wanted(intake.open_sample, session, [viewer, parts.drafts], **READING),
        viewer.films_exchanged(righting.exchange, session, [viewer, parts.drafts], **READING),
        viewer.film_inverted(righting.invert, session, [viewer, parts.drafts], **READING),
        viewer.lateral_removed(righting.remove_lateral, session, [viewer, parts.drafts], **READING),
        parts.findings.finding_judged(judging.judge, session, parts.findings, **KEEPING),
    ):
        changed.then(writer.write_if_due, told, shown, js=A_REQUEST, **WRITING)
    for wanted in (decoding.write_again.click, parts.indication.indication_given):
        wanted(writer.write, [*told, viewer], shown, js=A_WISH_WITH_THE_GAZE_IN_HAND, **WRITING)
    decoding.stop.click(stop_writing, session, decoding.stop, **KEEPING)
    parts.drafts.machine_wanted(showing.show, session, shown, **KEEPING)
    # Answers broke off with their connection: the page asks how it stands, and has drafts written to their end, or
    # begun where they still waited.
    viewer.page_wanted(writer.write_if_due, told, shown, js=A_REQUEST, **WRITING)


def _connect_report(parts: PageParts, keeper: EditKeeper) -> None:
    """The reader's own text is kept as it is typed and when it is signed off."""
    editor, findings = parts.editor, parts.findings
    editor.edit_changed(keeper.save, parts.session, [editor, findings], **KEEPING)
    editor.edit_submitted(keeper.submit, parts.session, [editor, parts.corrections, findings], **KEEPING)
    editor.page_left(keeper.keep_left, parts.session, None, **KEEPING)


def _connect_unfinished(parts: PageParts, reopening: StudyReopening) -> None:
    """A study is opened again from the list, which asks for itself anew whenever it may have changed."""
    session, viewer, listed = parts.session, parts.viewer, parts.unfinished
    shown = [parts.drafts, viewer, parts.findings, parts.decoding.write_again, parts.decoding.stop]
    viewer.study_wanted(reopening.open_again, session, [*shown, listed], **READING)
    listed.unfinished_wanted(reopening.listed, session, listed, **KEEPING)
    listed.study_discarded(reopening.discard, session, listed, **KEEPING)


def bring_answers() -> None:
    """Does nothing itself: the event opens Gradio's stream again, which then delivers the answers that wait there."""


def _welcome(
    keeper: EditKeeper, reopening: StudyReopening, visitors: Visitors
) -> Callable[[ReadingSession, gr.Request], tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """What the header shows of who is signed in, the list of their corrections, and what they left unfinished.

    Who is signed in is told also where the records do not answer: else the page would not tell that they are there.
    """

    def of(session: ReadingSession, request: gr.Request) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        visitor = visitors.of(request)
        who = {"name": visitor.reader if visitor.signed_in else None, "idle_seconds": visitors.idle_seconds}
        return who, _corrections(keeper, request), reopening.listed(session, request)

    return of


def _corrections(keeper: EditKeeper, request: gr.Request) -> dict[str, Any]:
    try:
        return keeper.listed(request)
    except Exception as error:
        note(error, logger, "Corrections could not be listed")
        return gr.skip()
