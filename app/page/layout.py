"""The page put together: its parts, and which of them hears of what."""

import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.page.components import page_part
from app.page.drafting import DraftWriter, stop_writing
from app.page.editing import EditKeeper, corrections_value, editor_value
from app.page.findings_panel import FindingsPanel, findings_value
from app.page.indication import WITH_THE_INDICATION, WITH_THE_INDICATION_AND_THE_GAZE_IN_HAND
from app.page.intake import FilmIntake
from app.page.session import ReadingSession
from app.page.steering import GazeSteering
from app.page.viewer import viewer_value
from app.records import RecordStore
from app.uploads import UploadStore
from app.visitors import Visitors
from gaze2report_core.indication import LONGEST

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

AT_ONCE = 2
"""Films read, or pairs of drafts written, at the same time; others wait their turn."""

WRITES_AT_ONCE = 8

METHODS = [("Greedy", "greedy"), ("Sampling", "sample"), ("Final pass (beam)", "beam")]


def build_page(
    pipeline: "Gaze2ReportPipeline",
    store: RecordStore,
    *,
    uploads: UploadStore,
    views: UploadStore,
    visitors: Visitors,
) -> gr.Blocks:
    """The reading room: a film on the left, two drafts and the reader's own report on the right."""
    intake = FilmIntake(pipeline, uploads, views, visitors)
    writer = DraftWriter(pipeline, store, visitors)
    keeper = EditKeeper(store, visitors)
    judging = FindingsPanel(store, visitors)
    steering = GazeSteering(pipeline, store, uploads, views, visitors)
    fresh = ReadingSession()

    with gr.Blocks(title="Gaze2Report", analytics_enabled=False, fill_width=True) as page:
        # No event returns the session: Gradio so leaves it alone until `release_closed_tabs` lets it go.
        session = gr.State(fresh, delete_callback=ReadingSession.close)
        header = page_part("header", {"name": None})
        with gr.Row(elem_id="reading-room", equal_height=False):
            with gr.Column(elem_id="film-side", scale=11, min_width=320):
                viewer = page_part(
                    "viewer",
                    viewer_value(fresh),
                    events=["film_arrived", "sample_wanted", "answers_wanted", *steering.EVENTS],
                )
            without_findings = None if pipeline.has_findings else "switched-off"
            with gr.Column(elem_id="findings-side", elem_classes=without_findings, scale=0, min_width=216):
                findings = page_part("findings_panel", findings_value(fresh), events=judging.EVENTS)
            with gr.Column(elem_id="report-side", scale=10, min_width=320):
                indication = page_part(
                    "indication",
                    {"longest": LONGEST},
                    events=["indication_given"],
                    visible=pipeline.reads_indications,
                )
                with gr.Row(elem_id="decoding"):
                    method = gr.Radio(METHODS, value="greedy", label="Decoding", elem_id="method", min_width=120)
                    temperature = gr.Number(
                        1, minimum=0.1, maximum=2, step=0.05, label="Temperature", elem_id="temperature", min_width=80
                    )
                    seed = gr.Number(
                        0, precision=0, minimum=0, maximum=2**32 - 1, label="Seed", elem_id="seed", min_width=80
                    )
                    write_again = gr.Button(
                        "Regenerate", elem_id="regenerate", interactive=False, scale=0, min_width=110, size="sm"
                    )
                    stop = gr.Button("Stop", elem_id="stop", interactive=False, scale=0, min_width=70, size="sm")
                drafts = page_part("drafts", fresh.drafts)
                editor = page_part("editor", editor_value(), events=["edit_changed", "edit_submitted"])
                corrections = page_part("corrections", corrections_value())
        gr.HTML(standing_line(pipeline.model_id, pipeline.revision), elem_id="standing-line", apply_default_css=False)

        decoding = [session, method, temperature, seed]
        told = [*decoding, drafts]  # the page puts the indication in the place of the drafts it is for
        steered = [*told, viewer]
        shown = [drafts, viewer, findings, write_again, stop]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple"}
        reading: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "reading", **quiet}
        writing: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "writing", **quiet}
        keeping: dict[str, Any] = {"concurrency_limit": WRITES_AT_ONCE, **quiet}

        for opened in (
            viewer.film_arrived(intake.open_film, session, [viewer, drafts], **reading),
            viewer.sample_wanted(intake.open_sample, session, [viewer, drafts], **reading),
        ):
            opened.then(writer.write_if_due, told, shown, js=WITH_THE_INDICATION, **writing)
        judged = findings.finding_judged(judging.judge, session, findings, **keeping)
        judged.then(writer.write_if_due, told, shown, js=WITH_THE_INDICATION, **writing)
        for wanted in (write_again.click, indication.indication_given):
            wanted(writer.write, steered, shown, js=WITH_THE_INDICATION_AND_THE_GAZE_IN_HAND, **writing)
        steering.listen(viewer, session, reading, keeping)
        stop.click(stop_writing, session, stop, **keeping)
        editor.edit_changed(keeper.save, session, [editor, findings], **keeping)
        editor.edit_submitted(keeper.submit, session, [editor, corrections, findings], **keeping)
        viewer.answers_wanted(bring_answers, None, None, **keeping)
        page.load(welcome(keeper, visitors), None, [header, corrections], **keeping)
    return page


def bring_answers() -> None:
    """Nothing of its own: being asked opens Gradio's stream of answers again, and what waited there comes along."""


def welcome(
    keeper: EditKeeper, visitors: Visitors
) -> Callable[[gr.Request], tuple[dict[str, str | None], dict[str, Any]]]:
    """What the header says of who is there, and what they corrected before."""

    def of(request: gr.Request) -> tuple[dict[str, str | None], dict[str, Any]]:
        visitor = visitors.of(request)
        return {"name": visitor.reader if visitor.signed_in else None}, keeper.listed(request)

    return of


def standing_line(model_id: str, revision: str) -> str:
    """What every reader must know at all times, and which model wrote the drafts."""
    model, commit = html.escape(model_id), html.escape(revision)
    return (
        '<footer class="standing-line" data-testid="standing-line">'
        "<strong>For research only.</strong> Gaze is predicted, reports are drafts. Never for diagnosis."
        f'<span class="model-name">Model <b data-testid="model-id">{model}</b>'
        f' revision <b data-testid="model-revision">{commit}</b></span></footer>'
    )
