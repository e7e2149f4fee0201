"""The few technical facts about a film that are kept: an allow-list, so that nothing else can slip through."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class View(StrEnum):
    """From where the film was taken, as far as it says so itself."""

    FRONTAL = "frontal"
    LATERAL = "lateral"
    UNKNOWN = "unknown"


_VIEW_OF_POSITION = {
    "PA": View.FRONTAL,
    "AP": View.FRONTAL,
    "LL": View.LATERAL,
    "RL": View.LATERAL,
    "LAT": View.LATERAL,
    "LATERAL": View.LATERAL,
    "LLAT": View.LATERAL,
    "RLAT": View.LATERAL,
}


def view_of(position: str | None) -> View:
    """The view that a DICOM View Position names; obliques and decubitus films are neither frontal nor lateral."""
    return _VIEW_OF_POSITION.get(position or "", View.UNKNOWN)


BURNED_IN_NOT_SAID = (
    "The file does not say whether annotation is burned into the film: check that no name is seen in it."
)


@dataclass(frozen=True)
class FilmFacts:
    """What is kept of a film beside its pixels. What the file does not say is None.

    Attributes
    ----------
    rows, columns
        Size of the stored film in pixels.
    bits_stored
        Depth of one sample.
    pixel_spacing
        (between rows, between columns) in mm, at the detector where the patient's plane is not given.
    windows
        (centre, width) pairs from the file, in the film's own units; empty where the file holds none.
    burned_in_annotation
        Whether the file declares annotation, which may name the patient, burned into its pixels.
    """

    rows: int
    columns: int
    bits_stored: int
    modality: str | None = None
    body_part: str | None = None
    view_position: str | None = None
    photometric_interpretation: str | None = None
    pixel_spacing: tuple[float, float] | None = None
    windows: tuple[tuple[float, float], ...] = ()
    burned_in_annotation: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """The facts as JSON-ready values: tuples become lists."""
        facts = asdict(self)
        facts["pixel_spacing"] = list(self.pixel_spacing) if self.pixel_spacing else None
        facts["windows"] = [list(window) for window in self.windows]
        return facts

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "FilmFacts":
        """Read what `to_dict` wrote."""
        facts = dict(values)
        facts["pixel_spacing"] = tuple(facts["pixel_spacing"]) if facts["pixel_spacing"] else None
        facts["windows"] = tuple(tuple(window) for window in facts["windows"])
        return cls(**facts)
