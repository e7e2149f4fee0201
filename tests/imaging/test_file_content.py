"""Files by their paths and files that are open: which bytes of them are a film, and what is said of the others."""

import io
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

from gaze2report_core.imaging import FilmRefused, Radiograph
from gaze2report_core.imaging.limits import LARGEST_FILE
from tests.imaging.films import picture, ramp

PIXELS = ramp(top=255, dtype="uint8")
FILM = picture(PIXELS)


class Upload:
    """As web frameworks hand them over: a file in all but its class."""

    def __init__(self) -> None:
        self._file = io.BytesIO(FILM)
        self.read, self.seek, self.tell = self._file.read, self._file.seek, self._file.tell


class Pipe(io.RawIOBase):
    """It gives a few bytes at a time, and cannot go back."""

    def __init__(self) -> None:
        self._left = io.BytesIO(FILM)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._left.readinto(memoryview(buffer)[:100])


def a_spooled_file() -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile()  # noqa: SIM115 - the test closes it
    file.write(FILM)
    return file


@pytest.mark.parametrize("opened", [lambda: io.BytesIO(FILM), a_spooled_file, Upload, Pipe])
def test_an_open_file_is_the_film_in_it_and_stays_open(opened: Callable[[], Any]) -> None:
    file = opened()
    assert np.array_equal(Radiograph.from_file(file).values, PIXELS)
    assert not getattr(file, "closed", False)
    getattr(file, "close", lambda: None)()


def test_an_open_file_is_read_from_its_beginning_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(FILM)
    with (tmp_path / "film").open("rb") as file:
        for place in (0, 7, len(FILM)):
            file.seek(place)
            assert np.array_equal(Radiograph.from_file(file).values, PIXELS)


def test_every_kind_of_path_is_taken(tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(FILM)
    with os.scandir(tmp_path) as entries:
        [entry] = entries
    for path in (tmp_path / "film", str(tmp_path / "film"), entry):
        assert np.array_equal(Radiograph.from_file(path).values, PIXELS)


@pytest.mark.parametrize("text", [lambda: io.StringIO("uid"), lambda: io.TextIOWrapper(io.BytesIO(FILM), "utf-8")])
def test_a_file_of_text_is_none_of_bytes(text: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"^The file is one of text\. Open it for bytes, as with the mode 'rb'\.$"):
        Radiograph.from_file(text())


def test_what_cannot_be_read_is_refused_without_its_name(tmp_path: Path) -> None:
    closed = (tmp_path / "DOE_JOHN.dcm").open("wb")
    with (tmp_path / "DOE_JOHN.png").open("wb") as to_be_written:
        closed.close()
        for file in (closed, to_be_written):
            with pytest.raises(FilmRefused, match=r"^The file cannot be read\. Check that it is open") as refusal:
                Radiograph.from_file(file)  # type: ignore[arg-type]
            assert refusal.value.reason == "not_an_image"
            assert "DOE" not in str(refusal.value)
            assert refusal.value.__cause__ is None and refusal.value.__suppress_context__


def test_an_open_file_of_more_than_512_megabytes_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "film").open("w+b") as file:
        file.truncate(LARGEST_FILE + 1)
        with pytest.raises(FilmRefused, match=r"^The file has 512 MB, and files of more") as refusal:
            Radiograph.from_file(file)
        assert file.tell() == LARGEST_FILE + 1  # where its size was asked for
    assert refusal.value.reason == "too_large"


def test_what_an_archive_says_of_a_damaged_member_is_not_passed_on() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("DOE_JOHN.png", FILM)
    damaged = archive.getvalue().replace(b"IDAT", b"IDAX", 1)
    with zipfile.ZipFile(io.BytesIO(damaged)) as opened, opened.open("DOE_JOHN.png") as member:
        with pytest.raises(FilmRefused, match=r"^The file cannot be read\.") as refusal:
            Radiograph.from_file(member)
        assert refusal.value.__cause__ is None and refusal.value.__suppress_context__
