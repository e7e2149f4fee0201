"""Findings of the pipeline: by which towers, and from what was computed of the films."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaze2report_core.examination import Examination, WithoutTower
from gaze2report_core.films.cache import FilmCache
from gaze2report_core.findings.encoder_probe import ENCODER_PROBE, EncoderProbe
from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.findings.incidental_probe import IncidentalProbe
from gaze2report_core.findings.linear_probe import LinearProbe
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.imaging import Radiograph
from gaze2report_core.model.folder import UnreadableModel
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.drawn_films import LARGE_HEART, SIDEWAYS


@pytest.fixture
def folder_with_findings(small_model_folder: Path, tmp_path: Path) -> Path:
    """The small model beside the embedded model's findings, which read an encoder of the same width."""
    folder = tmp_path / "with-findings"
    shutil.copytree(small_model_folder, folder)
    shutil.copytree(Path(EMBEDDED_MODEL) / FINDINGS_FOLDER, folder / FINDINGS_FOLDER)
    return folder


@pytest.mark.thorough
def test_findings_hear_the_encoder_that_has_seen_the_films_anyway(
    folder_with_findings: Path, film: Callable[[int], Radiograph]
) -> None:
    finding = Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    encoded: list[int] = []
    finding.model.encoder.register_forward_hook(lambda _, given, __: encoded.append(len(given[0])))
    heard = finding.find(Examination(film(LARGE_HEART), film(SIDEWAYS)), None)
    finding.find(film(LARGE_HEART), None)
    finding.chest_likelihood(film(SIDEWAYS))
    assert encoded == [1, 1]

    (folder_with_findings / FINDINGS_FOLDER / ENCODER_PROBE).unlink()
    towers_alone = Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    alone = towers_alone.find(Examination(film(LARGE_HEART), film(SIDEWAYS)), None)
    assert alone.thresholds != heard.thresholds
    assert [one.probability for one in alone.findings] != [one.probability for one in heard.findings]


@pytest.mark.thorough
def test_what_is_found_does_not_depend_on_what_was_computed_beside_it(
    folder_with_findings: Path, film: Callable[[int], Radiograph]
) -> None:
    both = Examination(film(LARGE_HEART), film(SIDEWAYS))
    at_once, one_by_one = (Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu") for _ in range(2))
    assert both.frontal is not None
    scanpath = one_by_one.predict_gaze(both.frontal)
    assert at_once.find(both).to_dict() == one_by_one.find(both, scanpath).to_dict()
    np.testing.assert_array_equal(list(at_once.stream(both))[-1].scanpath.duration, scanpath.duration)


@pytest.mark.thorough
def test_one_tower_is_heard_alone_where_an_examination_asks_for_it(
    folder_with_findings: Path, film: Callable[[int], Radiograph]
) -> None:
    finding = Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    all_of_them, *each = (
        finding.find(Examination(film(LARGE_HEART), tower=tower), None) for tower in (None, *range(5))
    )
    for place, together in enumerate(all_of_them.findings):
        alone = [reading.findings[place] for reading in each]
        said = [one.probability for one in alone]
        assert min(said) <= together.probability <= max(said), "together they say what lies between"
        assert together.low < together.probability < together.high
    assert len({reading.findings[1].probability for reading in each}) == 5
    with pytest.raises(WithoutTower, match="has 5 towers"):
        finding.find(Examination(film(LARGE_HEART), tower=5), None)


@pytest.mark.thorough
def test_nothing_that_was_computed_of_a_film_stays_when_nobody_asks_for_it_any_more(
    folder_with_findings: Path, film: Callable[[int], Radiograph], monkeypatch: pytest.MonkeyPatch
) -> None:
    caches: list[FilmCache[object]] = []
    made = FilmCache.__init__

    def watched(cache: FilmCache[object], *given: Callable[[Radiograph], object]) -> None:
        caches.append(cache)
        made(cache, *given)

    monkeypatch.setattr(FilmCache, "__init__", watched)
    finding = Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    finding.find(film(LARGE_HEART))
    assert caches and all(cache._kept for cache in caches), "each of them was asked for the film"
    monkeypatch.setattr("gaze2report_core.films.cache.SECONDS_KEPT", 0.0)
    finding.forget_unused_films()
    assert not any(cache._kept for cache in caches)


def narrow(linear: LinearProbe) -> LinearProbe:
    """The same of an encoder half as wide."""
    half = slice(0, linear.mean.shape[1] // 2)
    return replace(
        linear, mean=linear.mean[:, half], deviation=linear.deviation[:, half], weights=linear.weights[:, half]
    )


def test_findings_that_read_another_encoder_are_refused(folder_with_findings: Path) -> None:
    findings = folder_with_findings / FINDINGS_FOLDER
    reading, incidental = EncoderProbe.from_folder(findings), IncidentalProbe.from_folder(findings)
    assert reading is not None and incidental is not None
    replace(incidental, linear=narrow(incidental.linear)).save(findings)
    with pytest.raises(UnreadableModel, match=r"reads another encoder than this model's: remove incidental"):
        Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    replace(reading, without_gaze=narrow(reading.without_gaze), with_gaze=narrow(reading.with_gaze)).save(findings)
    with pytest.raises(UnreadableModel, match=r"reads another encoder than this model's: remove encoder_reading"):
        Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
