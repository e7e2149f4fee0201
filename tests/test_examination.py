"""What an examination takes: films, words and verdicts, and nothing that only looks like them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.examination import Comparison, Draft, Examination
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph
from tests.imaging.films import dicom, ramp

FILM = Radiograph.from_bytes(dicom(ramp()))


@pytest.mark.parametrize("given", ["chest.dcm", Path("chest.dcm"), np.zeros((14, 14))])
@pytest.mark.parametrize(
    "examination",
    [Examination.of, Examination, lambda given: Examination(FILM, given)],
    ids=["of", "frontal", "lateral"],
)
def test_what_is_no_film_is_refused_with_what_makes_one(examination: Callable[[Any], Examination], given: Any) -> None:
    with pytest.raises(TypeError, match=r"A film must be a Radiograph, as the pipeline's `read` makes it of a file\."):
        examination(given)


def test_an_indication_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match=r"The indication must be text: leave it out where there is none\."):
        Examination(FILM, indication=None)  # type: ignore[arg-type] # as a cell of a table may be


def test_an_indication_that_cannot_be_written_is_refused_and_not_quoted() -> None:
    with pytest.raises(ValueError, match="The indication holds half of a letter") as refusal:
        Examination(FILM, indication="Mustermann \ud83d")
    assert "Mustermann" not in str(refusal.value)


def test_findings_may_be_confirmed_by_their_names() -> None:
    named: dict[Any, bool] = {"Pleural Effusion": True, Finding.EDEMA: False}
    assert Examination(FILM, confirmed=named).confirmed == {Finding.PLEURAL_EFFUSION: True, Finding.EDEMA: False}
    assert all(isinstance(finding, Finding) for finding in Examination(FILM, confirmed=named).confirmed)


def test_a_misspelt_finding_is_refused_with_those_that_there_are() -> None:
    misspelt: dict[Any, bool] = {"Pleural effusion": True}
    with pytest.raises(
        ValueError, match=r"^What is confirmed or rejected must be one of these: No Finding, .*Devices\.$"
    ):
        Examination(FILM, confirmed=misspelt)


def test_who_says_a_side_confirms_the_finding() -> None:
    named: dict[Any, Any] = {"Pleural Effusion": "both", Finding.EDEMA: Laterality.NONE}
    examination = Examination(FILM, confirmed={Finding.FRACTURE: False}, sides=named)
    assert examination.sides == {Finding.PLEURAL_EFFUSION: Laterality.BOTH, Finding.EDEMA: Laterality.NONE}
    assert examination.confirmed == {Finding.FRACTURE: False, Finding.PLEURAL_EFFUSION: True, Finding.EDEMA: True}


@pytest.mark.parametrize(
    ("sides", "sentence"),
    [
        ({"Edema": "upper"}, "A side is one of right, left, both, none, and said of one of these: No Finding, .*"),
        ({"Gout": "left"}, "A side is one of right, left, both, none, and said of one of these: No Finding, .*"),
        ({"Cardiomegaly": "left"}, r"A side of Cardiomegaly would say nothing: leave it out\."),
        ({"Fracture": "left"}, r"What is rejected is on no side: leave the side of Fracture out\."),
    ],
)
def test_a_side_that_says_nothing_is_refused(sides: dict[Any, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        Examination(FILM, confirmed={Finding.FRACTURE: False}, sides=sides)


def test_what_the_reader_decides_later_does_not_change_an_examination() -> None:
    verdicts = {Finding.EDEMA: True}
    examination = Examination(FILM, confirmed=verdicts)
    verdicts[Finding.EDEMA] = False
    assert examination.confirmed == {Finding.EDEMA: True}


def test_an_examination_says_in_short_what_it_is_and_not_what_was_written_of_the_patient() -> None:
    said = repr(Examination(FILM, indication="Mustermann, cough", confirmed={Finding.EDEMA: True}))
    assert said.startswith("Examination(frontal=Radiograph(60 × 40 pixels of 16 bits, view unknown, DX), lateral=None,")
    assert "Mustermann" not in said
    assert len(said) < 250


def test_a_draft_says_in_short_what_it_is_and_not_what_it_reads() -> None:
    gaze = Scanpath([0.5], [0.5], [0.25], GazeSource.RECORDED)  # type: ignore[arg-type]
    draft = Draft("Mustermann has clear lungs.", True, gaze, DecodingSettings(), structured_prompt="Mustermann")
    assert repr(draft) == "Draft(4 words, finished, Scanpath(1 fixation, 0.25 s, recorded), greedy)"
    without = Draft("Clear", False, None, DecodingSettings(method="beam"))
    assert repr(without) == "Draft(1 word, unfinished, no gaze, beam)"
    both = Comparison("Mustermann has", "Mustermann", False, gaze, DecodingSettings())
    drafts = "2 words with gaze, 1 word without"
    assert repr(both) == f"Comparison({drafts}, unfinished, Scanpath(1 fixation, 0.25 s, recorded), greedy)"
