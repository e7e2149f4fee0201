"""Whatever the bytes are, they become a film or a refusal: no other error, no warning, nothing on standard error."""

import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.encaps import get_frame
from pydicom.uid import JPEGLosslessSV1

from gaze2report_core.imaging import FilmRefused, Radiograph
from tests.imaging.films import picture, ramp

pytestmark = pytest.mark.thorough

PydicomFilm = Callable[[str], Path]

FEW = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NO_FILMS = ("no_meta.dcm", "rtstruct.dcm")
REAL_FILES = [
    "MR_small.dcm",
    "MR_small_implicit.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_RLE.dcm",
    "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "SC_rgb_small_odd.dcm",
    "SC_rgb_small_odd_jpeg.dcm",
    "SC_rgb_jls_lossy_line.dcm",
    "image_dfl.dcm",
    "vlut_04.dcm",
    "badVR.dcm",
    "examples_palette.dcm",
    *NO_FILMS,
]

PICTURES = [*(("PNG", mode) for mode in ("L", "RGB", "P", "I;16")), *(("JPEG", mode) for mode in ("L", "RGB", "CMYK"))]
"""The format of a file, and what Pillow calls the kind of its pixels."""


def _film_or_refusal(data: bytes) -> Radiograph | None:
    """What bytes become; fails where it is no whole film and no sentence."""
    try:
        film = Radiograph.from_bytes(data, allow_burned_in=True, frame=0)
    except FilmRefused as refusal:
        assert str(refusal).endswith(".")
        return None
    assert film.pixels.dtype == np.float32
    assert film.pixels.shape == film.values.shape
    assert 0 <= film.pixels.min() <= film.pixels.max() <= 1
    assert film.squashed().shape == (224, 224)
    assert np.isfinite(film.for_display().slope)
    json.dumps(film.facts.to_dict(), allow_nan=False)
    return film


def _flipped(data: bytes, bits: list[int]) -> bytes:
    garbled = bytearray(data)
    for bit in bits:
        garbled[bit // 8 % len(garbled)] ^= 1 << bit % 8
    return bytes(garbled)


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_random_bytes(data: bytes) -> None:
    for beginning in (b"", bytes(128) + b"DICM", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        assert _film_or_refusal(beginning + data) is None


@pytest.mark.parametrize("name", REAL_FILES)
@given(data=st.data())
@FEW
def test_real_files_cut_short_or_garbled(
    pydicom_film: PydicomFilm, capfd: pytest.CaptureFixture[str], name: str, data: st.DataObject
) -> None:
    _cut_short_or_garbled(pydicom_film(name).read_bytes(), capfd, data)


@pytest.mark.parametrize("name", ["JPGExtended.dcm", "SC_rgb_jpeg_gdcm.dcm"])
@given(data=st.data())
@settings(FEW, max_examples=8)
def test_files_that_are_decoded_in_another_process(
    pydicom_film: PydicomFilm, capfd: pytest.CaptureFixture[str], name: str, data: st.DataObject
) -> None:
    _cut_short_or_garbled(pydicom_film(name).read_bytes(), capfd, data)


@pytest.mark.parametrize("name", [*REAL_FILES, "JPGExtended.dcm", "SC_rgb_jpeg_gdcm.dcm"])
def test_the_same_files_become_films_as_long_as_they_are_whole(pydicom_film: PydicomFilm, name: str) -> None:
    film = _film_or_refusal(pydicom_film(name).read_bytes())
    assert (film is None) == (name in NO_FILMS)


def _cut_short_or_garbled(whole: bytes, capfd: pytest.CaptureFixture[str], data: st.DataObject) -> None:
    # Most of what can go wrong is in the header: half the flips fall there.
    flips = st.lists(st.integers(0, 8 * 2500) | st.integers(0, 8 * len(whole) - 1), max_size=8)
    garbled = _flipped(whole, data.draw(flips))
    end = data.draw(st.just(len(whole)) | st.integers(0, len(whole)))
    _film_or_refusal(garbled[:end])
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("kind", "mode"), PICTURES)
@given(data=st.data())
@FEW
def test_pictures_cut_short_or_garbled(
    capfd: pytest.CaptureFixture[str], kind: str, mode: str, data: st.DataObject
) -> None:
    whole = _whole_picture(kind, mode)
    garbled = _flipped(whole, data.draw(st.lists(st.integers(0, 8 * len(whole) - 1), max_size=4)))
    _film_or_refusal(garbled[: data.draw(st.just(len(whole)) | st.integers(0, len(whole)))])
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("kind", "mode"), PICTURES)
def test_the_same_pictures_become_films_as_long_as_they_are_whole(kind: str, mode: str) -> None:
    film = _film_or_refusal(_whole_picture(kind, mode))
    assert film is not None and film.pixels.shape == ramp().shape


def _whole_picture(kind: str, mode: str) -> bytes:
    grey = Image.fromarray(ramp(top=255, dtype="uint16" if mode == "I;16" else "uint8"))
    return picture(grey if mode == "I;16" else grey.convert(mode), kind)


def test_a_damaged_frame_that_would_abort_gdcm(pydicom_film: PydicomFilm) -> None:
    """Found by flipping bits: GDCM throws a C++ exception through its binding, and that ends the process it is in."""
    data = pydicom_film("SC_rgb_jpeg_gdcm.dcm").read_bytes()
    table = data.index(b"\xff\xc4", data.index(b"\xff\xd8\xff"))
    garbled = data[:table] + b"\x55" + data[table + 1 :]
    frame = get_frame(pydicom.dcmread(io.BytesIO(garbled)).PixelData, 0, number_of_frames=1)
    worker = Path(__file__).parents[2] / "gaze2report_core" / "imaging" / "gdcm_worker.py"
    request = f"{JPEGLosslessSV1} 100 100 3 8 8\n".encode() + frame
    aborted = subprocess.run([sys.executable, "-I", worker], input=request, capture_output=True, check=False)
    assert aborted.returncode == -signal.SIGABRT
    with pytest.raises(FilmRefused, match=r"^The file is cut short or damaged: its pixel data cannot be decoded\."):
        Radiograph.from_bytes(garbled)
