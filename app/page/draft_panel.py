"""What the panel with both drafts is told, ready for JSON."""

from typing import TYPE_CHECKING, Any, Literal

from app.page.difference import Run, differing_runs, plain

if TYPE_CHECKING:
    from app.records import GazeQuery
    from gaze2report_core.examination import Comparison

PanelState = Literal["empty", "waiting", "writing", "stopped", "finished", "failed"]


def panel(
    state: PanelState,
    sentence: str,
    film: str | None = None,
    comparison: "Comparison | None" = None,
    drafts_id: str | None = None,
    asked: "GazeQuery | None" = None,
    choice: int = 0,
) -> dict[str, Any]:
    """Both drafts of the film with this token, as runs of words; differing words are marked once both are finished.

    `choice` lets the page tell by which of the reader's choices the film came, and so what was typed for it.
    """
    on, off = _runs(comparison, marked=state == "finished")
    return {
        "state": state,
        "sentence": sentence,
        "film": film,
        "choice": choice,
        "drafts_id": drafts_id,
        "gaze_on": [run.to_dict() for run in on],
        "gaze_off": [run.to_dict() for run in off],
        "gaze": _gaze(comparison, asked) if drafts_id is not None else None,
    }


def _gaze(comparison: "Comparison | None", asked: "GazeQuery | None") -> dict[str, Any] | None:
    """The gaze that the drafts were written with: the page can tell when another one is on the film."""
    if comparison is None:
        return None
    return {
        "source": comparison.scanpath.source.value,
        "asked": None if asked is None else asked.model_dump(),
        "fixations": comparison.scanpath.to_fixations(),
    }


def finished_sentence(comparison: "Comparison") -> str:
    if comparison.gaze_on == comparison.gaze_off:
        return "Finished. Both drafts say the same, word for word."
    return "Finished. Words in which the drafts differ are underlined."


def _runs(comparison: "Comparison | None", *, marked: bool) -> tuple[list[Run], list[Run]]:
    if comparison is None:
        return [], []
    if marked:
        return differing_runs(comparison.gaze_on, comparison.gaze_off)
    return plain(comparison.gaze_on), plain(comparison.gaze_off)
