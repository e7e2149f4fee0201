"""Each refusal says what was found and what to do, and carries its code."""

import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLSLossless,
)

from gaze2report_core.imaging import FilmRefused, Radiograph
from tests.imaging.films import dicom, header_of, jpeg2000_frame, jpeg_frame, picture, ramp, written

PydicomFilm = Callable[[str], Path]


def _refusal(data: bytes, **choices: object) -> FilmRefused:
    with pytest.raises(FilmRefused) as refusal:
        Radiograph.from_bytes(data, **choices)  # type: ignore[arg-type]
    assert _stands_alone(refusal.value)
    return refusal.value


def _stands_alone(refusal: FilmRefused) -> bool:
    """Whether no traceback shows the error that led to it, which may quote the file or its path."""
    return refusal.__cause__ is None and (refusal.__suppress_context__ or refusal.__context__ is None)


@pytest.mark.parametrize(
    ("name", "reason", "sentence"),
    [
        (
            "no_meta.dcm",
            "not_an_image",
            "The file is no picture that is known here; if it should be DICOM, the mark that DICOM begins with is "
            "missing. Films are read from DICOM, PNG and JPEG files: choose one.",
        ),
        (
            "MR_truncated.dcm",
            "truncated",
            "The file is cut short or damaged: 8,130 of 8,192 bytes of pixel data are there. "
            "Copy or export it again from where it came.",
        ),
        (
            "rtplan_truncated.dcm",
            "truncated",
            "The file is cut short or damaged: it ends within its header. Copy or export it again from where it came.",
        ),
        (
            "emri_small_jpeg_2k_lossless_too_short.dcm",
            "truncated",
            "The file is cut short or damaged: its pixel data ends early. Copy or export it again from where it came.",
        ),
        (
            "test-SR.dcm",
            "no_pixel_data",
            "The DICOM file is of the kind “Comprehensive SR Storage” and holds no picture. "
            "Choose the file of the study that holds the film.",
        ),
        (
            "rtplan.dcm",
            "no_pixel_data",
            "The DICOM file is of the kind “RT Plan Storage” and holds no picture. "
            "Choose the file of the study that holds the film.",
        ),
        (
            "ExplVR_BigEndNoMeta.dcm",
            "no_pixel_data",
            "The DICOM file holds no picture. Choose the file of the study that holds the film.",
        ),
        (
            "SC_rgb_rle_2frame.dcm",
            "several_frames",
            "The file holds 2 frames, and a film is a single one. "
            "Confirm that the first is to be read (frame 0), or choose another file.",
        ),
        (
            "JPEG2000-embedded-sequence-delimiter.dcm",
            "too_large",
            "The film says it has 3,722,445,056 × 1,024 pixels, and films of more than 64 megapixels are not read. "
            "If it really is that large, export it at a lower resolution.",
        ),
        (
            "zipMR.gz",
            "not_an_image",
            "The file is a gzip archive. Films are read from DICOM, PNG and JPEG files: choose one.",
        ),
    ],
)
def test_pydicoms_odd_files(pydicom_film: PydicomFilm, name: str, reason: str, sentence: str) -> None:
    refusal = _refusal(pydicom_film(name).read_bytes())
    assert (refusal.reason, str(refusal)) == (reason, sentence)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "The file is empty."),
        (b"uid,report\n1,normal\n", "The file is no picture that is known here;"),
        (b"%PDF-1.7", "The file is a PDF document."),
        (b"II*\x00....", "The file is a TIFF picture."),
        (b"MM\x00*....", "The file is a TIFF picture."),
        (b"GIF89a....", "The file is a GIF picture."),
        (b"BM....", "The file is a bitmap picture."),
        (b"....ftypheic", "The file is a HEIC picture or a video."),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "The file is a bare JPEG 2000 picture."),
        (b"\xff\x4f\xff\x51....", "The file is a bare JPEG 2000 picture."),
        (b"PK\x03\x04....", "The file is a ZIP archive."),
        (b"RIFF....WEBPVP8 ", "The file is a WebP picture."),
        (b"\x00" * 128 + b"NOPE" + b"\x00" * 500, "The file is no picture that is known here;"),
        # Bytes that begin like a bare data set but name no SOP class are not forced into one.
        (b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100" * 20, "The file is no picture that is known here;"),
    ],
)
def test_what_is_no_film(data: bytes, found: str) -> None:
    refusal = _refusal(data)
    assert refusal.reason == "not_an_image"
    assert str(refusal).startswith(found)
    assert str(refusal).endswith("Films are read from DICOM, PNG and JPEG files: choose one.")


def test_a_missing_file_is_refused_without_its_name(tmp_path: Path) -> None:
    for path in (tmp_path / "DOE_JOHN.dcm", tmp_path, f"{tmp_path}/DOE\0JOHN.dcm"):
        with pytest.raises(FilmRefused, match=r"^The file cannot be opened\. Check that it exists") as refusal:
            Radiograph.from_file(path)
        assert "DOE" not in str(refusal.value)
        assert _stands_alone(refusal.value)


