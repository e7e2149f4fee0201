"""Seventeen regions of a frontal chest film, placed by the lungs and the heart of that film.

The regions are those that readers of frontal films name; most of them are also among the anatomical locations of Chest
ImaGenome (Wu et al. 2021, arXiv:2108.00316). Where each lies is our own reading of what textbooks draw: fractions of
the lung and heart boxes, so that a small or a turned chest moves its regions with it. Regions may overlap, as they do
on the film: trachea and spine lie within and behind the mediastinum, and a hilum within the mid zone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.vocabulary import Finding, Side
from gaze2report_core.gaze.scanpath import GRID


class Region(StrEnum):
    """The regions in the order in which a report goes through them; right and left are the patient's."""

    TRACHEA = "trachea"
    MEDIASTINUM = "mediastinum"
    CARDIAC_SILHOUETTE = "cardiac silhouette"
    RIGHT_HILUM = "right hilum"
    LEFT_HILUM = "left hilum"
    RIGHT_APICAL_ZONE = "right apical zone"
    LEFT_APICAL_ZONE = "left apical zone"
    RIGHT_UPPER_LUNG_ZONE = "right upper lung zone"
    LEFT_UPPER_LUNG_ZONE = "left upper lung zone"
    RIGHT_MID_LUNG_ZONE = "right mid lung zone"
    LEFT_MID_LUNG_ZONE = "left mid lung zone"
    RIGHT_LOWER_LUNG_ZONE = "right lower lung zone"
    LEFT_LOWER_LUNG_ZONE = "left lower lung zone"
    RIGHT_COSTOPHRENIC_ANGLE = "right costophrenic angle"
    LEFT_COSTOPHRENIC_ANGLE = "left costophrenic angle"
    DIAPHRAGM = "diaphragm"
    SPINE = "spine"

    @property
    def side(self) -> Side | None:
        """The side that the region lies on, none for what lies in the middle."""
        return next((side for side in Side if self.value.startswith(side)), None)


