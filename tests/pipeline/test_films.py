"""Films as the pipeline reads them, and what it warns of."""

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gaze2report_core.examination import NO_FRONTAL, Examination
from gaze2report_core.films.looks import VIEW_IN_DOUBT, FilmLooks
from gaze2report_core.imaging import FilmRefused, Radiograph, View, warning_of_body_part, warning_of_modality
from gaze2report_core.pipeline import NOT_A_CHEST, Gaze2ReportPipeline
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS, drawn_chest, png
from tests.imaging.films import dicom, ramp
from tests.small_model import REPORTS


def test_a_film_that_calls_itself_lateral_is_read_as_one(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    lateral = film(SIDEWAYS)
    object.__setattr__(lateral, "view", View.LATERAL)
    try:
        draft = pipeline.generate(lateral)
    finally:
        object.__setattr__(lateral, "view", View.UNKNOWN)
    assert draft.text == REPORTS[None, SIDEWAYS, False]
    assert draft.scanpath is None
    assert NO_FRONTAL in draft.warnings


def test_films_of_equal_values_and_other_windows_are_other_films(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    heart = film(LARGE_HEART)
    (window,) = heart.windows
    narrow = replace(heart, windows=(replace(window, width=window.width / 8),))
    assert narrow.content_hash == heart.content_hash
    assert pipeline.predict_gaze(narrow).to_fixations() != pipeline.predict_gaze(heart).to_fixations()


def test_a_film_whose_header_names_another_part_of_the_body_gets_a_warning(pipeline: Gaze2ReportPipeline) -> None:
    assert pipeline.read(dicom(ramp(), BodyPartExamined="CHEST")).warnings == ()
    (told,) = pipeline.read(dicom(ramp(), BodyPartExamined="HAND")).warnings
    assert told == warning_of_body_part("HAND")


def test_a_film_whose_header_names_another_modality_gets_a_warning(pipeline: Gaze2ReportPipeline) -> None:
    film = pipeline.read(dicom(ramp(), Modality="MR", BodyPartExamined="BRAIN"))
    assert film.warnings == (warning_of_modality("MR"), warning_of_body_part("BRAIN"))
    assert pipeline.seen_anew(film).warnings == film.warnings
    assert warning_of_modality("MR") in pipeline.generate(film).warnings


def test_a_film_that_does_not_look_like_a_chest_gets_a_warning_and_a_report(
    small_model_folder: Path, film: Callable[[int], Radiograph]
) -> None:
    doubtful = Gaze2ReportPipeline.from_pretrained(small_model_folder, device="cpu")
    assert doubtful.read(png(drawn_chest(LARGE_HEART))).warnings == ()
    with torch.no_grad():
        doubtful.model.chest_check.classifier.bias.fill_(-3.0)
    warned = doubtful.read(png(drawn_chest(LARGE_HEART)))
    assert warned.warnings == (NOT_A_CHEST,)
    draft = doubtful.generate(Examination(warned, doubtful.read(png(drawn_chest(SIDEWAYS)))))
    assert draft.warnings == (NOT_A_CHEST,)  # once, though both films have it
    assert draft.text


def test_a_film_that_was_inverted_is_looked_at_anew_and_keeps_only_what_its_file_says(
    pipeline: Gaze2ReportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was read it looks like a lateral view, and inverted like no chest at all."""
    monkeypatch.setattr(FilmLooks, "chest_likelihood", lambda _, film: 0.0 if film.inverted else 1.0)
    monkeypatch.setattr(FilmLooks, "lateral_likelihood", lambda *_: 1.0)
    of_header = warning_of_body_part("HAND")
    for position, by_looks, doubts in (("", View.LATERAL, ()), ("PA", View.FRONTAL, (VIEW_IN_DOUBT[View.LATERAL],))):
        film = dicom(ramp(), ViewPosition=position, BodyPartExamined="HAND")
        seen = pipeline.read(film).with_warnings("Of its file.")
        assert (seen.view, set(seen.warnings)) == (by_looks, {*doubts, of_header, "Of its file."})
        inverted = pipeline.seen_anew(replace(seen, inverted=True))
        declared = View.FRONTAL if position else View.UNKNOWN
        assert (inverted.view, inverted.warnings) == (declared, ("Of its file.", NOT_A_CHEST, of_header))
        again = pipeline.seen_anew(replace(inverted, inverted=False))
        assert (again.view, again.warnings) == (by_looks, ("Of its file.", *doubts, of_header))


def test_whatever_holds_a_film_is_read_alike(pipeline: Gaze2ReportPipeline, tmp_path: Path) -> None:
    content = png(drawn_chest(CLEAR_LUNGS))
    path = tmp_path / "film"
    path.write_bytes(content)
    [entry] = os.scandir(tmp_path)
    with path.open("rb") as file, Image.open(path) as picture:
        pixels = np.asarray(picture)
        taken = (path, str(path), entry, content, bytearray(content), memoryview(content), file, picture, pixels)
        films = [pipeline.read(film) for film in (*taken, io.BytesIO(content))]
    assert {(film.content_hash, film.view, film.warnings) for film in films} == {(films[0].content_hash, "unknown", ())}


def test_a_picture_of_pillows_gets_the_warnings_of_its_looks(
    pipeline: Gaze2ReportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FilmLooks, "chest_likelihood", lambda *_: 0.0)
    assert pipeline.read(Image.fromarray(drawn_chest(CLEAR_LUNGS))).warnings == (NOT_A_CHEST,)


@pytest.mark.parametrize("other", [None, 3, [[1, 2]], object(), zipfile.ZipFile(io.BytesIO(), "w"), Image])
def test_what_holds_no_film_is_told_what_does(pipeline: Gaze2ReportPipeline, other: Any) -> None:
    with pytest.raises(TypeError, match=r"^A film is the path of a file, .* open for bytes, a picture of Pillow's, or"):
        pipeline.read(other)


def test_a_file_of_text_is_no_film(pipeline: Gaze2ReportPipeline) -> None:
    with pytest.raises(TypeError, match=r"^The file is one of text\. Open it for bytes"):
        pipeline.read(io.StringIO("DOE^JOHN"))  # type: ignore[arg-type]


def test_a_frame_of_a_picture_is_where_it_stands(pipeline: Gaze2ReportPipeline) -> None:
    with pytest.raises(FilmRefused, match="read at the frame where it stands"):
        pipeline.read(Image.fromarray(drawn_chest(CLEAR_LUNGS)), frame=1)


def test_a_pipeline_says_in_short_which_it_is(pipeline: Gaze2ReportPipeline, small_model_folder: Path) -> None:
    expected = f"Gaze2ReportPipeline({small_model_folder.name!r}, revision={pipeline.revision!r}, device='cpu')"
    assert repr(pipeline) == expected


def test_what_is_no_film_is_refused(pipeline: Gaze2ReportPipeline) -> None:
    with pytest.raises(FilmRefused) as refusal:
        pipeline.read(b"%PDF-1.7")
    assert refusal.value.reason == "not_an_image"


def test_a_study_needs_a_film() -> None:
    with pytest.raises(ValueError, match=r"A study needs a frontal or a lateral film\."):
        Examination(None, None)
