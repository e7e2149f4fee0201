"""Films are found by what they show, whatever they are called and wherever they lie; what is none is passed over."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from gaze2report_core.imaging import Radiograph
from gaze2report_core.training.reports.films_by_content import FilmsByContent
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS, drawn_chest, png, write_film

HEART, LUNGS, SIDE = (
    Radiograph.from_bytes(png(drawn_chest(kind))).content_hash for kind in (LARGE_HEART, CLEAR_LUNGS, SIDEWAYS)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2026" / "january").mkdir(parents=True)
    write_film(tmp_path / "2026" / "january" / "no ending", LARGE_HEART)
    write_film(tmp_path / "2026" / "again.png", LARGE_HEART)
    write_film(tmp_path / "lungs.txt", CLEAR_LUNGS)
    (tmp_path / "letter.png").write_bytes(b"%PDF-1.7")
    (tmp_path / "empty.dcm").touch()
    return tmp_path


def test_wanted_films_are_found_under_any_name(folder: Path) -> None:
    found = FilmsByContent.among(folder, {HEART, SIDE})
    assert found.places.keys() == {HEART}
    assert (found.files, found.passed_over) == (5, 2)
    assert found.read(HEART).content_hash == HEART
    assert "again" not in repr(found)


@pytest.mark.parametrize("frames", [1, 2])
def test_a_film_is_read_that_its_reader_had_to_confirm(tmp_path: Path, frames: int) -> None:
    path = get_testdata_file("RG1_UNCR.dcm", download=False)
    assert path is not None
    film = dcmread(path)
    film.BurnedInAnnotation = "YES"
    film.NumberOfFrames = frames
    film.PixelData *= frames
    film.save_as(tmp_path / "film.dcm")
    content = Radiograph.from_file(path).content_hash
    assert FilmsByContent.among(tmp_path, {content}).places.keys() == {content}


def test_a_film_that_its_reader_inverted_is_found_in_its_own_file_and_read_as_it_was_then(tmp_path: Path) -> None:
    path = get_testdata_file("RG1_UNCR.dcm", download=False)
    assert path is not None
    film = dcmread(path)
    del film.PhotometricInterpretation
    film.save_as(tmp_path / "film.dcm")
    as_the_file = Radiograph.from_file(tmp_path / "film.dcm")
    inverted = replace(as_the_file, inverted=not as_the_file.inverted)
    for wanted in (as_the_file, inverted):
        found = FilmsByContent.among(tmp_path, {wanted.content_hash})
        assert found.read(wanted.content_hash).inverted == wanted.inverted


def test_a_copy_is_known_for_its_film_also_where_its_values_are_rounded(tmp_path: Path) -> None:
    film = Radiograph.from_array(np.linspace(0, 1, 999, dtype=np.float32).reshape(27, 37))
    (tmp_path / "copy.dcm").write_bytes(film.to_dicom())
    copy = Radiograph.from_file(tmp_path / "copy.dcm")
    assert copy.content_hash != film.content_hash
    found = FilmsByContent.among(tmp_path, {film.content_hash})
    assert (found.places.keys(), found.passed_over) == ({film.content_hash}, 0)
    assert FilmsByContent.among(tmp_path, {copy.content_hash}).places.keys() == {copy.content_hash}


def test_a_file_that_the_system_does_not_let_be_looked_at_is_not_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = Path.is_file

    def barred(path: Path) -> bool:
        if path.name == "lungs.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return looked_at(path)

    monkeypatch.setattr(Path, "is_file", barred)
    assert FilmsByContent.among(folder, {HEART, LUNGS}).places.keys() == {HEART}


def test_in_a_folder_without_files_nothing_is_found(tmp_path: Path) -> None:
    assert FilmsByContent.among(tmp_path, {LUNGS}) == FilmsByContent({}, 0, 0)
