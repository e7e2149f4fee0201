"""Features of a study, a linear probe on them, and the file that such probes are kept in."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from gaze2report_core.findings.linear_probe import (
    A_GLANCE,
    ROWS,
    LinearProbe,
    features_of_study,
    loaded_state,
    pooled,
    save_state,
    under_gaze,
)
from tests.findings.linear_probes import WIDTH, a_linear_probe, patches_and_gaze


def test_a_film_is_pooled_as_a_whole_and_by_quarters() -> None:
    patches = np.zeros((14, 14, WIDTH))
    patches[3, 9, 2] = 49.0  # in the upper right quarter
    mean, maximum, *quarters = pooled(patches.reshape(196, WIDTH))
    assert mean[2] == pytest.approx(49 / 196)
    assert maximum[2] == 49
    assert [quarter[2] for quarter in quarters] == [0, 1, 0, 0]


def test_patches_count_by_the_seconds_of_gaze_on_them() -> None:
    patches = np.zeros((14, 14, WIDTH))
    patches[3, 9, 2] = 1.0
    seconds = np.zeros((14, 14))
    seconds[3, 9] = 6.0
    weighed = under_gaze(patches.reshape(196, WIDTH), seconds)
    assert weighed[2] == pytest.approx((6 + A_GLANCE / 196) / (6 + A_GLANCE))
    assert under_gaze(patches.reshape(196, WIDTH), 1e-6 * seconds)[2] == pytest.approx(1 / 196, rel=1e-3)
    assert under_gaze(patches.reshape(196, WIDTH), seconds.T)[2] < 1 / 196


def test_each_view_has_rows_of_its_own_and_gaze_is_on_the_frontal_one() -> None:
    frontal, lateral, seconds = patches_and_gaze()
    features = features_of_study(frontal, lateral, seconds, WIDTH)
    np.testing.assert_array_equal(features, [*pooled(frontal), *pooled(lateral), under_gaze(frontal, seconds)])
    without_frontal = features_of_study(None, lateral, seconds, WIDTH)
    assert np.isnan(without_frontal).all(axis=1).tolist() == [True] * 6 + [False] * 6 + [True]


def test_a_standard_deviation_counts_as_one() -> None:
    linear = a_linear_probe(np.random.default_rng(0))
    expected = linear.bias + linear.weights.sum(axis=(0, 1))
    np.testing.assert_allclose(linear.score(linear.mean + linear.deviation), expected, rtol=1e-4, atol=1e-4)


def test_what_is_absent_says_nothing_and_what_is_usual_neither() -> None:
    linear = a_linear_probe(np.random.default_rng(0))
    frontal, lateral, seconds = patches_and_gaze()
    alone, beside, both = (
        linear.score(features_of_study(*films, None, WIDTH))
        for films in ((frontal, None), (None, lateral), (frontal, lateral))
    )
    np.testing.assert_allclose(alone + beside - linear.bias, both, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(linear.score(linear.mean), linear.bias)
    assert (linear.score(features_of_study(frontal, lateral, seconds, WIDTH)) != both).all()


def test_a_probe_comes_back_from_its_file_which_has_its_weights_with_sixteen_bits(tmp_path: Path) -> None:
    linear, path = a_linear_probe(np.random.default_rng(0)), tmp_path / "probe.safetensors"
    save_state(linear.state("one") | {"beside": np.full(2, 0.1)}, path)
    assert {name: values.dtype.name for name, values in load_file(path).items()} == {
        "one.mean": "float32",
        "one.deviation": "float32",
        "one.weights": "float16",
        "one.bias": "float32",
        "beside": "float32",
    }
    with loaded_state(path, "This probe") as state:
        again = LinearProbe.from_state(state, "one")
        assert state["beside"].tolist() == pytest.approx([0.1, 0.1])
    assert again.width == WIDTH
    for part in fields(linear):
        np.testing.assert_array_equal(getattr(again, part.name), getattr(linear, part.name))
        assert getattr(again, part.name).dtype == np.float32


def test_a_probe_fits_as_many_labels_as_it_has_and_all_parts_of_a_study() -> None:
    linear = a_linear_probe(np.random.default_rng(0))
    assert linear.fits(14)
    assert not linear.fits(13)
    shorter = {name: getattr(linear, name)[: ROWS - 1] for name in ("mean", "deviation", "weights")}
    assert not replace(linear, **shorter).fits(14)
    for part in fields(linear):
        damaged = np.append(getattr(linear, part.name), np.float32(0))
        assert not replace(linear, **{part.name: damaged}).fits(14)


def test_a_file_that_is_none_and_one_that_lacks_something_are_refused_by_the_name_of_the_probe(
    tmp_path: Path,
) -> None:
    path = tmp_path / "probe.safetensors"
    path.write_bytes(b"no safetensors")
    with pytest.raises(ValueError, match=r"This probe is damaged\."), loaded_state(path, "This probe"):
        pass
    save_state(a_linear_probe(np.random.default_rng(0)).state("one"), path)
    with pytest.raises(ValueError, match=r"This probe is damaged\."), loaded_state(path, "This probe") as state:
        LinearProbe.from_state(state, "another")
