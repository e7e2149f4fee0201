"""The parts of the page and where they stand: the film on the left, then findings, drafts and report on the right."""

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr

from app.page.components import page_part
from app.page.editing import corrections_value, editor_value
from app.page.findings_panel import FindingsPanel, findings_value
from app.page.reopening import unfinished_value
from app.page.righting import FilmRighting
from app.page.session import ReadingSession
from app.page.showing import MachineShowing
from app.page.steering import GazeSteering
from app.page.viewer import viewer_value
from gaze2report_core.indication import LONGEST

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

METHODS = [("Likely words", "greedy"), ("Varied words", "sample"), ("Likely draft", "beam")]
"""In a reader's words; `assets/ways_of_writing.js` says what each does and what it is called elsewhere."""


@dataclass(frozen=True)
class DecodingControls:
    """How the drafts are written, and the buttons that begin and end it."""

    method: gr.Radio
    temperature: gr.Number
    seed: gr.Number
    hedged: gr.Checkbox
    write_again: gr.Button
    stop: gr.Button


@dataclass(frozen=True, kw_only=True)
class PageParts:
    """All that events come from and answers go to. `session` is the state of a tab, which no event returns."""

    session: gr.State
    header: gr.HTML
    viewer: gr.HTML
    findings: gr.HTML
    indication: gr.HTML
    decoding: DecodingControls
    drafts: gr.HTML
    editor: gr.HTML
    unfinished: gr.HTML
    corrections: gr.HTML


def lay_out(pipeline: "Gaze2ReportPipeline") -> PageParts:
    """Make the parts of a page whose `gr.Blocks` is being built, as they look before a film is open."""
    fresh = ReadingSession()
    # Gradio leaves a state alone that no event returns, until `release_closed_tabs` lets it go.
    session = gr.State(fresh, delete_callback=ReadingSession.close)
    header = page_part("header", {"name": None})
    with gr.Row(elem_id="reading-room", equal_height=False):
        with gr.Column(elem_id="film-side", scale=11, min_width=320):
            viewer_events = ["film_arrived", "sample_wanted", "study_wanted", "answers_wanted", "page_wanted"]
            viewer = page_part(
                "viewer", viewer_value(fresh), events=[*viewer_events, *FilmRighting.EVENTS, *GazeSteering.EVENTS]
            )
        without_findings = None if pipeline.has_findings else "switched-off"
        with gr.Column(elem_id="findings-side", elem_classes=without_findings, scale=0, min_width=216):
            findings = page_part("findings_panel", findings_value(fresh), events=FindingsPanel.EVENTS)
        with gr.Column(elem_id="report-side", scale=10, min_width=320):
            indication = page_part(
                "indication", {"longest": LONGEST}, events=["indication_given"], visible=pipeline.reads_indications
            )
            decoding = _decoding_controls(hears_findings=pipeline.hears_findings)
            drafts = page_part("drafts", fresh.drafts, events=MachineShowing.EVENTS)
            editor = page_part("editor", editor_value(), events=["edit_changed", "edit_submitted", "page_left"])
            unfinished = page_part("unfinished", unfinished_value(), events=["unfinished_wanted", "study_discarded"])
            corrections = page_part("corrections", corrections_value())
    gr.HTML(_standing_line(pipeline.model_id, pipeline.revision), elem_id="standing-line", apply_default_css=False)
    return PageParts(
        session=session,
        header=header,
        viewer=viewer,
        findings=findings,
        indication=indication,
        decoding=decoding,
        drafts=drafts,
        editor=editor,
        unfinished=unfinished,
        corrections=corrections,
    )


def _decoding_controls(*, hears_findings: bool) -> DecodingControls:
    """The numbers have no limits here: Gradio would refuse every event beyond them, also where nothing is sampled.

    Nor are they rounded, so that what is used is what stands in the field, or is refused.
    """
    with gr.Row(elem_id="decoding"):
        return DecodingControls(
            gr.Radio(METHODS, value="greedy", label="Way of writing", elem_id="method", min_width=120),
            gr.Number(1, step=0.05, label="Variety", elem_id="temperature", min_width=80),
            gr.Number(0, label="Draw number", elem_id="seed", min_width=80),
            gr.Checkbox(hears_findings, label="Hedge", elem_id="hedged", min_width=60, visible=hears_findings),
            gr.Button("Regenerate", elem_id="regenerate", interactive=False, scale=0, min_width=110, size="sm"),
            gr.Button("Stop", elem_id="stop", interactive=False, scale=0, min_width=70, size="sm"),
        )


def _standing_line(model_id: str, revision: str) -> str:
    """What every reader must know at all times, and which model wrote the drafts."""
    model, commit = html.escape(model_id), html.escape(revision)
    return (
        '<footer class="standing-line" data-testid="standing-line">'
        "<strong>For research only.</strong> Gaze is predicted, reports are drafts. Never for diagnosis."
        f'<span class="model-name">Model <b data-testid="model-id">{model}</b>'
        f' revision <b data-testid="model-revision">{commit}</b></span></footer>'
    )
