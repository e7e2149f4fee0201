"""Scanpaths paired by finding and side, by hand: the patient's right is the film's left."""

import numpy as np
import pytest

from gaze2report_core.evaluation.gaze.crossed import CrossedScores
from gaze2report_core.evaluation.gaze.films import Readers, SearchedFilm
from gaze2report_core.evaluation.gaze.same_side import OTHER_SIDE, THAT_SIDE, same_side
from gaze2report_core.evaluation.gaze.scores import SCANMATCH
from gaze2report_core.evaluation.gaze.systems import MEAN_READER, MEDOID, SAMPLES, System
from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze.metrics import ScanMatch

EFFUSION, HEART, OPACITY = Finding.PLEURAL_EFFUSION, Finding.CARDIOMEGALY, Finding.LUNG_OPACITY
ON_RIGHT, ON_LEFT, IN_MIDDLE = 0.2, 0.8, 0.5


def looking_at(x: float, seconds: float = 0.3) -> Scanpath:
    return Scanpath(np.full(3, x), np.array([0.4, 0.5, 0.6]), np.full(3, seconds), GazeSource.RECORDED)


def of_recordings(scores: CrossedScores) -> list[float]:
    """The mean over films in ScanMatch of each recording."""
    return [one for block in scores.blocks for one in block.scores[SCANMATCH].mean(axis=1).tolist()]


def film(finding: Finding, side: Side | None, x: float) -> SearchedFilm:
    readers = Readers(looking_at(x), (looking_at(x), looking_at(IN_MIDDLE)), np.zeros((14, 14)))
    return SearchedFilm("1", finding, readers, side, readers if side else None)


GAZE = [
    film(EFFUSION, Side.RIGHT, ON_RIGHT),
    film(EFFUSION, Side.LEFT, ON_LEFT),
    film(EFFUSION, None, ON_LEFT),
    film(HEART, None, IN_MIDDLE),
    film(OPACITY, Side.RIGHT, ON_RIGHT),
]
RECORDINGS = {
    EFFUSION: [looking_at(ON_LEFT, 0.4), looking_at(ON_RIGHT), looking_at(ON_LEFT), looking_at(IN_MIDDLE)],
    HEART: [looking_at(ON_LEFT)],
    OPACITY: [looking_at(ON_RIGHT)],
}
ALWAYS_LEFT = System(MEDOID, {finding: [looking_at(ON_LEFT)] for finding in RECORDINGS})


def test_recordings_are_compared_with_films_that_have_the_finding_on_their_side() -> None:
    found = same_side(GAZE, RECORDINGS, [ALWAYS_LEFT])
    assert found is not None
    assert found.films == {EFFUSION: 2}, "opacity is on one side alone, so nothing there can be exchanged"
    assert found.recordings == {EFFUSION: 3}, "one looks at neither side"
    # Left first: of two recordings there the first looks longer, so that it is not quite what is predicted.
    longer = float(ScanMatch().scores(looking_at(ON_LEFT, 0.4), [looking_at(ON_LEFT)])[0])
    that, other, constant = (
        of_recordings(found.systems[name])
        for name in (THAT_SIDE.format(MEAN_READER), OTHER_SIDE.format(MEAN_READER), MEDOID)
    )
    assert that == pytest.approx([longer, 1, 1])
    assert other == pytest.approx([0, 0, 0], abs=0.2)
    assert constant[:2] == that[:2] and constant[2] < 0.2
    assert [block.finding for block in found.systems[MEDOID].blocks] == [EFFUSION] * 2


def test_samples_count_by_their_mean_and_are_compared_with_all_but_the_other_predictor() -> None:
    found = same_side(GAZE, RECORDINGS, [ALWAYS_LEFT])
    assert found is not None
    that = THAT_SIDE.format(SAMPLES)
    middle = float(ScanMatch().scores(looking_at(ON_RIGHT), [looking_at(IN_MIDDLE)])[0])
    assert of_recordings(found.systems[that])[2] == pytest.approx((1 + middle) / 2)
    assert found.differences.keys() == {THAT_SIDE.format(MEAN_READER), that}
    assert found.differences[that].keys() == {MEDOID, OTHER_SIDE.format(SAMPLES)}
    assert found.differences[that][MEDOID][SCANMATCH].value == pytest.approx(
        found.systems[that].value(SCANMATCH) - found.systems[MEDOID].value(SCANMATCH)
    )


def test_without_films_on_either_side_or_recordings_of_one_side_there_is_nothing_to_say() -> None:
    assert same_side(GAZE[1:], RECORDINGS, [ALWAYS_LEFT]) is None
    assert same_side(GAZE, {EFFUSION: [looking_at(IN_MIDDLE)]}, [ALWAYS_LEFT]) is None
    one_side = same_side(GAZE, {EFFUSION: [looking_at(ON_RIGHT)]}, [ALWAYS_LEFT])
    assert one_side is not None and one_side.recordings == {EFFUSION: 1}
