"""Decoders that hold Python's lock: they run in a process of their own, and what they give is what pydicom's give."""

from collections.abc import Callable
from pathlib import Path

import jpeg_ls
import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from gaze2report_core.imaging import FilmRefused, Radiograph
from gaze2report_core.imaging.codestream_plugin import IN_A_SEPARATE_PROCESS
from gaze2report_core.imaging.codestream_worker import jpeg_ls_samples
from tests.imaging.films import dicom

PydicomFilm = Callable[[str], Path]

FILMS = {
    "MR_small_jp2klossless.dcm": "pylibjpeg",
    "693_J2KI.dcm": "pylibjpeg",
    "J2K_pixelrep_mismatch.dcm": "pylibjpeg",
    "examples_jpeg2k.dcm": "pylibjpeg",
    "GDCMJ2K_TextGBR.dcm": "pylibjpeg",
    "MR_small_jpeg_ls_lossless.dcm": "pyjpegls",
    "SC_rgb_jls_lossy_line.dcm": "pyjpegls",
    "SC_rgb_jls_lossy_sample.dcm": "pyjpegls",
}


@pytest.mark.parametrize("name", FILMS)
def test_the_values_are_those_of_pydicoms_own_plugins(pydicom_film: PydicomFilm, name: str) -> None:
    header = pydicom.dcmread(pydicom_film(name))
    decoder = pydicom.pixels.get_decoder(header.file_meta.TransferSyntaxUID)
    expected, told = decoder.as_array(header, index=0, decoding_plugin=FILMS[name])
    found, told_here = decoder.as_array(header, index=0, decoding_plugin=IN_A_SEPARATE_PROCESS)
    assert np.array_equal(found, expected)
    assert (found.dtype, told_here) == (expected.dtype, told)


@pytest.mark.parametrize("name", ["RG1_J2KI.dcm", "MR_small_jpeg_ls_lossless.dcm"])
def test_nothing_is_decoded_in_this_process(
    pydicom_film: PydicomFilm, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("_openjpeg.decode", None)
    monkeypatch.setattr(jpeg_ls, "decode_pixel_data", None)
    assert Radiograph.from_file(pydicom_film(name)).values.size


def test_a_film_that_is_refused_by_its_header_is_not_decoded(
    pydicom_film: PydicomFilm, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr("gaze2report_core.imaging.codestream_plugin.answer_of", lambda *asked: started.append(asked))
    header = pydicom.dcmread(pydicom_film("RG1_J2KI.dcm"))
    header.BurnedInAnnotation = "YES"
    file = pydicom.filebase.DicomBytesIO()
    header.save_as(file)
    with pytest.raises(FilmRefused, match="annotation is burned into the film"):
        Radiograph.from_bytes(file.getvalue())
    assert not started


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless])
@pytest.mark.parametrize("planar", [0, 1])
def test_colours_lie_together_whatever_the_header_says(syntax: UID, planar: int) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (70, 90, 3), dtype=np.uint8)
    native = pydicom.dcmread(pydicom.filebase.DicomBytesIO(dicom(colours)))
    native.compress(syntax)
    frame = pydicom.encaps.get_frame(native.PixelData, 0, number_of_frames=1)
    film = Radiograph.from_bytes(dicom(colours, syntax=syntax, frame=frame, PlanarConfiguration=planar))
    assert np.array_equal(film.values, Radiograph.from_bytes(dicom(colours)).values)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_colours_that_jpeg_ls_holds_one_after_the_other_are_put_together(dtype: type[np.unsignedinteger]) -> None:
    colours = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (70, 90, 3), dtype=dtype, endpoint=True)
    frame = bytes(jpeg_ls.encode_array(np.ascontiguousarray(colours.transpose(2, 0, 1)), interleave_mode=0))
    assert jpeg_ls.decode_pixel_data(frame)[1]["interleave_mode"] == 0
    assert jpeg_ls_samples(frame) == colours.tobytes()


def test_eight_bits_in_a_film_that_says_sixteen_are_read_as_what_they_are() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (70, 90), dtype=np.uint8)
    frame = bytes(jpeg_ls.encode_array(grey))
    film = Radiograph.from_bytes(dicom(grey.astype(np.uint16), syntax=JPEGLSLossless, frame=frame))
    assert np.array_equal(film.values, grey)


@pytest.mark.parametrize(
    "syntax",
    [JPEG2000, JPEG2000Lossless, HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL, JPEGLSLossless, JPEGLSNearLossless],
)
def test_each_syntax_of_the_two_codecs_is_decoded_there(syntax: UID) -> None:
    assert IN_A_SEPARATE_PROCESS in pydicom.pixels.get_decoder(syntax).available_plugins
