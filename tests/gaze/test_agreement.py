"""The reading that readers agree on most, against ScanMatch itself and against all readings that there could be."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.agreement import MEASURE, most_agreed
from tests.gaze.metrics.scanpaths import scanpath_of

PLACE = st.sampled_from([0.05, 0.2, 0.35, 0.8])
FIXATION = st.tuples(PLACE, PLACE, st.sampled_from([0.1, 0.2, 0.4]))
READER = st.lists(FIXATION, min_size=1, max_size=3).map(lambda fixations: scanpath_of(*fixations))
READERS = st.lists(READER, min_size=1, max_size=5)


def agreement(reading: Scanpath, readers: list[Scanpath]) -> float:
    return float(MEASURE.scores(reading, readers).mean())


def everything(_: Scanpath) -> bool:
    return True


def composed_of(donors: list[Scanpath], length: int) -> list[Scanpath]:
    """Every reading of donors' fixations, each in its place in the order."""
    fixations = [[one.to_fixations()[place] for one in donors if len(one) > place] for place in range(length)]
    return [Scanpath.from_fixations(chosen, donors[0].source) for chosen in product(*fixations)]


@given(READER, READERS)
def test_no_exchange_of_one_fixation_would_agree_better(start: Scanpath, readers: list[Scanpath]) -> None:
    found = most_agreed(start, readers, donors=readers, allowed=everything)
    assert len(found) == len(start)
    reached = agreement(found, readers)
    assert reached >= agreement(start, readers) - 1e-6
    for donor in readers:
        for place in range(min(len(start), len(donor))):
            fixations = found.to_fixations()
            fixations[place] = donor.to_fixations()[place]
            assert agreement(Scanpath.from_fixations(fixations, start.source), readers) <= reached + 1e-6


@given(st.lists(FIXATION, min_size=1, max_size=1), READERS)
def test_of_a_single_fixation_the_best_of_all_is_found(start: list[tuple[float, ...]], readers: list[Scanpath]) -> None:
    found = most_agreed(scanpath_of(*start), readers, donors=readers, allowed=everything)
    best = max(agreement(reading, readers) for reading in composed_of(readers, 1))
    assert agreement(found, readers) >= best - 1e-6


@given(READER, READERS)
def test_only_readings_that_are_allowed_are_taken(start: Scanpath, readers: list[Scanpath]) -> None:
    found = most_agreed(start, readers, donors=readers, allowed=lambda reading: reading.share_on_films_left > 0.5)
    assert found.to_fixations() == start.to_fixations() or found.share_on_films_left > 0.5


def test_it_can_be_a_reading_that_nobody_made() -> None:
    first, second, third = ((0.1, 0.1, 0.3), (0.8, 0.2, 0.3), (0.2, 0.8, 0.3))
    readers = [
        scanpath_of(*chosen)
        for astray in ((0.5, 0.5, 0.3), (0.9, 0.9, 0.3))
        for chosen in ((first, second, astray), (first, astray, third), (astray, second, third))
    ]
    found = most_agreed(readers[0], readers, donors=readers, allowed=everything)
    assert found.to_fixations() == scanpath_of(first, second, third).to_fixations()


def test_a_fixation_is_not_exchanged_for_one_that_agrees_as_well_and_no_better() -> None:
    start = scanpath_of((0.8, 0.2, 0.2), (0.2, 0.8, 0.2))
    as_good = [scanpath_of((0.8 + 1e-6 * n, 0.2, 0.2), (0.2, 0.8 + 1e-6 * n, 0.2)) for n in range(1, 100)]
    found = most_agreed(start, [start], donors=as_good, allowed=everything)
    assert found.to_fixations() == start.to_fixations()
