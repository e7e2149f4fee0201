"""What to say of a film whose file names another part of the body than the chest."""

OTHER_BODY_PART = (
    "The file says that it shows another part of the body ({part}): unless that is wrong, gaze and report mean nothing."
)

BODY_PART_NOT_KNOWN = (
    "The file names the part of the body in words that are not known here: check that it is the chest."
)

PARTS_OF_THE_CHEST = frozenset(
    {"THORAX", "AORTA", "BRONCHUS", "HEART", "LUNG", "MEDIASTINUM", "RIB", "STERNUM", "THYMUS", "TRACHEA", "WHOLEBODY"}
)
"""Of DICOM's body parts, beside those that have CHEST in their names."""


def warning_of_body_part(part: str | None) -> str | None:
    """The warning for a body part as `FilmFacts` has it; nothing for a part of the chest, or where none is named."""
    if not part or is_of_the_chest(part):
        return None
    return OTHER_BODY_PART.format(part=part.lower())


def is_of_the_chest(part: str) -> bool:
    """Whether a term of DICOM for a part of the body is the chest, with what is around it, or a part of it."""
    return "CHEST" in part or part in PARTS_OF_THE_CHEST
