"""Files of the gaze on a film, with names that hold nothing of the patient."""

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.page.gaze_messages import Export
from app.records import GazeQuery
from gaze2report_core.gaze import Scanpath, durations_for_json
from gaze2report_core.imaging import Radiograph

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline


@dataclass(frozen=True)
class ExportedFile:
    name: str
    media_type: str
    data: bytes


def export_gaze(
    what: Export, film: Radiograph, scanpath: Scanpath, asked: GazeQuery | None, pipeline: "Gaze2ReportPipeline"
) -> ExportedFile:
    """The overlay as PNG, its playback as GIF, or the scanpath as JSON with the keys of `report --json`.

    Each says whether gaze answers what was `asked`; what that was, as it was typed, only the JSON, as corrections do.
    """
    if what == "scanpath":
        return ExportedFile("gaze2report-scanpath.json", "application/json", _as_json(scanpath, asked, pipeline))
    drawn = io.BytesIO()
    if what == "overlay":
        from gaze2report_core.drawing.overlay import draw_overlay

        draw_overlay(film, scanpath, drawn, for_a_query=asked is not None)
        return ExportedFile("gaze2report-overlay.png", "image/png", drawn.getvalue())
    from gaze2report_core.drawing.animation import draw_playback

    draw_playback(film, scanpath, drawn, for_a_query=asked is not None)
    return ExportedFile("gaze2report-playback.gif", "image/gif", drawn.getvalue())


def _as_json(scanpath: Scanpath, asked: GazeQuery | None, pipeline: "Gaze2ReportPipeline") -> bytes:
    value = {
        "scanpath": scanpath.to_fixations(),
        "patch_durations": durations_for_json(scanpath.patch_durations()),
        "gaze": scanpath.source.value,
        "gaze_query": None if asked is None else asked.model_dump(),
        "model": {"id": pipeline.model_id, "revision": pipeline.revision},
    }
    return json.dumps(value, indent=1).encode()
