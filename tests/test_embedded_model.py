"""The model that comes with the program, on real films that come with pydicom-data."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.examination import Draft, Examination
from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.revision.devices import names_particular_device
from gaze2report_core.findings.revision.laterality import names_told_sides_alone
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.imaging import Radiograph
from gaze2report_core.pipeline import NOT_A_CHEST, Gaze2ReportPipeline
from gaze2report_core.report_text import sentences

pytestmark = pytest.mark.thorough

CHEST, SAME_CHEST, LIMB = "RG1_UNCR.dcm", "RG1_J2KR.dcm", "RG3_UNCR.dcm"


@pytest.fixture(scope="module")
def pipeline() -> Gaze2ReportPipeline:
    return Gaze2ReportPipeline.from_pretrained()


@pytest.fixture(scope="module")
def film(pipeline: Gaze2ReportPipeline, pydicom_film: Callable[[str], Path]) -> Callable[[str], Radiograph]:
    films = {name: pipeline.read(pydicom_film(name)) for name in (CHEST, SAME_CHEST, LIMB)}
    return films.__getitem__


@pytest.fixture(scope="module")
def draft(pipeline: Gaze2ReportPipeline, film: Callable[[str], Radiograph]) -> Draft:
    return pipeline.generate(film(CHEST))


def test_it_is_json_and_safetensors_and_says_what_it_was_trained_on(pipeline: Gaze2ReportPipeline) -> None:
    assert {path.suffix for path in EMBEDDED_MODEL.rglob("*") if path.is_file()} <= {
        ".json",
        ".safetensors",
        ".md",
        ".png",
    }
    assert any("Open-i" in source for source in pipeline.model.config.trained_on)
    assert pipeline.model_id == "gaze2report-tiny"


def test_a_chest_film_gets_a_report_of_whole_sentences(draft: Draft) -> None:
    sentences = re.findall(r"[^.!?]+(?:\.\d[^.!?]*)*[.!?]", draft.text)
    assert len(sentences) >= 2
    assert "".join(sentences) == draft.text
    assert all(sentence.strip()[0].isupper() for sentence in sentences)
    assert len(set(sentences)) == len(sentences)
    assert not re.search("xxx", draft.text, re.IGNORECASE)


def test_an_indication_changes_the_wording_and_not_what_was_found(
    pipeline: Gaze2ReportPipeline, film: Callable[[str], Radiograph], draft: Draft
) -> None:
    asked = [
        pipeline.generate(Examination(film(CHEST), indication=words))
        for words in ("Chest pain.", "XXXX-year-old male, chest pain.", "Dyspnea", "Positive PPD")
    ]
    assert len({one.text for one in (*asked, draft)}) > 1
    assert [one.told for one in asked] == [draft.told] * len(asked)
    gaze = [one.scanpath.to_fixations() for one in (*asked, draft) if one.scanpath is not None]
    assert gaze == [gaze[0]] * 5


def test_gaze_lies_inside_the_film_and_goes_to_more_than_one_place(draft: Draft) -> None:
    assert draft.scanpath is not None
    assert all(0 <= place <= 1 for place in (*draft.scanpath.x, *draft.scanpath.y))
    assert (draft.scanpath.patch_durations() > 0).sum() >= 5
    assert 0.5 < draft.scanpath.total_duration < 120


def test_gaze_goes_to_the_other_side_of_a_mirrored_film(
    pipeline: Gaze2ReportPipeline, film: Callable[[str], Radiograph]
) -> None:
    chest = film(CHEST)
    mirrored = chest.mirrored()
    on_film, on_mirrored = (pipeline.expected_patch_durations(one, "lung opacity") for one in (chest, mirrored))
    np.testing.assert_allclose(on_mirrored, on_film[:, ::-1], rtol=0.02, atol=1e-4)
    assert pipeline.model.scanpath_predictor.side_reader is not None


def test_films_of_equal_pixels_get_the_same_gaze_and_the_same_report(
    pipeline: Gaze2ReportPipeline, film: Callable[[str], Radiograph], draft: Draft
) -> None:
    again = pipeline.generate(film(SAME_CHEST))
    assert again.text == draft.text
    assert again.scanpath is not None
    assert draft.scanpath is not None
    assert again.scanpath.to_fixations() == draft.scanpath.to_fixations()


def test_a_report_is_revised_to_say_what_was_found_unless_it_is_to_be_left_as_written(
    pipeline: Gaze2ReportPipeline, film: Callable[[str], Radiograph]
) -> None:
    many = {finding: finding is not Finding.NO_FINDING for finding in Finding}
    settings = DecodingSettings()
    judged = Examination(film(CHEST), confirmed=many)
    revised = pipeline.generate(judged, settings=settings)
    written = pipeline.generate(judged, settings=replace(settings, unrevised=True))
    assert revised.told is not None
    assert set(revised.told) <= positive_findings(revised.text)
    assert all(names_told_sides_alone(sentence, revised.told) for sentence in sentences(revised.text))
    assert not any(map(names_particular_device, sentences(revised.text)))
    assert written.text != revised.text
    assert written.settings.to_dict()["unrevised"] is True


def test_lower_thresholds_tell_the_model_of_more_and_the_report_says_so(
    pipeline: Gaze2ReportPipeline, film: Callable[[str], Radiograph]
) -> None:
    fewer, more = (
        pipeline.generate(film(CHEST), settings=DecodingSettings(findings_threshold=factor)) for factor in (20, 0.05)
    )
    assert fewer.told == {}
    assert more.told
    assert set(more.told) <= positive_findings(more.text)
    assert more.settings.to_dict()["findings_threshold"] == 0.05


def test_a_chest_is_taken_for_one_and_a_limb_is_warned_of(film: Callable[[str], Radiograph]) -> None:
    assert NOT_A_CHEST not in film(CHEST).warnings
    assert NOT_A_CHEST in film(LIMB).warnings


@pytest.mark.shared
def test_films_with_other_findings_get_other_reports(pipeline: Gaze2ReportPipeline, shared_data: Path) -> None:
    names = {"00001280_004.jpg"} | {path.name for path in sorted((shared_data / "nih" / "images256").iterdir())[:3]}
    texts = {pipeline.generate(pipeline.read(shared_data / "nih" / "images256" / name)).text for name in names}
    assert len(texts) > 1
