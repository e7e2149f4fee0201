"""What a reader is warned of on a film, and which of it says that gaze and report may mean nothing."""

from typing import Any

from gaze2report_core.film_places import FRONTAL_AS_LATERAL
from gaze2report_core.imaging import BURNED_IN_NOT_SAID, Radiograph, View, warning_of_body_part

LATERAL_ALONE = (
    "By its header or its looks this film is a lateral view: the reports are written from it alone, without gaze. "
    "If there is a frontal film, open that one, and then add this one as the lateral."
)


def with_doubts(radiograph: Radiograph, view: View) -> Radiograph:
    """With warnings of a film that is, or looks like, another view than the reader takes it for, and of a picture.

    A picture, such as a screenshot, says nothing of what is burned into it, like many a DICOM file that is warned of;
    its pixels are kept and leave with an export.
    """
    if radiograph.facts.burned_in_annotation is None and BURNED_IN_NOT_SAID not in radiograph.warnings:
        radiograph = radiograph.with_warnings(BURNED_IN_NOT_SAID)
    if radiograph.view in (view, View.UNKNOWN):
        return radiograph
    return radiograph.with_warnings(LATERAL_ALONE if view is View.FRONTAL else FRONTAL_AS_LATERAL)


def warnings_value(radiograph: Radiograph) -> list[dict[str, Any]]:
    """The warnings as the viewer shows them, ready for JSON: those first by which drafts may mean nothing."""
    from gaze2report_core.pipeline import NOT_A_CHEST  # loaded long before there is a film, but not for --help

    of_header = warning_of_body_part(radiograph.facts.body_part)
    grave = {NOT_A_CHEST, of_header, LATERAL_ALONE, FRONTAL_AS_LATERAL}
    told = [{"sentence": sentence, "grave": sentence in grave} for sentence in radiograph.warnings]
    return sorted(told, key=lambda one: not one["grave"])
