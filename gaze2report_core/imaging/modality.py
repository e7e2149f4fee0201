"""What to say of a film whose file says that it is no radiograph."""

OTHER_MODALITY = (
    "The file says that it is no radiograph but another image ({modality}): unless that is wrong, gaze and report mean "
    "nothing."
)
MODALITY_NOT_KNOWN = "The file names its modality in words that are not known here: check that it is a radiograph."

OF_RADIOGRAPHS = frozenset({"CR", "DX", "OT", "RF", "RG", "SC", "XA"})
"""Of DICOM's modalities, those of radiographs, and those of copies, whatever they are of."""


def warning_of_modality(modality: str | None) -> str | None:
    """The warning for a modality as `FilmFacts` has it; nothing for a radiograph's, or where none is named."""
    if modality is None or modality in OF_RADIOGRAPHS:
        return None
    return OTHER_MODALITY.format(modality=modality)