@dataclass(frozen=True)
class Box:
    """A rectangle in 0..1 of the film's width and height, from its upper left corner; it may be empty.

    Raises ValueError when it is turned inside out or reaches beyond the film.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (0 <= self.left <= self.right <= 1 and 0 <= self.top <= self.bottom <= 1):
            raise ValueError("A box needs 0 ≤ left ≤ right ≤ 1 and 0 ≤ top ≤ bottom ≤ 1 of the film.")

    @classmethod
    def within_film(cls, left: float, top: float, right: float, bottom: float) -> "Box":
        """The part of a rectangle that lies on the film."""
        left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in (left, top, right, bottom))
        return cls(left, top, max(left, right), max(top, bottom))

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class ThoraxGeometry:
    """Where lungs and heart lie on one film. The patient's right lung lies on the left of the film.

    Raises ValueError when the lungs have changed places.
    """

    right_lung: Box
    left_lung: Box
    heart: Box

    def __post_init__(self) -> None:
        if self.right_lung.left >= self.left_lung.left or self.right_lung.right >= self.left_lung.right:
            raise ValueError("The right lung must lie on the left of the film: lungs and film are mirrored.")


APICAL_SHARE = 0.15
"""Of a lung's height, from its top; the three zones below it end at one third, two thirds and the lung's bottom."""


def regions_of(geometry: ThoraxGeometry) -> dict[Region, Box]:
    """All 17 regions in the film of this geometry; one that would lie beyond the film is cut or left empty."""
    boxes = _boxes(geometry)
    return {region: boxes[region] for region in Region}


def region_weights(geometry: ThoraxGeometry) -> dict[Region, NDArray[np.float64]]:
    """For each region the share of each patch that lies in it, `(14, 14)` in 0..1, rows from the top."""
    return {region: _patch_shares(box) for region, box in regions_of(geometry).items()}


def seconds_within(
    patch_durations: NDArray[np.float64], geometry: ThoraxGeometry, regions: Collection[Region]
) -> float:
    """Seconds of gaze within any of these regions, from the seconds on each patch `(grid, grid)`.

    A patch that lies partly in them counts by that part, and once where several of them overlap.
    """
    return seconds_in_boxes(patch_durations, [box for region, box in _boxes(geometry).items() if region in regions])


def seconds_in_boxes(patch_durations: NDArray[np.float64], boxes: Sequence[Box]) -> float:
    """The same of regions by where they lie on the film."""
    return float((patch_durations * _covered(boxes, len(patch_durations))).sum())


def _covered(boxes: Sequence[Box], grid: int) -> NDArray[np.float64]:
    """The share of each patch `(grid, grid)` that lies in any of the boxes.

    The edges of patches and boxes cut the film into cells, each of which lies in a box as a whole or not at all.
    """
    patches = np.linspace(0, 1, grid + 1)
    across = np.unique(np.clip([*patches, *(x for box in boxes for x in (box.left, box.right))], 0, 1))
    down = np.unique(np.clip([*patches, *(y for box in boxes for y in (box.top, box.bottom))], 0, 1))
    x, y = (across[1:] + across[:-1]) / 2, (down[1:] + down[:-1]) / 2
    inside = np.zeros((len(y), len(x)), dtype=bool)
    for box in boxes:
        inside |= np.outer((box.top < y) & (y < box.bottom), (box.left < x) & (x < box.right))
    shares = np.zeros((grid, grid))
    column, row = (np.minimum((middle * grid).astype(int), grid - 1) for middle in (x, y))
    np.add.at(shares, (row[:, None], column[None]), np.outer(np.diff(down), np.diff(across)) * inside * grid**2)
    return shares


def regions_of_finding(finding: Finding, side: Side | None) -> tuple[Region, ...]:
    """Where to expect a finding: its regions, without those of the other side where the side is known."""
    return regions_on_sides(finding, frozenset() if side is None else frozenset({side}))


def regions_on_sides(finding: Finding, sides: Collection[Side]) -> tuple[Region, ...]:
    """The same of a finding on these sides, of which one alone excludes anything."""
    return tuple(region for region in REGIONS_OF_FINDING[finding] if len(sides) != 1 or region.side in (None, *sides))


def _boxes(geometry: ThoraxGeometry) -> dict[Region, Box]:
    return (
        _middle(geometry)
        | {_OF_SIDE[Side.RIGHT][name]: box for name, box in _lung(geometry.right_lung, lateral_on_left=True).items()}
        | {_OF_SIDE[Side.LEFT][name]: box for name, box in _lung(geometry.left_lung, lateral_on_left=False).items()}
    )


def _lung(lung: Box, *, lateral_on_left: bool) -> dict[str, Box]:
    """Zones, hilum and costophrenic angle of one lung; `lateral_on_left` of the film, as the right lung's is."""

    def part(lateral: float, top: float, medial: float, bottom: float) -> Box:
        """From fractions of the lung: 0 is its lateral edge and its top, 1 its medial edge and its bottom."""
        left, right = (lateral, medial) if lateral_on_left else (1 - medial, 1 - lateral)
        return Box.within_film(
            lung.left + left * lung.width,
            lung.top + top * lung.height,
            lung.left + right * lung.width,
            lung.top + bottom * lung.height,
        )

    return {
        "apical zone": part(0, 0, 1, APICAL_SHARE),
        "upper lung zone": part(0, APICAL_SHARE, 1, 1 / 3),
        "mid lung zone": part(0, 1 / 3, 1, 2 / 3),
        "lower lung zone": part(0, 2 / 3, 1, 1),
        "hilum": part(0.6, 0.35, 1, 0.62),
        "costophrenic angle": part(-0.03, 0.82, 0.4, 1.03),
    }


