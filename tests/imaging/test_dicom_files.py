"""DICOM files as they are found: pydicom's odd ones, and the same pixels in each transfer syntax that can be made."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gdcm
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from gaze2report_core.imaging import FilmRefused, Radiograph, View
from tests.imaging.films import dicom, header_of, ramp, written

PydicomFilm = Callable[[str], Path]

SAME_PIXELS = [
    ("RG1_UNCR.dcm", "RG1_J2KR.dcm"),
    ("RG1_UNCI.dcm", "RG1_J2KI.dcm"),
    ("RG3_UNCR.dcm", "RG3_J2KR.dcm"),
    ("MR_small.dcm", "MR_small_implicit.dcm"),
    ("MR_small.dcm", "MR_small_bigendian.dcm"),
    ("MR_small.dcm", "MR_small_RLE.dcm"),
    ("MR_small.dcm", "MR_small_jp2klossless.dcm"),
    ("MR_small.dcm", "MR_small_jpeg_ls_lossless.dcm"),
    ("MR_small.dcm", "MR_small_padded.dcm"),
    ("SC_rgb.dcm", "SC_rgb_rle.dcm"),
    ("SC_rgb.dcm", "SC_rgb_expb.dcm"),
    ("SC_rgb.dcm", "SC_rgb_jpeg_gdcm.dcm"),
    ("SC_rgb_16bit.dcm", "SC_rgb_rle_16bit.dcm"),
    ("SC_rgb_16bit.dcm", "SC_rgb_expb_16bit.dcm"),
    ("SC_ybr_full_uncompressed.dcm", "SC_ybr_full_422_uncompressed.dcm"),
    ("color-pl.dcm", "color-px.dcm"),
    ("OBXXXX1A.dcm", "OBXXXX1A_rle.dcm"),
    ("OBXXXX1A.dcm", "OBXXXX1A_expb.dcm"),
    ("gdcm-US-ALOKA-16.dcm", "gdcm-US-ALOKA-16_big.dcm"),
]


@pytest.mark.parametrize(("one", "other"), SAME_PIXELS)
def test_equal_pixels_have_equal_hashes(pydicom_film: PydicomFilm, one: str, other: str) -> None:
    first, second = Radiograph.from_file(pydicom_film(one)), Radiograph.from_file(pydicom_film(other))
    assert first.content_hash == second.content_hash
    assert np.array_equal(first.pixels, second.pixels)


def test_different_pixels_have_different_hashes(pydicom_film: PydicomFilm) -> None:
    hashes = {Radiograph.from_file(pydicom_film(name)).content_hash for name in ("RG1_UNCR.dcm", "RG1_UNCI.dcm")}
    assert len(hashes) == 2
    film = ramp()
    inverted = dicom(film, PhotometricInterpretation="MONOCHROME1")
    assert Radiograph.from_bytes(dicom(film)).content_hash != Radiograph.from_bytes(inverted).content_hash


def test_a_real_chest_film(pydicom_film: PydicomFilm) -> None:
    film = Radiograph.from_file(pydicom_film("RG1_UNCR.dcm"))
    stored = pydicom.dcmread(pydicom_film("RG1_UNCR.dcm")).pixel_array
    assert np.array_equal(film.values, stored)
    assert film.values.dtype == np.float32
    assert film.inverted
    assert film.view is View.FRONTAL
    assert [(window.centre, window.width) for window in film.windows] == [(15000, 30000)]
    assert film.facts.to_dict() == {
        "rows": 1955,
        "columns": 1841,
        "bits_stored": 15,
        "modality": "CR",
        "body_part": "CHEST",
        "view_position": "PA",
        "photometric_interpretation": "MONOCHROME1",
        "pixel_spacing": None,
        "windows": [[15000.0, 30000.0]],
        "burned_in_annotation": None,
    }
    # The spine is bright and the air beside the neck is dark, although the file stores it the other way round.
    assert film.pixels[1500, 920] > film.pixels[20, 20]
    assert stored[1500, 920] < stored[20, 20]


POLARITY_NOT_SAID = "The file does not say whether low values are dark or bright: check that the lungs are dark."


@pytest.mark.parametrize("spelling", ["MONOCHROME1", "MONOCHROME 1", "monochrome1", "Monochrome_1", " MONOCHROME1 "])
def test_a_term_of_the_standard_is_recognised_however_it_is_spelt(spelling: str) -> None:
    with pydicom.config.disable_value_validation():
        film = Radiograph.from_bytes(dicom(ramp(), PhotometricInterpretation=spelling))
    assert (film.inverted, film.facts.photometric_interpretation, film.warnings) == (True, "MONOCHROME1", ())


@pytest.mark.parametrize("spelling", [None, "", "MONOCHROME", "MONOCHROME3", "RG", ["MONOCHROME1", "MONOCHROME2"]])
def test_a_grey_film_that_does_not_say_what_is_dark_is_read_with_a_warning(spelling: str | list[str] | None) -> None:
    """Its low values are taken for dark, but that is not kept as if the file had said so."""
    film = Radiograph.from_bytes(dicom(ramp(), PhotometricInterpretation=spelling))
    assert (film.inverted, film.facts.photometric_interpretation) == (False, None)
    assert film.warnings == (POLARITY_NOT_SAID,)
    assert film.pixels[0, 0] < film.pixels[-1, -1]


def test_a_grey_film_that_calls_itself_colour_does_not_say_what_is_dark_either() -> None:
    film = Radiograph.from_bytes(dicom(ramp(), PhotometricInterpretation="RGB"))
    assert (film.facts.photometric_interpretation, film.warnings) == ("RGB", (POLARITY_NOT_SAID,))


def test_a_colour_film_is_not_asked_what_is_dark() -> None:
    pixels = np.full((30, 40, 3), (100, 110, 150), np.uint8)
    film = Radiograph.from_bytes(dicom(pixels, PhotometricInterpretation=None))
    assert film.warnings == ()
    assert film.values == pytest.approx(np.full((30, 40), 0.299 * 100 + 0.587 * 110 + 0.114 * 150), abs=1)


@pytest.mark.parametrize("left_out", ["SamplesPerPixel", "BitsStored", "PixelRepresentation"])
def test_a_film_is_grey_unsigned_and_as_deep_as_its_room_where_its_header_says_nothing_else(left_out: str) -> None:
    film = Radiograph.from_bytes(dicom(ramp(top=65535), **{left_out: None}))
    assert np.array_equal(film.values, ramp(top=65535))
    assert film.facts.bits_stored == 16


def test_a_film_of_one_bit_is_read() -> None:
    bits = ramp(top=3, dtype="uint8") % 2
    header = header_of(bits, BitsAllocated=1, BitsStored=1)
    header.HighBit = 0
    header.PixelData = np.packbits(bits, bitorder="little").tobytes()
    header["PixelData"].VR = "OB"
    film = Radiograph.from_bytes(written(header))
    assert np.array_equal(film.values, bits)
    assert np.array_equal(film.pixels, bits)


SYNTAXES_WITH_ENCODER = [
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
    JPEGLSLossless,
    JPEG2000Lossless,
]
DEPTHS = [
    pytest.param("uint8", 255, {}, id="8 bits"),
    pytest.param("uint16", 4095, {"BitsStored": 12}, id="12 bits"),
    pytest.param("uint16", 65535, {}, id="16 bits"),
    pytest.param("int16", 2000, {"BitsStored": 12}, id="12 bits signed"),
]


def compressed(pixels: NDArray[Any], syntax: UID, **elements: Any) -> pydicom.Dataset:
    """The elements of a film whose pixels are encoded, to be written with `syntax`."""
    header = header_of(pixels, **elements)
    header.PixelData = pixels.tobytes()
    header["PixelData"].VR = "OW"
    header.file_meta = pydicom.dataset.FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.compress(syntax, generate_instance_uid=False)
    return header


@pytest.mark.parametrize("syntax", SYNTAXES_WITH_ENCODER, ids=lambda syntax: syntax.keyword)
@pytest.mark.parametrize(("dtype", "top", "elements"), DEPTHS)
def test_transfer_syntaxes_keep_every_value(syntax: UID, dtype: str, top: int, elements: dict[str, int]) -> None:
    pixels = ramp(top=top, dtype=dtype) - (1000 if dtype == "int16" else 0)
    pixels = pixels.astype(dtype)
    if syntax.is_encapsulated:
        data = written(compressed(pixels, syntax, **elements), syntax)
    else:
        data = dicom(pixels, syntax=syntax, **elements)
    assert np.array_equal(Radiograph.from_bytes(data).values, pixels)


@pytest.mark.parametrize("syntax", [HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL], ids=lambda syntax: syntax.keyword)
def test_wavelets_of_high_throughput_have_the_decoder_of_the_others(syntax: UID) -> None:
    """Nothing here encodes them, and no data set of pydicom has a film of them: the frame is of the older kind."""
    header = compressed(ramp(), JPEG2000Lossless, BitsStored=12)
    assert np.array_equal(Radiograph.from_bytes(written(header, syntax)).values, ramp())


@pytest.mark.parametrize("process", [JPEGLossless, JPEGLosslessSV1], ids=lambda syntax: syntax.keyword)
@pytest.mark.parametrize(("dtype", "top", "elements"), DEPTHS)
def test_lossless_jpeg_keeps_every_value(
    tmp_path: Path, process: UID, dtype: str, top: int, elements: dict[str, int]
) -> None:
    pixels = (ramp(top=top, dtype=dtype) - (1000 if dtype == "int16" else 0)).astype(dtype)
    (tmp_path / "native").write_bytes(dicom(pixels, **elements))
    _transcode_with_gdcm(tmp_path / "native", tmp_path / "lossless", process)
    assert pydicom.dcmread(tmp_path / "lossless").file_meta.TransferSyntaxUID == process
    assert np.array_equal(Radiograph.from_file(tmp_path / "lossless").values, pixels)


def _transcode_with_gdcm(source: Path, target: Path, syntax: UID) -> None:
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(str(syntax))))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()


@pytest.mark.parametrize("syntax", [RLELossless, ExplicitVRLittleEndian], ids=lambda syntax: syntax.keyword)
def test_bits_above_those_stored_mean_nothing(syntax: UID) -> None:
    pixels = (ramp(top=4000, dtype="int16") - 2000).astype(np.int16)
    unextended = pixels.view(np.uint16) & 0x0FFF  # negative numbers without their sign in the four upper bits
    header = header_of(pixels, BitsStored=12)
    header.PixelData = unextended.tobytes()
    header["PixelData"].VR = "OW"
    if syntax == RLELossless:
        header.file_meta = pydicom.dataset.FileMetaDataset()
        header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        header.compress(RLELossless, generate_instance_uid=False)
    assert np.array_equal(Radiograph.from_bytes(written(header, syntax)).values, pixels)


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, JPEGLSLossless], ids=lambda one: one.name)
@pytest.mark.parametrize("dtype", ["uint16", "int16"])
def test_an_overlay_in_the_bits_above_is_not_seen_however_deep_the_samples_of_a_frame_are(
    syntax: UID, dtype: str
) -> None:
    """Words drawn into a film may name the patient."""
    values = (ramp(top=4095, dtype="int32") - (2048 if dtype == "int16" else 0)).astype(dtype)
    drawn_over = values.astype(np.uint16) & 0x0FFF
    drawn_over[10:20, 10:50] |= 0x8000
    header = compressed(drawn_over, syntax)
    header.BitsStored, header.HighBit, header.PixelRepresentation = 12, 11, int(dtype == "int16")
    assert np.array_equal(Radiograph.from_bytes(written(header, syntax)).values, values)


def test_what_a_lossy_frame_has_beyond_its_highest_value_does_not_become_black() -> None:
    header = compressed(ramp(top=4100), JPEG2000Lossless)
    header.BitsStored, header.HighBit = 12, 11
    assert np.array_equal(Radiograph.from_bytes(written(header, JPEG2000)).values, ramp(top=4100))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless], ids=lambda one: one.name)
@pytest.mark.parametrize("high_bit", [12, 15])
@pytest.mark.parametrize("dtype", ["uint16", "int16"])
def test_values_that_end_at_a_higher_bit_are_those_between_it_and_their_first(
    syntax: UID, high_bit: int, dtype: str
) -> None:
    """DICOM PS3.5 8.1.1; the bits beside a value are set, as by an overlay."""
    values = (ramp(top=4095, dtype="int32") - (2048 if dtype == "int16" else 0)).astype(dtype)
    beside = 0xFFFF ^ (0x0FFF << high_bit - 11)
    placed = (values.astype(np.uint16) << high_bit - 11 | beside).astype(np.uint16).view(dtype)
    if syntax == RLELossless:
        header = compressed(placed, syntax)
        header.BitsStored, header.HighBit = 12, high_bit
        data = written(header, syntax)
    else:
        data = dicom(placed, syntax=syntax, BitsStored=12, HighBit=high_bit)
    film = Radiograph.from_bytes(data)
    assert np.array_equal(film.values, values)
    assert film.facts.bits_stored == 12


@pytest.mark.parametrize("high_bit", [None, 10, 16])
def test_a_last_bit_that_cannot_be_is_that_of_a_value_from_the_lowest_on(high_bit: int | None) -> None:
    assert np.array_equal(Radiograph.from_bytes(dicom(ramp(), BitsStored=12, HighBit=high_bit)).values, ramp())


def test_compressed_samples_that_are_deeper_than_the_values_at_a_higher_bit_are_refused() -> None:
    header = compressed(ramp(top=65535), JPEG2000Lossless)
    header.BitsStored, header.HighBit = 12, 15
    with pytest.raises(FilmRefused, match=r"^The film's values take 12 bits up to bit 15, .* Explicit VR") as refusal:
        Radiograph.from_bytes(written(header, JPEG2000Lossless))
    assert refusal.value.reason == "unsupported_transfer_syntax"


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless], ids=lambda syntax: syntax.keyword)
def test_compressed_samples_as_deep_as_the_values_are_these_whatever_the_high_bit(syntax: UID) -> None:
    header = compressed(ramp(), syntax, BitsStored=12)
    header.HighBit = 15
    assert np.array_equal(Radiograph.from_bytes(written(header, syntax)).values, ramp())


def test_luma_and_chroma_in_runs_become_grey() -> None:
    pixels = np.full((30, 40, 3), (100, 110, 150), np.uint8)
    header = compressed(pixels, RLELossless, PhotometricInterpretation="YBR_FULL")
    assert Radiograph.from_bytes(written(header, RLELossless)).values == pytest.approx(np.full((30, 40), 100), abs=1)


RUNS = b"\xc5\x07" * 40  # in each of 40 rows, 60 times the same byte
SECOND = 64 + len(RUNS)


@pytest.mark.parametrize(
    ("count", "offsets", "read"),
    [
        (2, (64, SECOND), True),
        (1, (64, SECOND), False),
        (3, (64, SECOND), False),
        (2, (64, SECOND + len(RUNS) + 1), False),
        (2, (63, SECOND), False),
        (2, (0, SECOND), False),
        (2, (SECOND, 64), False),
    ],
)
def test_runs_are_read_where_there_are_as_many_segments_as_bytes_and_all_lie_in_the_frame(
    count: int, offsets: tuple[int, int], read: bool
) -> None:
    frame = struct.pack("<16L", count, *offsets, *[0] * 12, 0x80 << 24) + RUNS * 2  # 0x80 is a run of nothing
    film = dicom(ramp(), syntax=RLELossless, frame=frame)
    if read:
        assert np.array_equal(Radiograph.from_bytes(film).values, np.full((40, 60), 0x0707))
    else:
        with pytest.raises(FilmRefused, match="its pixel data cannot be decoded"):
            Radiograph.from_bytes(film)


def test_a_frame_deeper_than_its_header_is_refused() -> None:
    header = compressed(ramp(top=65535), JPEG2000Lossless)
    header.BitsAllocated, header.BitsStored, header.HighBit = 8, 8, 7
    with pytest.raises(FilmRefused, match="the picture in it has 16 bits a pixel, and its header has no room"):
        Radiograph.from_bytes(written(header, JPEG2000Lossless))


def test_a_frame_that_is_none_is_refused() -> None:
    with pytest.raises(FilmRefused, match="does not begin as its transfer syntax says"):
        Radiograph.from_bytes(dicom(ramp(), syntax=JPEG2000Lossless, frame=bytes(64)))


def test_all_frames_must_be_there_though_one_is_read() -> None:
    with pytest.raises(FilmRefused, match="4,800 of 9,600 bytes of pixel data are there"):
        Radiograph.from_bytes(dicom(ramp(), NumberOfFrames=2), frame=0)


def test_the_last_of_nine_pixels_of_one_bit_needs_a_byte_more() -> None:
    header = header_of(np.zeros((3, 3), np.uint8), BitsAllocated=1, BitsStored=1, PixelData=b"\0\0")
    header["PixelData"].VR = "OB"
    whole = written(header)
    assert Radiograph.from_bytes(whole).values.shape == (3, 3)
    with pytest.raises(FilmRefused, match="1 of 2 bytes of pixel data are there"):
        Radiograph.from_bytes(whole[:-1])


def test_a_film_without_any_proper_value_is_refused() -> None:
    nothing = np.full((20, 30), np.nan, "<f4")
    header = header_of(nothing, BitsStored=None)
    header.FloatPixelData = nothing.tobytes()
    with pytest.raises(FilmRefused, match="its pixels hold no proper values"):
        Radiograph.from_bytes(written(header))


def test_all_colours_of_all_pixels_must_be_there() -> None:
    with pytest.raises(FilmRefused, match="46 of 48 bytes of pixel data are there"):
        Radiograph.from_bytes(dicom(np.zeros((4, 4, 3), np.uint8), PixelData=bytes(46)))


def test_pixels_that_share_their_chroma_take_two_bytes_each(pydicom_film: PydicomFilm) -> None:
    header = pydicom.dcmread(pydicom_film("SC_ybr_full_422_uncompressed.dcm"))
    header.PixelData = header.PixelData[:-2]
    with pytest.raises(FilmRefused, match="19,998 of 20,000 bytes of pixel data are there"):
        Radiograph.from_bytes(written(header))


@pytest.mark.parametrize("name", ["JPGExtended.dcm", "JPEG-lossy.dcm"])
def test_twelve_bit_jpeg(pydicom_film: PydicomFilm, name: str) -> None:
    values = Radiograph.from_file(pydicom_film(name)).values
    # The reference values of pydicom's own tests for these files.
    assert (values[420, 140], values[230, 120]) == (244, 95)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("JPEGLSNearLossless_16.dcm", (50, 10)),
        ("J2K_pixelrep_mismatch.dcm", (512, 512)),
        ("SC_rgb_dcmtk_+eb+cy+s4.dcm", (100, 100)),
        ("SC_rgb_jpeg.dcm", (256, 256)),
        ("explicit_VR-UN.dcm", (512, 512)),
        ("image_dfl.dcm", (512, 512)),
        ("examples_palette.dcm", (350, 800)),
        ("bad_sequence.dcm", (512, 512)),
        ("SC_rgb_small_odd_big_endian.dcm", (3, 3)),
        ("OT-PAL-8-face.dcm", (480, 640)),
        ("badVR.dcm", (10, 10)),
    ],
)
def test_odd_files_are_read(pydicom_film: PydicomFilm, name: str, shape: tuple[int, int]) -> None:
    film = Radiograph.from_file(pydicom_film(name))
    assert film.pixels.shape == shape
    assert film.pixels.std() > 0.001


def test_signedness_of_the_codestream_gives_way_to_the_header(pydicom_film: PydicomFilm) -> None:
    values = Radiograph.from_file(pydicom_film("J2K_pixelrep_mismatch.dcm")).values
    assert (values.min(), values.max()) == (-2000, 1896)


@pytest.mark.parametrize(
    "name",
    [
        "SC_rgb.dcm",
        "SC_ybr_full_uncompressed.dcm",
        "SC_rgb_jpeg_lossy_gdcm.dcm",
        "SC_rgb_gdcm_KY.dcm",
        "SC_rgb_jls_lossy_line.dcm",
    ],
)
def test_colour_becomes_grey(pydicom_film: PydicomFilm, name: str) -> None:
    # Bars of red, green, blue (full and half) above bars of grey; ITU-R BT.601 luma.
    film = Radiograph.from_file(pydicom_film(name))
    rows = {5: 0.299 * 255, 25: 0.587 * 255, 45: 0.114 * 255, 75: 64, 95: 255}
    for row, grey in rows.items():
        assert film.values[row, 50] == pytest.approx(grey, abs=4)
    assert not film.inverted


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian])
def test_a_data_set_without_its_preamble_is_recognised(syntax: UID) -> None:
    whole = dicom(ramp(), syntax=syntax)
    order = "<" if syntax != ExplicitVRBigEndian else ">"
    bare = whole[whole.index(struct.pack(f"{order}HH", 8, 0x16), 132) :]
    assert np.array_equal(Radiograph.from_bytes(bare).values, ramp())


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("terms", [1, 6])  # six take 66 bytes, which an implicit file writes as a capital
def test_a_file_that_names_no_transfer_syntax_is_read_by_its_first_element(syntax: UID, terms: int) -> None:
    whole = dicom(ramp(), syntax=syntax, ImageType=["SECONDARYX"] * terms)
    order = "<" if syntax != ExplicitVRBigEndian else ">"
    dataset = whole[whole.index(struct.pack(f"{order}HH", 8, 8), 132) :]
    meta = struct.pack("<HH2sHI", 2, 1, b"OB", 0, 2) + b"\x00\x01"
    assert np.array_equal(Radiograph.from_bytes(bytes(128) + b"DICM" + meta + dataset).values, ramp())


@pytest.mark.parametrize("vr", ["OB", "OW", "UN"])
def test_pixels_are_read_whatever_their_value_representation(vr: str) -> None:
    header = header_of(ramp(), PixelData=ramp().tobytes())
    header["PixelData"].VR = vr
    assert np.array_equal(Radiograph.from_bytes(written(header)).values, ramp())


def test_spacing_at_the_detector_counts_where_that_at_the_patient_is_not_given() -> None:
    at_the_detector = {"ImagerPixelSpacing": ["0.2", "0.1"]}
    film = Radiograph.from_bytes(dicom(ramp(), **at_the_detector))
    assert film.facts.pixel_spacing == (0.2, 0.1)
    film = Radiograph.from_bytes(dicom(ramp(), PixelSpacing=["0.15", "0.14"], **at_the_detector))
    assert film.facts.pixel_spacing == (0.15, 0.14)
    film = Radiograph.from_bytes(dicom(ramp(), PixelSpacing=["0", "0"], **at_the_detector))
    assert film.facts.pixel_spacing == (0.2, 0.1)
    film = Radiograph.from_bytes(dicom(ramp(), NominalScannedPixelSpacing=["0.17", "0.17"]))
    assert film.facts.pixel_spacing == (0.17, 0.17)


def test_the_name_of_a_file_means_nothing(tmp_path: Path) -> None:
    for name in ("film", "film.txt", "film.png"):
        (tmp_path / name).write_bytes(dicom(ramp()))
        assert Radiograph.from_file(str(tmp_path / name)).values.shape == (40, 60)


@pytest.mark.parametrize(
    ("position", "view"),
    [
        ("PA", View.FRONTAL),
        ("AP", View.FRONTAL),
        ("LL", View.LATERAL),
        ("RL", View.LATERAL),
        ("LATERAL", View.LATERAL),
        ("LLO", View.UNKNOWN),
        ("", View.UNKNOWN),
    ],
)
def test_view(position: str, view: View) -> None:
    assert Radiograph.from_bytes(dicom(ramp(), ViewPosition=position)).view is view


def test_the_first_of_several_frames_is_offered_and_taken(pydicom_film: PydicomFilm) -> None:
    for name, frames in (("SC_rgb_rle_2frame.dcm", 2), ("emri_small_jpeg_2k_lossless.dcm", 10), ("rtdose.dcm", 15)):
        with pytest.raises(
            FilmRefused, match=rf"^The file holds {frames} frames, .* the first is to be read \(frame 0\)"
        ):
            Radiograph.from_file(pydicom_film(name))
        assert Radiograph.from_file(pydicom_film(name), frame=0).pixels.ndim == 2
    with pytest.raises(
        FilmRefused, match=r"^There is no frame 10: the file holds 10 frames, counted from 0\."
    ) as refusal:
        Radiograph.from_file(pydicom_film("emri_small.dcm"), frame=10)
    assert refusal.value.reason == "several_frames"


def test_each_frame_can_be_chosen(pydicom_film: PydicomFilm) -> None:
    expected = pydicom.dcmread(pydicom_film("emri_small.dcm")).pixel_array
    for name in ("emri_small.dcm", "emri_small_RLE.dcm", "emri_small_jpeg_ls_lossless.dcm"):
        assert np.array_equal(Radiograph.from_file(pydicom_film(name), frame=7).values, expected[7])


@pytest.mark.parametrize(("dtype", "keyword"), [("<f4", "FloatPixelData"), ("<f8", "DoubleFloatPixelData")])
def test_float_pixels_are_read_and_what_is_no_number_becomes_the_lowest(dtype: str, keyword: str) -> None:
    density = np.linspace(0, 4, 600).astype(np.float32).astype(dtype).reshape(20, 30)
    holed = density.copy()
    holed[0, 29] = np.nan
    header = header_of(density, BitsStored=None, PixelRepresentation=None)
    setattr(header, keyword, holed.tobytes())
    film = Radiograph.from_bytes(written(header))
    assert np.array_equal(film.values[1:], density[1:])
    assert film.values[0, 29] == 0


def test_the_bits_that_a_header_gives_to_floating_numbers_mean_nothing() -> None:
    density = np.linspace(0, 4, 600, dtype="<f4").reshape(20, 30)
    header = header_of(density, BitsStored=16, HighBit=31)
    header.FloatPixelData = density.tobytes()
    assert np.array_equal(Radiograph.from_bytes(written(header)).values, density)
