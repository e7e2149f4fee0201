"""The stored values of one frame of a DICOM film."""

from dataclasses import replace
from typing import Any

from numpy.typing import NDArray
from pydicom.encaps import encapsulate, get_frame
from pydicom.pixels import get_decoder
from pydicom.pixels.processing import convert_color_space
from pydicom.uid import JPEGBaseline8Bit, JPEGExtended12Bit, RLELossless

from gaze2report_core.imaging.codestream import FrameSize, size_of_codestream
from gaze2report_core.imaging.dicom_file import DicomFile, PixelElement
from gaze2report_core.imaging.dicom_header import PixelFormat
from gaze2report_core.imaging.jpeg_segments import pixels_alone
from gaze2report_core.imaging.limits import damaged, refuse_if_too_large
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.transfer_syntax import LOSSLESS_CODESTREAMS, LOSSLESS_JPEG, PLUGINS


def stored_values(file: DicomFile, element: PixelElement, pixels: PixelFormat, frame: int) -> NDArray[Any]:
    """(H, W) or (H, W, samples) stored values of one frame, YBR turned to RGB.

    Raises
    ------
    FilmRefused
        "truncated", "too_large" or "unsupported_transfer_syntax".
    """
    if element.encapsulated != file.transfer_syntax.is_encapsulated:
        raise damaged("its pixel data is not written as its transfer syntax says")
    try:
        if element.encapsulated:
            return _decoded(file, element, pixels, frame)
        _refuse_short(element, pixels)
        values = _through_pydicom(file, element, pixels, frame)
        return values >> pixels.low_bit if pixels.low_bit and element.keyword == "PixelData" else values
    except (FilmRefused, ImportError, MemoryError):
        raise
    except Exception:  # decoders raise whatever a broken frame leads them to
        raise damaged("its pixel data cannot be decoded") from None


def _refuse_short(element: PixelElement, pixels: PixelFormat) -> None:
    samples = pixels.rows * pixels.columns * pixels.samples
    if pixels.photometric == "YBR_FULL_422":
        samples = samples // 3 * 2
    needed = (pixels.frames * samples * pixels.bits_allocated + 7) // 8
    if len(element.value) < needed:
        raise damaged(f"{len(element.value):,} of {needed:,} bytes of pixel data are there")


def _decoded(file: DicomFile, element: PixelElement, pixels: PixelFormat, frame: int) -> NDArray[Any]:
    encoded = get_frame(element.value, frame, number_of_frames=pixels.frames)
    if file.transfer_syntax == RLELossless:
        from gaze2report_core.imaging.rle import decode_rle

        return _as_stored(decode_rle(encoded, pixels), pixels)
    size = size_of_codestream(encoded)
    if size is None:
        raise damaged("its pixel data does not begin as its transfer syntax says")
    _refuse_contradiction(size, pixels)
    pixels = _from_lowest_bit(size, pixels)
    lossy_jpeg = file.transfer_syntax in (JPEGBaseline8Bit, JPEGExtended12Bit)
    if (lossy_jpeg and size.precision == 12) or file.transfer_syntax in LOSSLESS_JPEG:
        from gaze2report_core.imaging.gdcm_jpeg import decode_with_gdcm

        return _as_stored(decode_with_gdcm(encoded, size, file.transfer_syntax), pixels)
    if lossy_jpeg:  # by Pillow, which would read an EXIF in it, too
        only = replace(element, value=encapsulate([pixels_alone(encoded)]))
        return _through_pydicom(file, only, replace(pixels, frames=1), frame=0)
    values = _through_pydicom(file, element, pixels, frame)
    # Of a lossless frame: a lossy one may reach a little beyond the highest value, which must not become the lowest.
    deeper = size.precision > pixels.bits_stored and file.transfer_syntax in LOSSLESS_CODESTREAMS
    return _as_stored(values, pixels) if deeper and pixels.samples == 1 else values


def _as_stored(samples: NDArray[Any], pixels: PixelFormat) -> NDArray[Any]:
    """What pydicom does to native frames: bits beside those stored mean nothing, and YBR becomes RGB."""
    above = max(0, samples.dtype.itemsize * 8 - pixels.high_bit - 1)
    values = samples.view(samples.dtype.str.replace("u", "i")) if pixels.signed else samples
    values = values << above >> above + pixels.low_bit
    return convert_color_space(values, "YBR_FULL", "RGB") if pixels.photometric == "YBR_FULL" else values


def _refuse_contradiction(size: FrameSize, pixels: PixelFormat) -> None:
    """Decoders believe the frame, not the header: a frame of another size is a bomb, or belongs to another film."""
    refuse_if_too_large(size.rows, size.columns, size.samples)
    if (size.rows, size.columns, size.samples) != (pixels.rows, pixels.columns, pixels.samples):
        raise damaged(
            f"its header says {pixels.columns:,} × {pixels.rows:,} pixels of {pixels.samples} samples, "
            f"the picture in it {size.columns:,} × {size.rows:,} of {size.samples}"
        )
    if size.precision > pixels.bits_allocated:
        raise damaged(f"the picture in it has {size.precision} bits a pixel, and its header has no room for them")


def _from_lowest_bit(size: FrameSize, pixels: PixelFormat) -> PixelFormat:
    """The format of what a codestream holds: its samples begin at their lowest bit, whatever the header says.

    Where they are deeper than the values, the header means that some of their bits are none of the value.
    """
    if pixels.low_bit and size.precision > pixels.bits_stored:
        raise FilmRefused(
            "unsupported_transfer_syntax",
            f"The film's values take {pixels.bits_stored} bits up to bit {pixels.high_bit}, which is not read of a "
            "film that is compressed as this one is. Export it as Explicit VR Little Endian.",
        )
    return replace(pixels, high_bit=pixels.bits_stored - 1)


def _through_pydicom(file: DicomFile, element: PixelElement, pixels: PixelFormat, frame: int) -> NDArray[Any]:
    options: dict[str, Any] = {
        "rows": pixels.rows,
        "columns": pixels.columns,
        "samples_per_pixel": pixels.samples,
        "photometric_interpretation": pixels.photometric,
        "bits_allocated": pixels.bits_allocated,
        # Bits above the last are dropped and its sign extended; those below the first are left to the caller.
        "bits_stored": pixels.high_bit + 1,
        "pixel_representation": int(pixels.signed),
        "planar_configuration": int(pixels.planar),
        "number_of_frames": pixels.frames,
        "pixel_keyword": element.keyword,
        "pixel_vr": element.vr,
    }
    decoder = get_decoder(file.transfer_syntax)
    plugin = PLUGINS[file.transfer_syntax]
    return decoder.as_array(element.value, index=frame, decoding_plugin=plugin, **options)[0]
