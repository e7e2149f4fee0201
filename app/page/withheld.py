"""What the page is told while a reader reads first: nothing of gaze, findings and drafts, which are made meanwhile.

It stays on the server, so that neither the eye nor a screen reader, nor whoever looks into the page, meets it. What is
left looks as if none of it had been made yet.
"""

from collections.abc import Mapping
from typing import Any

from app.page.film_gaze import FilmGaze

BEING_MADE = "Gaze, findings and drafts are being made, and withheld until you ask for them."
READY = "Gaze, findings and drafts are ready, and withheld until you ask for them."


def without_drafts(drafts: Mapping[str, Any], not_shown: str | None) -> dict[str, Any]:
    """The panel without what the drafts say. Their id stays: the reader's own text is kept under it."""
    nothing: dict[str, Any] = {"gaze_on": [], "gaze_off": [], "gaze": None}
    return {**drafts, **nothing, "withheld": True, "sentence": not_shown or _sentence(drafts)}


def _sentence(drafts: Mapping[str, Any]) -> str:
    """How far they are; that none came, since they failed or were stopped before the first word, is no secret."""
    if drafts["state"] in ("waiting", "writing"):
        return BEING_MADE
    is_written = drafts["state"] != "failed" and drafts["drafts_id"] is not None
    return READY if is_written else str(drafts["sentence"])


def without_gaze(gaze: FilmGaze) -> dict[str, Any]:
    """What the viewer is told of the gaze: what was said of a recording, and none of the gaze itself."""
    told = gaze.to_dict()
    return FilmGaze().to_dict() | {name: told[name] for name in ("word", "choice", "answered")}
