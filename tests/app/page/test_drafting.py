"""What the controls mean, and what a pass over the drafts shows, keeps and leaves undone."""

import pytest

from app.page.drafting import decoding_settings
from gaze2report_core.generation import DecodingSettings


def test_the_controls_give_decoding_settings() -> None:
    assert decoding_settings("greedy", None, None) == DecodingSettings(method="greedy")
    assert decoding_settings("beam", 3, 4) == DecodingSettings(method="beam")
    assert decoding_settings("sample", 0.7, 12.0) == DecodingSettings(method="sample", temperature=0.7, seed=12)


@pytest.mark.parametrize(("temperature", "seed"), [(None, 0), (1, None), (1, 0.5), (1, -1), (1, 2**32)])
def test_sampling_without_temperature_or_seed_is_refused_in_words(
    temperature: float | None, seed: float | None
) -> None:
    with pytest.raises(ValueError, match="a temperature and, as its seed, a whole number from 0 to 4294967295"):
        decoding_settings("sample", temperature, seed)


def test_a_temperature_out_of_range_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="temperature must be between"):
        decoding_settings("sample", 9, 0)
