"""From stored values to what is seen: modality LUT, then VOI LUT or window, then scale, then the inversion."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut, apply_windowing
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from gaze2report_core.imaging import FilmRefused, Radiograph, VoiFunction
from gaze2report_core.imaging.dicom_luts import LookupTable
from gaze2report_core.imaging.dicom_values import TABLE_LEFT_OUT, WINDOW_REPLACED
from gaze2report_core.imaging.window import Window, shows_nothing, spanning, through_window, windows_of_values
from gaze2report_core.imaging.window_names import known_name, name_of_films_window
from tests.imaging.films import dicom, header_of, ramp, written

PydicomFilm = Callable[[str], Path]


def _seen(film: Radiograph) -> NDArray[np.float64]:
    """What a viewer makes of a film to be shown that knows nothing but the LINEAR window."""
    shown = film.for_display()
    values = shown.slope * shown.pixels + shown.intercept
    window = film.windows[0]
    grey = np.clip((values - (window.centre - 0.5)) / (window.width - 1) + 0.5, 0, 1)
    return 1 - grey if film.inverted else grey


def _lut(first: int, entries: NDArray[np.uint16], bits: int = 16) -> Sequence:
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries) % 65536, first, bits])
    # An element of numbers ends at 64 kB; longer tables are written as words.
    long = entries.nbytes >= 2**16
    item.add_new("LUTData", "OW" if long else "US", entries.astype("<u2").tobytes() if long else entries.tolist())
    return Sequence([item])


@pytest.mark.parametrize(
    ("name", "windows"),
    [
        ("RG1_UNCR.dcm", [(15000, 30000)]),
        ("693_UNCR.dcm", [(40, 100)]),
        ("MR-SIEMENS-DICOM-WithOverlays.dcm", [(450, 790), (200, 443)]),
        ("bad_sequence.dcm", [(40, 350), (450, 1500)]),
    ],
)
def test_windows_are_those_of_the_file_and_pixels_are_as_pydicom_makes_them(
    pydicom_film: PydicomFilm, name: str, windows: list[tuple[float, float]]
) -> None:
    film = Radiograph.from_file(pydicom_film(name))
    assert [(window.centre, window.width) for window in film.windows] == windows
    header = pydicom.dcmread(pydicom_film(name))
    through_pydicom = apply_voi_lut(apply_modality_lut(header.pixel_array, header), header)
    scaled = (through_pydicom - through_pydicom.min()) / np.ptp(through_pydicom)
    expected = 1 - scaled if film.inverted else scaled
    if film.pixels.min() == 0 and film.pixels.max() == 1:
        assert np.allclose(film.pixels, expected, atol=1e-4)
    else:
        assert np.corrcoef(film.pixels.ravel(), expected.ravel())[0, 1] == pytest.approx(1, abs=1e-6)


def test_monochrome1_is_inverted_last() -> None:
    pixels = ramp(top=4095)
    elements = {"BitsStored": 12, "WindowCenter": 1000, "WindowWidth": 501, "RescaleSlope": 2, "RescaleIntercept": -100}
    plain = Radiograph.from_bytes(dicom(pixels, **elements))
    inverted = Radiograph.from_bytes(dicom(pixels, PhotometricInterpretation="MONOCHROME1", **elements))
    assert np.array_equal(plain.values, pixels * 2.0 - 100)
    assert np.array_equal(inverted.values, plain.values)
    assert (plain.pixels[0, 0], plain.pixels[-1, -1]) == (0, 1)
    assert np.array_equal(inverted.pixels, 1 - plain.pixels)


@pytest.mark.parametrize("function", list(VoiFunction))
def test_voi_functions_are_as_pydicom_computes_them(function: VoiFunction) -> None:
    pixels = ramp(top=4095)
    data = dicom(pixels, BitsStored=12, WindowCenter=1800, WindowWidth=900, VOILUTFunction=function.value)
    header = pydicom.dcmread(pydicom.filebase.DicomBytesIO(data))
    film = Radiograph.from_bytes(data)
    assert film.voi_function is function
    assert np.allclose(film.pixels, apply_windowing(pixels, header) / 4095, atol=2e-6)


def test_a_sigmoid_film_is_close_to_what_a_window_only_viewer_shows_at_its_centre() -> None:
    film = Radiograph.from_bytes(
        dicom(ramp(top=4095), BitsStored=12, WindowCenter=1800, WindowWidth=900, VOILUTFunction="SIGMOID")
    )
    near_centre = np.abs(film.values - 1800) < 100
    assert np.abs(_seen(film) - film.pixels)[near_centre].max() < 0.01


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_voi_table_is_applied_to_the_values_and_the_window_spans_it(syntax: pydicom.uid.UID) -> None:
    pixels = ramp(top=1023, rows=32, columns=32)
    curve = np.round(4095 * np.linspace(0, 1, 1024) ** 2).astype(np.uint16)
    film = Radiograph.from_bytes(dicom(pixels, syntax=syntax, BitsStored=10, VOILUTSequence=_lut(0, curve, 12)))
    assert np.array_equal(film.values, curve[pixels])
    assert (film.windows[0].centre, film.windows[0].width, film.windows[0].name) == (2048, 4096, "Film's table")
    assert np.allclose(film.pixels, curve[pixels] / 4095, atol=1e-6)
    assert np.allclose(_seen(film), film.pixels, atol=1e-6)


def test_a_voi_table_whose_descriptor_gives_too_many_bits_is_not_shown_dark() -> None:
    curve = np.arange(1024, dtype=np.uint16) * 4
    film = Radiograph.from_bytes(dicom(ramp(top=1023), BitsStored=10, VOILUTSequence=_lut(0, curve, 16)))
    assert film.pixels.max() == pytest.approx(4092 / 4095)


def test_a_film_with_window_and_table_keeps_its_units_and_its_window() -> None:
    curve = np.arange(1024, dtype=np.uint16)[::-1]
    film = Radiograph.from_bytes(
        dicom(ramp(top=1023), BitsStored=10, VOILUTSequence=_lut(0, curve), WindowCenter=512, WindowWidth=1024)
    )
    assert np.array_equal(film.values, ramp(top=1023))
    assert [(window.centre, window.width) for window in film.windows] == [(512, 1024)]


def test_pydicoms_films_with_tables(pydicom_film: PydicomFilm) -> None:
    for name in ("mlut_18.dcm", "vlut_04.dcm"):
        header = pydicom.dcmread(pydicom_film(name))
        expected = apply_voi_lut(apply_modality_lut(header.pixel_array, header), header)
        assert np.array_equal(Radiograph.from_file(pydicom_film(name)).values, expected)


def test_a_modality_table_serves_signed_values_over_the_whole_16_bits() -> None:
    pixels = (ramp(top=60000, dtype="int32") - 30000).astype(np.int16)
    table = np.arange(60001, dtype=np.uint16)
    film = Radiograph.from_bytes(dicom(pixels, ModalityLUTSequence=_lut(-30000, table)))
    assert np.array_equal(film.values, pixels.astype(np.float32) + 30000)


@pytest.mark.parametrize(("dtype", "first"), [("int16", -30000), ("uint16", 35536)])
def test_where_a_table_begins_is_signed_as_the_pixels_are(dtype: str, first: int) -> None:
    pixels = (ramp(top=15, dtype="int32") + first).astype(dtype)
    lut = _lut(35536, np.arange(16, dtype=np.uint16) * 3)  # its descriptor is written without a sign
    film = Radiograph.from_bytes(dicom(pixels, ModalityLUTSequence=lut))
    assert np.array_equal(film.values, 3 * ramp(top=15))


def test_a_table_of_all_16_bits_says_that_it_has_no_entries() -> None:
    pixels = ramp(top=65535)
    film = Radiograph.from_bytes(dicom(pixels, ModalityLUTSequence=_lut(0, np.arange(65536, dtype=np.uint16)[::-1])))
    assert np.array_equal(film.values, 65535 - pixels.astype(np.float32))


def test_entries_beyond_those_of_the_descriptor_are_none() -> None:
    lut = _lut(0, np.arange(16, dtype=np.uint16) * 3)
    lut[0].LUTDescriptor = [8, 0, 16]
    film = Radiograph.from_bytes(dicom(ramp(top=15), ModalityLUTSequence=lut))
    assert np.array_equal(film.values, 3 * np.minimum(7, ramp(top=15)))


def test_a_sequence_without_a_table_is_no_table() -> None:
    film = Radiograph.from_bytes(dicom(ramp(top=15), ModalityLUTSequence=Sequence([])))
    assert np.array_equal(film.values, ramp(top=15))


def test_a_table_is_looked_up_at_the_nearest_value_and_beyond_its_ends_at_those() -> None:
    table = LookupTable(5, np.array([10, 20, 30], np.float32))
    assert table.of(np.array([-9, 5, 5.9, 6.1, 7, 99])).tolist() == [10, 10, 20, 20, 30, 30]
    assert table.bits == 5


@pytest.mark.parametrize(("brightest", "highest"), [(255, 255), (256, 65535)])
def test_a_palette_gives_grey_from_its_first_value_on_and_is_as_deep_as_its_colours(
    brightest: int, highest: int
) -> None:
    entries = np.linspace(0, brightest, 16).astype("<u2")
    palette = {
        f"{colour}PaletteColorLookupTable{part}": value
        for colour in ("Red", "Green", "Blue")
        for part, value in (("Descriptor", [16, 10, 16]), ("Data", entries.tobytes()))
    }
    stored = ramp(top=25, dtype="uint8")
    film = Radiograph.from_bytes(dicom(stored, PhotometricInterpretation="PALETTE COLOR", **palette))
    np.testing.assert_allclose(film.values, entries[np.clip(stored.astype(int) - 10, 0, 15)], atol=1e-3)
    assert film.windows[0].centre + film.windows[0].width / 2 == highest + 1
    assert film.warnings == ()


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_each_colour_of_a_palette_has_a_table_of_its_own(syntax: pydicom.uid.UID) -> None:
    order = ">u2" if syntax == ExplicitVRBigEndian else "<u2"
    rising, falling, flat = np.arange(16) * 4000, np.arange(16)[:12] * -4000 + 60000, np.full(16, 20000)
    palette = {
        f"{colour}PaletteColorLookupTable{part}": value
        for colour, entries in (("Red", rising), ("Green", falling), ("Blue", flat))
        for part, value in (("Descriptor", [len(entries), 3, 16]), ("Data", entries.astype(order).tobytes()))
    }
    stored = ramp(top=25, dtype="uint8")
    film = Radiograph.from_bytes(dicom(stored, syntax=syntax, PhotometricInterpretation="PALETTE COLOR", **palette))
    places = np.clip(stored.astype(int) - 3, 0, 11)  # the shortest table is as long as the palette is
    expected = 0.299 * rising[places] + 0.587 * falling[places] + 0.114 * flat[places]
    np.testing.assert_allclose(film.values, expected, rtol=1e-3)


def test_a_palette_of_signed_values_begins_below_zero() -> None:
    entries = np.arange(16, dtype="<u2") * 10
    palette = {
        f"{colour}PaletteColorLookupTable{part}": value
        for colour in ("Red", "Green", "Blue")
        for part, value in (("Descriptor", [16, 65536 - 8, 16]), ("Data", entries.tobytes()))
    }
    stored = (ramp(top=15, dtype="int32") - 8).astype(np.int16)
    header = header_of(stored, PhotometricInterpretation="PALETTE COLOR")
    header.PixelData = stored.tobytes()
    header["PixelData"].VR = "OW"
    for keyword, value in palette.items():
        header.add_new(keyword, "US" if keyword.endswith("Descriptor") else "OW", value)
    np.testing.assert_allclose(Radiograph.from_bytes(written(header)).values, (stored + 8) * 10, atol=1e-3)


@pytest.mark.parametrize("count", [16, 15])
@pytest.mark.parametrize("kind", ["bytes", "words", "words, some missing"])
def test_a_table_is_one_of_bytes_where_it_has_one_for_each_entry(kind: str, count: int) -> None:
    entries = np.arange(count) * 10
    data = entries.astype("u1" if kind == "bytes" else "<u2").tobytes()
    table = _lut(0, np.zeros(count, np.uint16))
    cut = data[: -6 if "missing" in kind else None]
    table[0].add_new("LUTData", "OW", cut + bytes(len(cut) % 2))
    film = Radiograph.from_bytes(dicom(ramp(top=count - 1), ModalityLUTSequence=table))
    there = count - 3 if "missing" in kind else count
    assert np.array_equal(film.values, entries[np.minimum(ramp(top=count - 1), there - 1)])


def test_a_palette_in_segments_is_red_green_and_blue(pydicom_film: PydicomFilm) -> None:
    header = pydicom.dcmread(pydicom_film("gdcm-US-ALOKA-16.dcm"))
    colours = apply_color_lut(header.pixel_array, header).astype(float)
    found = Radiograph.from_file(pydicom_film("gdcm-US-ALOKA-16.dcm"), allow_burned_in=True).values
    np.testing.assert_allclose(found, colours[..., :3] @ [0.299, 0.587, 0.114], atol=2)
    assert np.abs(found - colours[..., :3] @ [0.114, 0.587, 0.299]).max() > 100


@pytest.mark.parametrize(
    "segments",
    [[0, 1, 5, *1000 * [1, 65535, 5]], [0, 1, 5, *40 * [2, 2, 3, 0]], [0, 1, 5, *257 * [1, 255, 7], 1, 1, 7]],
    ids=["lines", "segments that repeat others", "one entry too many"],
)
def test_a_palette_in_segments_that_would_become_more_than_a_table_is_refused(segments: list[int]) -> None:
    """The first became gigabytes, of six kilobytes."""
    elements: dict[str, object] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour in ("Red", "Green", "Blue"):
        elements[f"{colour}PaletteColorLookupTableDescriptor"] = [0, 0, 16]
        elements[f"Segmented{colour}PaletteColorLookupTableData"] = np.array(segments, "<u2").tobytes()
    with pytest.raises(FilmRefused, match="a lookup table in its header repeats itself, or has more entries than one"):
        Radiograph.from_bytes(dicom(ramp(), **elements))


@pytest.mark.parametrize("broken", ["no data", "no entries", "a descriptor of two", "no descriptor"])
def test_a_broken_table_is_refused_rather_than_left_out(broken: str) -> None:
    table = _lut(0, np.arange(16, dtype=np.uint16))
    if broken == "no data":
        del table[0].LUTData
    elif broken == "no entries":
        table[0].add_new("LUTData", "OW", b"")
    elif broken == "no descriptor":
        del table[0].LUTDescriptor
    else:
        table[0].LUTDescriptor = [16, 0]
    with pytest.raises(
        FilmRefused, match=r"^The file is cut short or damaged: a lookup table in its header is (?:broken|empty)\."
    ):
        Radiograph.from_bytes(dicom(ramp(), ModalityLUTSequence=table))


def test_a_deep_film_without_a_window_gets_the_bulk_of_its_values_and_then_all() -> None:
    pixels = np.full((100, 100), 2000, np.uint16)
    pixels[:, :50] = np.linspace(1000, 3000, 5000).reshape(100, 50)
    pixels[0, -20:] = 65535  # a lead marker
    film = Radiograph.from_bytes(dicom(pixels))
    automatic, full = film.windows
    assert (automatic.name, full.name) == ("Automatic", "Full range")
    assert 1000 <= automatic.centre - automatic.width / 2 < 1050
    assert 2950 < automatic.centre + automatic.width / 2 <= 3000
    assert (full.centre - full.width / 2, full.centre + full.width / 2) == (1000, 65536)


def of_values(*values: float) -> NDArray[np.float32]:
    return np.array([values], np.float32)


def test_a_film_of_whole_numbers_gets_a_window_of_whole_numbers() -> None:
    automatic, full = windows_of_values(of_values(*range(0, 3000, 10)))
    assert automatic == spanning(10, 2980, "Automatic")
    assert full == spanning(0, 2990, "Full range")


@pytest.mark.parametrize(
    ("values", "automatic"),
    [
        ([-500, *range(1000), *[999] * 20], spanning(4, 999, "Automatic")),  # one end alone is cut off
        ([*[0] * 20, *range(1000), 1500], spanning(0, 995, "Automatic")),
        ([7] * 1000, None),
        ([5, *[7] * 1000], None),  # the bulk is one value, of which a window makes no film
        ([*[7] * 1000, 9], None),
        ([*[0] * 500, *[1] * 500], None),
    ],
)
def test_the_bulk_of_values_is_a_window_where_it_is_not_all_of_them(
    values: list[float], automatic: Window | None
) -> None:
    full = spanning(min(values), max(values), "Full range")
    assert windows_of_values(of_values(*values)) == ((automatic, full) if automatic else (full,))


def test_a_film_that_is_all_padding_has_a_window_of_its_values() -> None:
    values = of_values(*range(300))
    assert windows_of_values(values, np.zeros(values.shape, bool)) == windows_of_values(values)


@pytest.mark.parametrize(
    ("value", "function", "nothing"),
    [
        (75, VoiFunction.LINEAR, True),
        (76, VoiFunction.LINEAR, False),
        (123, VoiFunction.LINEAR, False),
        (124, VoiFunction.LINEAR, True),  # whose white begins one value sooner
        (75, VoiFunction.LINEAR_EXACT, True),
        (76, VoiFunction.LINEAR_EXACT, False),
        (124, VoiFunction.LINEAR_EXACT, False),
        (125, VoiFunction.LINEAR_EXACT, True),
    ],
)
def test_a_window_shows_nothing_where_all_is_at_its_ends(value: float, function: VoiFunction, nothing: bool) -> None:
    window = Window(100, 50, "")
    assert shows_nothing(of_values(value, value), window, function) is nothing
    assert not shows_nothing(of_values(0, value, 200), window, function)


def test_a_film_of_small_units_is_not_all_white_under_a_linear_window_that_is_a_threshold() -> None:
    """By the LINEAR formula a width of 1 is a threshold, here at 0, above which all of the film lies."""
    pixels = ramp(top=900) + np.uint16(100)
    scaled = {"RescaleSlope": 0.001, "RescaleIntercept": 0, "WindowCenter": 0.5, "WindowWidth": 1}
    film = Radiograph.from_bytes(dicom(pixels, **scaled))
    assert film.warnings == (WINDOW_REPLACED,)
    assert film.pixels.std() > 0.2
    exact = Radiograph.from_bytes(dicom(pixels, VOILUTFunction="LINEAR_EXACT", **scaled))
    assert exact.warnings == ()
    assert np.allclose(exact.pixels, exact.values, atol=1e-6)


@pytest.mark.parametrize(
    ("centre", "width", "function", "grey"),
    [
        (100, 1, VoiFunction.LINEAR, [0, 0, 1]),  # black up to half a value below the centre, then white
        (100, 2, VoiFunction.LINEAR, [0, 0.5, 1]),
        (100, 1, VoiFunction.LINEAR_EXACT, [0, 0, 0.5]),
        (99.5, 0.5, VoiFunction.LINEAR, [0, 0.5, 1]),  # in units so large that the window is meant exactly
        (99.5, 2, VoiFunction.LINEAR_EXACT, [0.25, 0.5, 0.75]),
    ],
)
def test_narrow_windows_by_hand(centre: float, width: float, function: VoiFunction, grey: list[float]) -> None:
    found = through_window(of_values(99, 99.5, 100), Window(centre, width, ""), function)
    assert found.tolist() == [pytest.approx(grey)]


def test_far_from_a_narrow_sigmoid_all_is_black_or_white() -> None:
    found = through_window(of_values(-30000, 0, 30000), Window(0, 1, ""), VoiFunction.SIGMOID)
    assert found.tolist() == [pytest.approx([0, 0.5, 1])]


def test_padding_does_not_count_when_a_window_is_made() -> None:
    pixels = ramp(top=3000).astype(np.int16) + 500
    pixels[:, :20] = -2000
    padded = Radiograph.from_bytes(dicom(pixels, PixelPaddingValue=-2000))
    lowest = padded.windows[-1].centre - padded.windows[-1].width / 2
    assert lowest == pixels[:, 20:].min()
    ranged = Radiograph.from_bytes(dicom(pixels, PixelPaddingValue=-3000, PixelPaddingRangeLimit=-1999))
    assert ranged.windows == padded.windows
    turned = Radiograph.from_bytes(dicom(pixels, PixelPaddingValue=-1999, PixelPaddingRangeLimit=-3000))
    assert turned.windows == padded.windows


def test_padding_written_without_a_sign_is_that_of_pixels_with_one() -> None:
    pixels = ramp(top=3000).astype(np.int16) + 500
    pixels[:, :20] = -2000
    for written_without in ({"Value": -2000}, {"Value": -3000, "RangeLimit": -1999}):
        header = header_of(pixels)
        header.PixelData = pixels.tobytes()
        header["PixelData"].VR = "OW"
        for element, value in written_without.items():
            header.add_new(f"PixelPadding{element}", "US", value + 65536)
        full = Radiograph.from_bytes(written(header)).windows[-1]
        assert full.centre - full.width / 2 == pixels[:, 20:].min()


def test_padding_of_pixels_without_a_sign_has_none() -> None:
    pixels = ramp(top=3000) + np.uint16(500)
    pixels[:, :20] = 65535
    full = Radiograph.from_bytes(dicom(pixels, PixelPaddingValue=65535)).windows[-1]
    assert (full.centre - full.width / 2, full.centre + full.width / 2) == (pixels[:, 20:].min(), 3501)


@pytest.mark.parametrize("padding", [-2000, 30000])
@pytest.mark.parametrize("centre", [-30000, -2000, 20000, 30000])
def test_padding_does_not_count_where_the_window_in_the_file_shows_nothing(padding: int, centre: int) -> None:
    """Nor does a window show something that shows padding alone."""
    pixels = ramp(top=3000).astype(np.int16) + 500
    pixels[:, :20] = padding
    film = Radiograph.from_bytes(dicom(pixels, PixelPaddingValue=padding, WindowCenter=centre, WindowWidth=10))
    assert film.warnings == (WINDOW_REPLACED,)
    full = film.windows[-2]
    assert (full.centre - full.width / 2, full.centre + full.width / 2) == (pixels[:, 20:].min(), 3501)


RAMP_OF_12_BITS = np.arange(4096, dtype=np.uint16)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("lowest", [0, 2000])
def test_where_a_voi_table_begins_is_signed_as_rescaled_values_may_be(syntax: pydicom.uid.UID, lowest: int) -> None:
    """DICOM PS3.3 C.11.2.1.1: by what values may be, so that a film of high ones alone is read alike."""
    stored = ramp(top=4095 - lowest) + np.uint16(lowest)
    lut = _lut(64512, RAMP_OF_12_BITS)  # -1024, written without a sign
    film = Radiograph.from_bytes(
        dicom(stored, syntax=syntax, BitsStored=12, RescaleSlope=1, RescaleIntercept=-1024, VOILUTSequence=lut)
    )
    assert np.array_equal(film.values, stored)
    assert film.warnings == ()


def test_a_voi_table_of_values_that_are_never_negative_begins_without_a_sign() -> None:
    stored = (ramp(top=4095, dtype="int32") + 7232).astype(np.int16)
    lut = _lut(40000, RAMP_OF_12_BITS)
    film = Radiograph.from_bytes(dicom(stored, RescaleSlope=1, RescaleIntercept=32768, VOILUTSequence=lut))
    assert np.array_equal(film.values, ramp())


def test_a_voi_table_after_a_modality_table_begins_without_a_sign() -> None:
    entries = np.arange(40000, 44096, dtype=np.uint16)
    film = Radiograph.from_bytes(
        dicom(
            ramp().astype(np.int16), ModalityLUTSequence=_lut(0, entries), VOILUTSequence=_lut(40000, RAMP_OF_12_BITS)
        )
    )
    assert np.array_equal(film.values, ramp())


@pytest.mark.parametrize("sequence", ["VOILUTSequence", "ModalityLUTSequence"])
def test_a_table_that_makes_a_film_one_value_is_left_out_with_a_warning(sequence: str) -> None:
    pixels = ramp().astype(np.int16)
    pixels[:, :20] = -2000  # which the table makes 0
    lut = _lut(-1000, np.concatenate([np.zeros(1, np.uint16), np.full(15, 9, np.uint16)]))
    film = Radiograph.from_bytes(dicom(pixels, PixelPaddingValue=-2000, **{sequence: lut}))
    assert film.warnings == (TABLE_LEFT_OUT,)
    assert np.array_equal(film.values, pixels)
    assert film.windows == windows_of_values(film.values, pixels > -2000)
    assert film.pixels[:, 20:].std() > 0.2


def test_nothing_is_said_of_a_table_where_the_film_itself_is_one_value() -> None:
    film = Radiograph.from_bytes(dicom(np.full((20, 30), 5, np.uint16), VOILUTSequence=_lut(0, RAMP_OF_12_BITS * 2)))
    assert (film.values.max(), film.warnings) == (10, ())


def test_a_shallow_film_without_a_window_is_shown_as_it_is() -> None:
    film = Radiograph.from_bytes(dicom(ramp(top=100, dtype="uint8")))
    assert np.allclose(film.pixels, film.values / 255, atol=1e-7)
    signed = Radiograph.from_bytes(dicom(ramp(top=100, dtype="int8")))
    assert np.allclose(signed.pixels, (signed.values + 128) / 255, atol=1e-7)


def test_a_shallow_film_whose_values_fall_is_shown_over_all_that_they_may_be() -> None:
    film = Radiograph.from_bytes(dicom(ramp(top=100, dtype="uint8"), RescaleSlope=-2, RescaleIntercept=10))
    assert film.windows == (spanning(-500, 10, "Full range"),)
    assert film.pixels[0, 0] > film.pixels[-1, -1] > 0


def test_a_shallow_film_whose_table_makes_it_deep_gets_a_window_of_what_the_table_makes() -> None:
    table = _lut(0, np.arange(256, dtype=np.uint16) * 16)
    film = Radiograph.from_bytes(dicom(ramp(top=255, dtype="uint8"), ModalityLUTSequence=table))
    assert film.windows == windows_of_values(film.values)
    assert (film.windows[-1].centre, film.windows[-1].width) == (2040.5, 4081)


@pytest.mark.parametrize(
    ("centre", "width", "kept"),
    [
        ([1000, 2000], [500, 0], [(1000, 500)]),
        ([1000, 2000], [-500, 600], [(2000, 600)]),
        ([1000], [500, 400], [(1000, 500)]),
        ([1000, 1000], [500, 500], [(1000, 500)]),
        ([1000, 1000], [500, 400], [(1000, 500), (1000, 400)]),
        (["NaN"], [500], []),
        ([1e300], [500], []),
    ],
)
def test_only_proper_windows_are_kept(
    centre: list[object], width: list[object], kept: list[tuple[float, float]]
) -> None:
    with pydicom.config.disable_value_validation():
        data = dicom(ramp(), BitsStored=12, WindowCenter=centre, WindowWidth=width)
    film = Radiograph.from_bytes(data)
    assert film.facts.windows == tuple(kept)
    found = [(window.centre, window.width) for window in film.windows]
    assert found == kept or (not kept and film.windows[0].name == "Automatic")


def test_a_window_that_shows_nothing_is_replaced_with_a_warning() -> None:
    film = Radiograph.from_bytes(dicom(ramp(), BitsStored=12, WindowCenter=-5000, WindowWidth=100))
    assert film.warnings == ("The window in the file shows nothing of the film, so another was made from its values.",)
    assert film.pixels.std() > 0.2
    assert [window.centre for window in film.windows][-1] == -5000


@pytest.mark.parametrize("function", [VoiFunction.LINEAR, VoiFunction.LINEAR_EXACT])
def test_a_window_that_replaces_another_shows_all_grey_by_the_films_own_function(function: VoiFunction) -> None:
    """In small units the one value by which LINEAR and LINEAR_EXACT differ is half of the film's range."""
    scale = {"RescaleSlope": 0.001, "RescaleIntercept": 0.3, "WindowCenter": -5, "WindowWidth": 1}
    film = Radiograph.from_bytes(dicom(ramp(top=1000), VOILUTFunction=function.value, **scale))
    assert film.warnings == (WINDOW_REPLACED,)
    assert (film.pixels.min(), film.pixels.max()) == pytest.approx((0, 1), abs=1e-6)
    assert film.pixels.mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("centre", [-5000, 9000])