@pytest.mark.parametrize(
    ("uid", "name", "package"),
    [
        ("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level", "the package av (PyAV) reads it"),
        ("1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile / Level 5.1", "the package av (PyAV) reads it"),
        ("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component Image Compression", "The package imagecodecs"),
        ("1.2.840.10008.1.2.4.55", "JPEG Full Progression, Non-Hierarchical", "The package dcmtk reads it"),
        ("1.2.840.10008.1.2.4.94", "JPIP Referenced", "Its pixels are on a server"),
        ("1.2.840.10008.1.2.4.100.1", "Fragmentable MPEG2 Main Profile / Main Level", "the package av (PyAV) reads it"),
        ("1.2.840.10008.1.2.7.1", "SMPTE ST 2110-20 Uncompressed Progressive Active Video", "the package av (PyAV)"),
        ("1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian", "The package dcmtk reads it"),
        ("1.2.840.10008.1.20", "Papyrus 3 Implicit VR Little Endian", "with its dcmconv"),
    ],
)
def test_an_unsupported_transfer_syntax_is_named_with_the_package_that_reads_it(
    uid: str, name: str, package: str
) -> None:
    refusal = _refusal(written(header_of(ramp()), UID(uid)))
    assert refusal.reason == "unsupported_transfer_syntax"
    assert str(refusal).startswith(f"The film's transfer syntax is “{name}")
    assert uid in str(refusal)
    assert package in str(refusal)


def test_a_transfer_syntax_that_dicom_does_not_list_is_not_repeated() -> None:
    refusal = _refusal(dicom(ramp(), syntax=UID("1.2.3.4.5")))
    assert refusal.reason == "unsupported_transfer_syntax"
    assert str(refusal).startswith("The film's transfer syntax is one that DICOM does not list")
    assert "1.2.3.4.5" not in str(refusal)


def test_every_supported_transfer_syntax_has_its_decoder_installed() -> None:
    from pydicom.pixels import get_decoder

    from gaze2report_core.imaging.transfer_syntax import PLUGINS

    for uid, plugin in PLUGINS.items():
        assert not plugin or plugin in get_decoder(uid).available_plugins


@pytest.mark.parametrize("declared", ["YES", "yes", " Yes"])
def test_burned_in_annotation_needs_a_yes(tmp_path: Path, declared: str) -> None:
    with pydicom.config.disable_value_validation():
        data = dicom(ramp(), BurnedInAnnotation=declared)
    refusal = _refusal(data)
    assert refusal.reason == "burned_in_annotation"
    assert str(refusal) == (
        "The file declares that annotation is burned into the film, which may name the patient. Look at it first; "
        "where no name is seen, confirm that it may be used."
    )
    (tmp_path / "film").write_bytes(data)
    with pytest.raises(FilmRefused, match="annotation is burned into the film"):
        Radiograph.from_file(tmp_path / "film")
    assert Radiograph.from_bytes(data, allow_burned_in=True).warnings == (
        "The file declares that annotation is burned into the film; it is read because that was confirmed.",
    )


def test_a_film_that_does_not_declare_its_annotation_is_read_with_a_warning(pydicom_film: PydicomFilm) -> None:
    warning = "The file does not say whether annotation is burned into the film: check that no name is seen in it."
    assert Radiograph.from_file(pydicom_film("RG1_UNCR.dcm")).warnings == (warning,)
    assert Radiograph.from_bytes(dicom(ramp(), BurnedInAnnotation="")).warnings == (warning,)
    assert Radiograph.from_bytes(dicom(ramp(), BurnedInAnnotation="NO")).warnings == ()


def test_a_class_that_dicom_does_not_list_is_not_repeated() -> None:
    refusal = _refusal(written(header_of(ramp(), SOPClassUID="1.2.3.1950", Rows=None)))
    assert str(refusal).startswith("The DICOM file holds no picture.")


@pytest.mark.parametrize("broken", [b"\xff" * 60, b""])
def test_deflated_data_that_is_broken_or_missing_is_refused(broken: bytes) -> None:
    whole = written(header_of(ramp()), DeflatedExplicitVRLittleEndian)
    start = whole.index(DeflatedExplicitVRLittleEndian.encode()) + len(DeflatedExplicitVRLittleEndian)
    assert "its deflated data " in str(_refusal(whole[:start] + broken))


@pytest.mark.parametrize(
    ("frames", "asked_for", "held"),
    [
        (1, 1, "one frame, frame 0"),
        (1, -1, "one frame, frame 0"),
        (2, 2, "2 frames, counted from 0"),
    ],
)
def test_a_frame_that_is_not_there_is_refused_with_those_that_are(frames: int, asked_for: int, held: str) -> None:
    pixels = np.concatenate([ramp()] * frames)
    refusal = _refusal(dicom(pixels, Rows=40, NumberOfFrames=frames), frame=asked_for)
    assert str(refusal) == f"There is no frame {asked_for}: the file holds {held}. Choose frame 0."


