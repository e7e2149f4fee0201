"""What a reader is warned of on a film, and which of it says that gaze and report may mean nothing."""

from typing import Any

from gaze2report_core.imaging import Radiograph, View

LATERAL_ALONE = (
    "This film says that it is a lateral view: the reports are written from it alone, without gaze. "
    "If there is a frontal film, open that one, and then add this one as the lateral."
)
FRONTAL_AS_LATERAL = "This film says that it is a frontal view, but it was added as the lateral."
OTHER_BODY_PART = (
    "The file says that it shows another part of the body ({part}): unless that is wrong, gaze and report mean nothing."
)

PARTS_OF_THE_CHEST = frozenset({"THORAX", "HEART", "MEDIASTINUM", "RIB", "STERNUM", "WHOLEBODY"})
"""Of DICOM's body parts, beside those that have CHEST in their names."""


def with_doubts(radiograph: Radiograph, view: View) -> Radiograph:
    """A film whose file says that it is another than the reader takes it for is shown with a warning."""
    part = radiograph.facts.body_part
    if part and "CHEST" not in part and part not in PARTS_OF_THE_CHEST:
        radiograph = radiograph.with_warnings(OTHER_BODY_PART.format(part=part.lower()))
    if radiograph.view in (view, View.UNKNOWN):
        return radiograph
    return radiograph.with_warnings(LATERAL_ALONE if view is View.FRONTAL else FRONTAL_AS_LATERAL)


def warnings_value(radiograph: Radiograph) -> list[dict[str, Any]]:
    """The warnings as the viewer shows them, ready for JSON: those first by which drafts may mean nothing."""
    from gaze2report_core.pipeline import NOT_A_CHEST  # loaded long before there is a film, but not for --help

    part = radiograph.facts.body_part or ""
    grave = {NOT_A_CHEST, OTHER_BODY_PART.format(part=part.lower()), LATERAL_ALONE, FRONTAL_AS_LATERAL}
    told = [{"sentence": sentence, "grave": sentence in grave} for sentence in radiograph.warnings]
    return sorted(told, key=lambda one: not one["grave"])