def test_a_sigmoid_far_from_the_film_is_replaced_too(centre: int) -> None:
    far = {"BitsStored": 12, "WindowCenter": centre, "WindowWidth": 500, "VOILUTFunction": "SIGMOID"}
    film = Radiograph.from_bytes(dicom(ramp(), **far))
    assert film.warnings == (WINDOW_REPLACED,)
    assert film.voi_function is VoiFunction.SIGMOID
    assert film.pixels.std() > 0.2
    near = Radiograph.from_bytes(dicom(ramp(), **far | {"WindowCenter": 4500}))
    assert (near.warnings, [window.centre for window in near.windows]) == ((), [4500])


def test_a_film_of_one_value_gets_a_window_with_a_width_by_every_function() -> None:
    for function in (VoiFunction.LINEAR, VoiFunction.LINEAR_EXACT):
        (full,) = windows_of_values(of_values(7, 7, 7), function=function)
        assert (full.centre, full.width) == (7.5, 1)


def test_windows_are_named_by_known_words_only() -> None:
    film = Radiograph.from_bytes(
        dicom(
            ramp(),
            BitsStored=12,
            WindowCenter=[1000, 1100, 1200],
            WindowWidth=[500, 600, 700],
            WindowCenterWidthExplanation=["NORMAL", "DOE JOHN", "HARDER"],
        )
    )
    assert [window.name for window in film.windows] == ["Normal", "Film's window 2", "Harder"]
    one = {"WindowCenter": 1000, "WindowWidth": 500, "WindowCenterWidthExplanation": "NORMAL"}
    assert [window.name for window in Radiograph.from_bytes(dicom(ramp(), **one)).windows] == ["Normal"]