def _middle(geometry: ThoraxGeometry) -> dict[Region, Box]:
    """What lies between or below the lungs."""
    right_lung, left_lung, heart = geometry.right_lung, geometry.left_lung, geometry.heart
    middle = (right_lung.right + left_lung.left) / 2
    width = left_lung.right - right_lung.left
    top = min(right_lung.top, left_lung.top)
    bottom = max(right_lung.bottom, left_lung.bottom)
    height = bottom - top
    half_mediastinum = max(0.0, left_lung.left - right_lung.right) / 2 + 0.03 * width  # the aortic arch overlaps a lung
    return {
        Region.TRACHEA: Box.within_film(
            middle - 0.05 * width, top - 0.06 * height, middle + 0.05 * width, top + 0.32 * height
        ),
        Region.MEDIASTINUM: Box.within_film(middle - half_mediastinum, top, middle + half_mediastinum, heart.top),
        Region.CARDIAC_SILHOUETTE: heart,
        Region.DIAPHRAGM: Box.within_film(right_lung.left, top + 0.78 * height, left_lung.right, bottom),
        Region.SPINE: Box.within_film(middle - 0.07 * width, top, middle + 0.07 * width, bottom + 0.1 * height),
    }


def _patch_shares(box: Box) -> NDArray[np.float64]:
    """The share of each patch that a box covers: a product, since both are rectangles, `(14, 14)`."""
    return np.outer(_interval_shares(box.top, box.bottom), _interval_shares(box.left, box.right))


def _interval_shares(start: float, end: float) -> NDArray[np.float64]:
    """The share of each of 14 equal pieces of 0..1 that lies between start and end, `(14,)`."""
    edges = np.arange(GRID + 1) / GRID
    return np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], start), 0, None) * GRID


_OF_SIDE = {
    side: {region.value.removeprefix(f"{side} "): region for region in Region if region.side is side} for side in Side
}
"""The regions of a side by what they are called without it."""

_UPPER_ZONES = (Region.RIGHT_UPPER_LUNG_ZONE, Region.LEFT_UPPER_LUNG_ZONE)
_MIDDLE_ZONES = (Region.RIGHT_MID_LUNG_ZONE, Region.LEFT_MID_LUNG_ZONE)
_LOWER_ZONES = (Region.RIGHT_LOWER_LUNG_ZONE, Region.LEFT_LOWER_LUNG_ZONE)
_HILA = (Region.RIGHT_HILUM, Region.LEFT_HILUM)
_ANGLES = (Region.RIGHT_COSTOPHRENIC_ANGLE, Region.LEFT_COSTOPHRENIC_ANGLE)
_APICES = (Region.RIGHT_APICAL_ZONE, Region.LEFT_APICAL_ZONE)

REGIONS_OF_FINDING: dict[Finding, tuple[Region, ...]] = {
    Finding.NO_FINDING: (),
    Finding.ENLARGED_CARDIOMEDIASTINUM: (Region.MEDIASTINUM, Region.CARDIAC_SILHOUETTE),
    Finding.CARDIOMEGALY: (Region.CARDIAC_SILHOUETTE,),
    Finding.LUNG_OPACITY: (*_LOWER_ZONES, *_UPPER_ZONES, *_MIDDLE_ZONES),
    Finding.LUNG_LESION: (*_LOWER_ZONES, *_UPPER_ZONES, *_HILA, *_MIDDLE_ZONES, *_APICES),
    Finding.EDEMA: (*_HILA, *_LOWER_ZONES, *_MIDDLE_ZONES),
    Finding.CONSOLIDATION: (*_LOWER_ZONES, *_MIDDLE_ZONES),
    Finding.PNEUMONIA: (*_LOWER_ZONES, *_MIDDLE_ZONES),
    Finding.ATELECTASIS: _LOWER_ZONES,
    Finding.PNEUMOTHORAX: (*_APICES, *_UPPER_ZONES),
    Finding.PLEURAL_EFFUSION: (*_ANGLES, *_LOWER_ZONES),
    Finding.PLEURAL_OTHER: (*_ANGLES, *_APICES),
    Finding.FRACTURE: (*_UPPER_ZONES, *_MIDDLE_ZONES, *_LOWER_ZONES, Region.SPINE),
    Finding.SUPPORT_DEVICES: (Region.TRACHEA, Region.MEDIASTINUM, Region.CARDIAC_SILHOUETTE, *_APICES),
}
"""Where each finding is to be expected, both sides, the regions that annotators of IU X-Ray name most often first: what
towers see of one film tells a zone less often than that. Ribs have no region of their own: a fracture is sought in the
lung zones that they cross."""
