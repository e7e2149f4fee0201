"""What the panel with both drafts is told, ready for JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from app.page.difference import Run, differing_runs, plain

if TYPE_CHECKING:
    from app.records import GazeQuery, Grounds, KeptText
    from gaze2report_core.gaze import Scanpath

PanelState = Literal["empty", "waiting", "writing", "stopped", "finished", "failed"]


class Written(Protocol):
    """Both drafts so far, from the model or from the records, and the gaze that they were written with."""

    @property
    def gaze_on(self) -> str: ...

    @property
    def gaze_off(self) -> str: ...

    @property
    def scanpath(self) -> "Scanpath": ...


def panel(
    state: PanelState,
    sentence: str,
    film: str | None = None,
    *,
    written: Written | None = None,
    drafts_id: str | None = None,
    request: int | None = None,
    asked: "GazeQuery | None" = None,
    choice: int = 0,
    texts: "Sequence[KeptText]" = (),
    grounds: "Grounds | None" = None,
) -> dict[str, Any]:
    """Both drafts of the film with this token, as runs of words; differing words are marked once both are finished.

    `choice` lets the page tell by which of the reader's choices the film came, and so what was typed for it; `request`
    which of its requests the drafts were written for, none where they come from the records. `texts` are the reader's
    own where the study is open again, oldest first: the last one stands, the others can be undone to. `grounds` are
    then the reasons that the reader has given.
    """
    on, off = _runs(written, marked=state == "finished")
    return {
        "state": state,
        "sentence": sentence,
        "film": film,
        "choice": choice,
        "drafts_id": drafts_id,
        "request": request,
        "gaze_on": [run.to_dict() for run in on],
        "gaze_off": [run.to_dict() for run in off],
        "gaze": _gaze(written, asked) if drafts_id is not None else None,
        "texts": [_text(one) for one in texts],
        "reasons": [] if grounds is None else [reason.value for reason in grounds.reasons],
        "note": "" if grounds is None else grounds.note,
        "withheld": False,
    }


def _text(kept: "KeptText") -> dict[str, Any]:
    return {
        "text": kept.text,
        "started_from": kept.started_from.value,
        "drafts_id": kept.drafts_id,
        "revision": kept.revision,
    }


def _gaze(written: Written | None, asked: "GazeQuery | None") -> dict[str, Any] | None:
    """The gaze that the drafts were written with: the page can tell when another one is on the film."""
    if written is None:
        return None
    return {
        "source": written.scanpath.source.value,
        "asked": None if asked is None else asked.model_dump(),
        "fixations": written.scanpath.to_fixations(),
    }


def finished_sentence(written: Written, finished: str = "Finished.") -> str:
    if written.gaze_on == written.gaze_off:
        return f"{finished} Both drafts say the same, word for word."
    return f"{finished} Words that differ are underlined."


def _runs(written: Written | None, *, marked: bool) -> tuple[list[Run], list[Run]]:
    if written is None:
        return [], []
    if marked:
        return differing_runs(written.gaze_on, written.gaze_off)
    return plain(written.gaze_on), plain(written.gaze_off)