@pytest.mark.parametrize(
    ("written_as", "name"),
    [
        *((name, name) for name in ("Normal", "Hard", "Harder", "Soft", "Softer", "Standard", "Lung", "Bone")),
        *((name, name) for name in ("Mediastinum", "Soft tissue", "Automatic", "Full range", "Film's table")),
        *((name, name) for name in ("Film's window", "Film's window 2", "Film's window 99")),
        ("  SOFT TISSUE ", "Soft tissue"),
        ("Lung Doe", None),
        ("Film's window 0", None),
        ("Film's window 195", None),
        ("", None),
    ],
)
def test_a_window_is_called_as_vendors_and_this_program_call_them_or_not_at_all(
    written_as: str, name: str | None
) -> None:
    assert known_name(written_as) == name


def test_the_first_of_windows_without_a_name_has_no_number() -> None:
    assert [name_of_films_window(number) for number in (1, 2)] == ["Film's window", "Film's window 2"]


def test_a_window_that_is_written_in_words_is_none() -> None:
    header = header_of(ramp(), WindowWidth=500, PixelData=ramp().tobytes())
    header["PixelData"].VR = "OW"
    header.add_new("WindowCenter", "LO", "the middle")
    film = Radiograph.from_bytes(written(header))
    assert film.facts.windows == ()
    assert film.windows == windows_of_values(film.values)


@pytest.mark.parametrize("spacing", [["0.1", "NaN"], ["0.1", "0"], ["0.1"], ["0.1", "0.1", "0.1"], ["0.1", "-0.1"]])
def test_a_spacing_that_is_not_two_proper_numbers_is_none(spacing: list[str]) -> None:
    with pydicom.config.disable_value_validation():
        data = dicom(ramp(), PixelSpacing=spacing)
    assert Radiograph.from_bytes(data).facts.pixel_spacing is None


def test_a_broken_slope_is_left_out() -> None:
    for slope in ("0", "NaN", "1e400"):
        with pydicom.config.disable_value_validation():
            data = dicom(ramp(), RescaleSlope=slope, RescaleIntercept="5")
        assert np.array_equal(Radiograph.from_bytes(data).values, ramp())
