"""The regions of a film follow its lungs and its heart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.places.regions import (
    REGIONS_OF_FINDING,
    Box,
    Region,
    ThoraxGeometry,
    region_weights,
    regions_of,
    regions_of_finding,
    seconds_within,
)

CHEST = ThoraxGeometry(Box(0.1, 0.1, 0.45, 0.8), Box(0.55, 0.12, 0.9, 0.82), Box(0.4, 0.45, 0.75, 0.8))


def centre(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


@st.composite
def geometries(draw: st.DrawFn) -> ThoraxGeometry:
    """Any three boxes on a film of which the lungs have not changed places, some of them without area."""
    edges = [sorted(draw(st.lists(st.floats(0, 1), min_size=2, max_size=2))) for _ in range(6)]
    (right, left, heart), heights = edges[:3], edges[3:]
    if right[0] >= left[0] or right[1] >= left[1]:
        right, left = [0.0, 0.4], [0.1 + left[0] * 0.4, 0.5 + left[1] * 0.4]
    return ThoraxGeometry(
        *(
            Box(across[0], down[0], across[1], down[1])
            for across, down in zip((right, left, heart), heights, strict=True)
        )
    )


def test_there_are_seventeen_regions_as_many_on_either_side() -> None:
    assert len(Region) == 17
    assert (
        sum(region.side is Side.RIGHT for region in Region) == sum(region.side is Side.LEFT for region in Region) == 6
    )
    assert list(regions_of(CHEST)) == list(Region)


def test_the_patients_right_is_on_the_left_of_the_film() -> None:
    for region, box in regions_of(CHEST).items():
        if region.side is not None:
            assert (centre(box)[0] < 0.5) == (region.side is Side.RIGHT), region


def test_anatomy_lies_as_in_a_chest() -> None:
    regions = {region: centre(box) for region, box in regions_of(CHEST).items()}
    for side in ("right", "left"):
        zones = ["apical zone", "upper lung zone", "mid lung zone", "lower lung zone"]
        heights = [regions[Region(f"{side} {zone}")][1] for zone in zones]
        assert heights == sorted(heights)
        angle, hilum = regions[Region(f"{side} costophrenic angle")], regions[Region(f"{side} hilum")]
        assert abs(angle[0] - 0.5) > abs(hilum[0] - 0.5), "the angle is lateral, the hilum medial"
        assert angle[1] > hilum[1]
    assert regions[Region.TRACHEA][1] < regions[Region.MEDIASTINUM][1] < regions[Region.CARDIAC_SILHOUETTE][1]
    assert regions[Region.CARDIAC_SILHOUETTE][1] < regions[Region.DIAPHRAGM][1]


def test_regions_worked_out_by_hand() -> None:
    """The left lung lies 0.1 lower than the right one, as it does not in `CHEST`."""
    uneven = ThoraxGeometry(Box(0.1, 0.1, 0.4, 0.7), Box(0.6, 0.2, 0.9, 0.8), Box(0.4, 0.5, 0.7, 0.8))
    expected = {
        Region.TRACHEA: (0.46, 0.058, 0.54, 0.324),
        Region.MEDIASTINUM: (0.376, 0.1, 0.624, 0.5),
        Region.CARDIAC_SILHOUETTE: (0.4, 0.5, 0.7, 0.8),
        Region.RIGHT_HILUM: (0.28, 0.31, 0.4, 0.472),
        Region.LEFT_HILUM: (0.6, 0.41, 0.72, 0.572),
        Region.RIGHT_APICAL_ZONE: (0.1, 0.1, 0.4, 0.19),
        Region.LEFT_UPPER_LUNG_ZONE: (0.6, 0.29, 0.9, 0.4),
        Region.RIGHT_MID_LUNG_ZONE: (0.1, 0.3, 0.4, 0.5),
        Region.LEFT_LOWER_LUNG_ZONE: (0.6, 0.6, 0.9, 0.8),
        Region.RIGHT_COSTOPHRENIC_ANGLE: (0.091, 0.592, 0.22, 0.718),
        Region.LEFT_COSTOPHRENIC_ANGLE: (0.78, 0.692, 0.909, 0.818),
        Region.DIAPHRAGM: (0.1, 0.646, 0.9, 0.8),
        Region.SPINE: (0.444, 0.1, 0.556, 0.87),
    }
    found = regions_of(uneven)
    for region, edges in expected.items():
        box = found[region]
        assert (box.left, box.top, box.right, box.bottom) == pytest.approx(edges), region


def test_regions_move_with_the_film() -> None:
    moved = ThoraxGeometry(
        *(
            Box(box.left + 0.05, box.top + 0.1, box.right + 0.05, box.bottom + 0.1)
            for box in (CHEST.right_lung, CHEST.left_lung, CHEST.heart)
        )
    )
    for region, box in regions_of(moved).items():
        x, y = centre(regions_of(CHEST)[region])
        assert centre(box) == pytest.approx((x + 0.05, y + 0.1)), region


@settings(max_examples=40)
@given(geometries())
def test_every_region_of_any_geometry_stays_on_the_film(geometry: ThoraxGeometry) -> None:
    for region, weights in region_weights(geometry).items():
        box = regions_of(geometry)[region]
        assert weights.shape == (14, 14)
        assert weights.min() >= 0 and weights.max() <= 1 + 1e-9
        assert weights.sum() == pytest.approx(196 * box.width * box.height, abs=1e-6)


def test_gaze_counts_where_it_rests_and_by_the_part_of_the_patch() -> None:
    durations = np.zeros((14, 14))
    durations[7, 3] = 2.0  # x 0.214..0.286, y 0.5..0.571: right mid zone, which ends at 0.567
    covered = (0.1 + 0.7 * 2 / 3 - 0.5) * 14
    mid, lower = Region.RIGHT_MID_LUNG_ZONE, Region.RIGHT_LOWER_LUNG_ZONE
    assert seconds_within(durations, CHEST, [mid]) == pytest.approx(2 * covered)
    assert seconds_within(durations, CHEST, [lower]) == pytest.approx(2 * (1 - covered))
    assert seconds_within(durations, CHEST, [lower, mid]) == pytest.approx(2)
    assert seconds_within(durations, CHEST, [Region.LEFT_MID_LUNG_ZONE, Region.CARDIAC_SILHOUETTE]) == 0
    assert seconds_within(durations, CHEST, []) == 0


@settings(max_examples=40)
@given(geometries(), st.sets(st.sampled_from(Region)))
def test_gaze_on_regions_that_overlap_counts_once(geometry: ThoraxGeometry, regions: set[Region]) -> None:
    durations = np.random.default_rng(0).exponential(0.3, (14, 14))
    of_each = [seconds_within(durations, geometry, [region]) for region in regions]
    together = seconds_within(durations, geometry, regions)
    assert max(of_each, default=0) - 1e-9 <= together <= min(sum(of_each), durations.sum()) + 1e-9
    assert seconds_within(np.ones((14, 14)), geometry, regions) == pytest.approx(
        196 * _area(geometry, regions), abs=0.5
    )


def test_a_hilum_within_its_zone_adds_no_gaze() -> None:
    durations = np.random.default_rng(0).exponential(0.3, (14, 14))
    zone = seconds_within(durations, CHEST, [Region.RIGHT_MID_LUNG_ZONE])
    boxes = regions_of(CHEST)
    hilum, mid = boxes[Region.RIGHT_HILUM], boxes[Region.RIGHT_MID_LUNG_ZONE]
    assert mid.left <= hilum.left and hilum.right <= mid.right and mid.top <= hilum.top and hilum.bottom <= mid.bottom
    assert seconds_within(durations, CHEST, [Region.RIGHT_HILUM, Region.RIGHT_MID_LUNG_ZONE]) == pytest.approx(zone)


def _area(geometry: ThoraxGeometry, regions: set[Region]) -> float:
    """The share of the film that lies in any of the regions, by looking at half a million points."""
    y, x = np.mgrid[0:700, 0:700] / 700 + 0.5 / 700
    boxes = [regions_of(geometry)[region] for region in regions]
    inside = [(box.left < x) & (x < box.right) & (box.top < y) & (y < box.bottom) for box in boxes]
    return float(np.any(inside, axis=0).mean()) if inside else 0.0


def test_gaze_may_come_on_a_grid_of_any_size() -> None:
    seconds = seconds_within(np.full((2, 2), 1.0), CHEST, [Region.CARDIAC_SILHOUETTE])
    assert seconds == pytest.approx(4 * 0.35 * 0.35)


def test_air_is_expected_at_the_top_of_the_pleura_and_collapse_and_fluid_at_the_bottom() -> None:
    heights = {
        finding: [centre(regions_of(CHEST)[region])[1] for region in regions_of_finding(finding, None)]
        for finding in (Finding.PNEUMOTHORAX, Finding.PLEURAL_EFFUSION, Finding.ATELECTASIS)
    }
    assert max(heights[Finding.PNEUMOTHORAX]) < 0.4
    assert min(heights[Finding.PLEURAL_EFFUSION] + heights[Finding.ATELECTASIS]) > 0.6


def test_a_finding_with_a_side_is_not_expected_on_the_other() -> None:
    assert regions_of_finding(Finding.PLEURAL_EFFUSION, Side.LEFT) == (
        Region.LEFT_COSTOPHRENIC_ANGLE,
        Region.LEFT_LOWER_LUNG_ZONE,
    )
    assert regions_of_finding(Finding.CARDIOMEGALY, Side.LEFT) == (Region.CARDIAC_SILHOUETTE,)
    assert regions_of_finding(Finding.EDEMA, None) == REGIONS_OF_FINDING[Finding.EDEMA]


def test_every_finding_but_none_has_a_place() -> None:
    assert [finding for finding in Finding if not REGIONS_OF_FINDING[finding]] == [Finding.NO_FINDING]


def test_mirrored_lungs_are_refused() -> None:
    with pytest.raises(ValueError, match="mirrored"):
        ThoraxGeometry(CHEST.left_lung, CHEST.right_lung, CHEST.heart)
    for left_lung in (Box(0.1, 0.1, 0.9, 0.8), Box(0.05, 0.1, 0.9, 0.8), Box(0.2, 0.1, 0.45, 0.8)):
        with pytest.raises(ValueError, match="mirrored"):
            ThoraxGeometry(CHEST.right_lung, left_lung, CHEST.heart)


@pytest.mark.parametrize(
    "edges",
    [
        (0.5, 0.1, 0.4, 0.2),
        (0.5, 0.3, 0.6, 0.2),
        (0.5, 0.1, float("nan"), 0.2),
        (-0.1, 0.1, 0.4, 0.2),
        (0.1, -0.1, 0.4, 0.2),
        (0.5, 0.1, 1.1, 0.2),
        (0.5, 0.1, 0.6, 1.1),
    ],
)
def test_a_box_inside_out_or_beyond_the_film_is_refused(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="box needs"):
        Box(*edges)