def test_a_film_whose_pixels_were_removed() -> None:
    for header in (header_of(ramp()), header_of(ramp(), PixelData=b"")):
        refusal = _refusal(written(header))
        assert refusal.reason == "no_pixel_data"
        assert "describes a picture, but its pixels are missing. Copy or export it again" in str(refusal)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize(("cut", "reason"), [(0, "no_pixel_data"), (2, "truncated"), (8, "truncated")])
def test_a_header_that_ends_with_a_sequence_is_whole_where_that_has_its_end(syntax: UID, cut: int, reason: str) -> None:
    header = header_of(ramp())
    header.IconImageSequence = [header_of(ramp())]
    header["IconImageSequence"].is_undefined_length = True
    data = written(header, syntax)
    assert _refusal(data[: len(data) - cut]).reason == reason


@pytest.mark.parametrize("kept", [0.999, 0.9, 0.5, 0.2])
def test_a_real_film_that_is_cut_short(pydicom_film: PydicomFilm, kept: float) -> None:
    for name in ("RG1_UNCR.dcm", "RG1_J2KI.dcm"):
        data = pydicom_film(name).read_bytes()
        refusal = _refusal(data[: int(len(data) * kept)])
        assert refusal.reason == "truncated"
        assert str(refusal).startswith("The file is cut short or damaged: ")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_is_cut_short(kind: str) -> None:
    data = picture(np.random.default_rng(0).integers(0, 256, (60, 80), dtype=np.uint8), kind)
    for end in (len(data) - 5, len(data) // 2, 40):
        refusal = _refusal(data[:end])
        assert refusal.reason == "truncated"
        assert str(refusal).endswith("Copy or export it again from where it came.")


@pytest.mark.parametrize(
    ("elements", "found"),
    [
        ({"Rows": None}, "its header does not say how many rows and columns the film has"),
        ({"Columns": None}, "its header does not say how many rows and columns the film has"),
        ({"Columns": 0}, "its header does not say how many rows and columns the film has"),
        ({"BitsAllocated": 13}, "its header does not say how many bits a pixel has"),
        ({"BitsStored": 17}, "its header gives more bits to a pixel than there is room for"),
        ({"SamplesPerPixel": 7}, "its header gives a number of colours that no film has"),
        ({"NumberOfFrames": -3}, "its header gives a number of frames that no file has"),
    ],
)
def test_headers_that_make_no_sense(elements: dict[str, int | None], found: str) -> None:
    refusal = _refusal(dicom(ramp(), **elements))
    assert (refusal.reason, str(refusal).split(": ", 1)[1]) == (
        "truncated",
        f"{found}. Copy or export it again from where it came.",
    )


@pytest.mark.parametrize(
    ("syntax", "frame"),
    [
        (JPEG2000, jpeg2000_frame(40, 61)),
        (JPEGBaseline8Bit, jpeg_frame(40, 61)),
        (JPEGLossless, jpeg_frame(40, 61, marker=0xC3)),
        (JPEGLSLossless, jpeg_frame(40, 61, marker=0xF7)),
    ],
)
def test_a_frame_that_contradicts_its_header(syntax: UID, frame: bytes) -> None:
    refusal = _refusal(dicom(ramp(dtype="uint8", top=255), syntax=syntax, frame=frame))
    assert refusal.reason == "truncated"
    found = "its header says 60 × 40 pixels of 1 samples, the picture in it 61 × 40 of 1."
    assert str(refusal).startswith(f"The file is cut short or damaged: {found}")


@pytest.mark.parametrize("syntax", [JPEG2000, JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLSLossless])
def test_frames_that_hold_nothing(syntax: UID) -> None:
    marker = {JPEGLSLossless: 0xF7, JPEGLossless: 0xC3, JPEGExtended12Bit: 0xC1}.get(syntax, 0xC0)
    right_size = jpeg2000_frame(40, 60) if syntax == JPEG2000 else jpeg_frame(40, 60, marker=marker)
    for frame in (right_size, b"\x00" * 200):
        refusal = _refusal(dicom(ramp(), syntax=syntax, frame=frame))
        assert refusal.reason == "truncated"
        assert "its pixel data" in str(refusal)


def test_native_pixels_under_a_compressed_syntax() -> None:
    data = dicom(ramp())
    name = ExplicitVRLittleEndian.encode() + b"\x00"
    place = data.index(struct.pack("<HH2sH", 2, 0x10, b"UI", len(name)) + name)
    disguised = data[: place + 6] + struct.pack("<H", 22) + JPEG2000.encode() + data[place + 8 + len(name) :]
    assert "its pixel data is not written as its transfer syntax says" in str(_refusal(disguised))


def test_a_refusal_survives_the_way_between_processes() -> None:
    refusal = pickle.loads(pickle.dumps(_refusal(b"")))  # noqa: S301 - our own object
    assert (refusal.reason, str(refusal)[:18]) == ("not_an_image", "The file is empty.")


@pytest.mark.parametrize("frame", ["0", 0.0])
def test_a_frame_that_is_no_whole_number_is_not_said_to_be_damage_of_the_file(frame: Any) -> None:
    with pytest.raises(TypeError, match="A frame is a whole number"):
        Radiograph.from_bytes(b"", frame=frame)
