"""Intervals of reliability hold what they say, and are as narrow as the studies behind them are many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.findings.evidence import log_odds
from gaze2report_core.findings.reliability import NINETY_FIVE_PERCENT, Reliability

AROUND = np.linspace(0.02, 0.98, 25)


def drawn_probabilities(studies: int, seed: int = 0, usual: float = -2.0) -> np.ndarray:
    z = np.random.default_rng(seed).normal(usual, 1.5, (studies, 14))
    return 1 / (1 + np.exp(-z))


def widths(reliability: Reliability, probability: float) -> np.ndarray:
    low, high = reliability.interval(np.full(14, probability))
    return high - low


@given(st.floats(0, 1), st.integers(0, 400))
def test_every_probability_lies_within_its_interval_which_stays_within_0_and_1(likely: float, studies: int) -> None:
    low, high = Reliability.on(drawn_probabilities(studies)).interval(np.full(14, likely))
    kept = np.clip(likely, 1e-6, 1 - 1e-6)
    assert ((low > 0) & (low < kept) & (kept < high) & (high < 1)).all()


def test_more_studies_tell_more_and_none_tell_what_is_known_beforehand() -> None:
    few, many = (Reliability.on(drawn_probabilities(studies)) for studies in (50, 1000))
    nothing = Reliability.without_studies()
    for likely in (0.05, 0.3, 0.8):
        assert (widths(many, likely) < widths(few, likely)).all()
        assert (widths(few, likely) < widths(nothing, likely)).all()
    of_none = Reliability.on(np.empty((0, 14)))
    np.testing.assert_allclose(of_none.columns(), nothing.columns())


def test_most_is_known_where_studies_are() -> None:
    rare, frequent = (Reliability.on(drawn_probabilities(300, usual=usual)) for usual in (-4.0, 0.0))
    assert (rare.surest < frequent.surest).all()
    in_odds = [np.ptp(log_odds(np.array(frequent.interval(np.full(14, likely)))), axis=0) for likely in (0.5, 0.99)]
    assert (in_odds[0] < in_odds[1]).all()


def test_calibrations_drawn_again_stay_within_the_interval_nineteen_times_in_twenty() -> None:
    """Studies are drawn from what the classifier says, and lines fitted to them: so far it may be wrong."""
    random = np.random.default_rng(1)
    probabilities = drawn_probabilities(400)
    reliability = Reliability.on(probabilities)
    z, asked = log_odds(probabilities[:, 0]), log_odds(AROUND)
    low, high = (log_odds(end) for end in reliability.interval(np.repeat(AROUND[:, None], 14, axis=1)))
    inside = []
    for _ in range(300):
        shown = random.random(len(z)) < probabilities[:, 0]
        line = _fitted_line(z, shown)
        fitted = line[0] + line[1] * asked
        inside.append((low[:, 0] < fitted) & (fitted < high[:, 0]))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


def _fitted_line(z: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Shift and slope of a logistic regression, by Newton's method; nothing is known beforehand."""
    inputs, line = np.stack([np.ones_like(z), z], axis=1), np.array([0.0, 1.0])
    for _ in range(8):
        likely = 1 / (1 + np.exp(-inputs @ line))
        says = likely * (1 - likely)
        line = line + np.linalg.solve((inputs * says[:, None]).T @ inputs, inputs.T @ (shown - likely))
    return line


def test_it_is_kept_and_read_again_and_what_is_damaged_is_refused() -> None:
    reliability = Reliability.on(drawn_probabilities(100))
    back = Reliability.from_columns(reliability.columns())
    np.testing.assert_array_equal(back.interval(np.full(14, 0.3)), reliability.interval(np.full(14, 0.3)))
    for damaged in (reliability.columns()[:13], reliability.columns().T, reliability.columns() * np.nan):
        with pytest.raises(ValueError, match="damaged"):
            Reliability.from_columns(damaged)


def test_the_interval_is_of_ninety_five_percent_of_a_normal_distribution() -> None:
    drawn = np.random.default_rng(0).normal(size=200_000)
    assert np.mean(np.abs(drawn) < NINETY_FIVE_PERCENT) == pytest.approx(0.95, abs=0.003)


def test_one_number_that_is_none_is_enough_to_be_damaged() -> None:
    columns = Reliability.without_studies().columns()
    columns[3, 1] = np.nan
    with pytest.raises(ValueError, match="damaged"):
        Reliability.from_columns(columns)
