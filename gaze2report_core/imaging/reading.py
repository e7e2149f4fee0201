"""Which reader a file gets: decided by its bytes, never by its name."""

from numbers import Integral

from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.limits import damaged, out_of_memory, refuse_file_if_too_large
from gaze2report_core.imaging.quiet import quiet_libraries
from gaze2report_core.imaging.refusal import FilmRefused

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# Files that people pick by mistake, so that the sentence can name what was found: (offset, bytes, name).
_NEIGHBOURS = (
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"BM", "a bitmap picture"),
    (8, b"WEBP", "a WebP picture"),
    (4, b"ftyp", "a HEIC picture or a video"),
    (0, b"\x00\x00\x00\x0cjP  ", "a bare JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a bare JPEG 2000 picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
)


def read_film(data: bytes, *, allow_burned_in: bool, frame: int | None) -> FilmContent:
    """Read the bytes of a DICOM, PNG or JPEG file; see `Radiograph.from_bytes`."""
    if frame is not None and not isinstance(frame, Integral):
        raise TypeError("A frame is a whole number, counted from 0.")
    refuse_file_if_too_large(len(data))
    try:
        with quiet_libraries():
            return _read(data, allow_burned_in, frame)
    except (FilmRefused, ImportError):  # the latter is the installation's fault and not the file's
        raise
    except MemoryError:
        raise out_of_memory() from None
    except Exception:
        # There is no end to what a broken header leads pydicom and Pillow to raise, and their messages quote the file:
        # so the error is dropped, not chained.
        raise damaged("its header cannot be read") from None


def _read(data: bytes, allow_burned_in: bool, frame: int | None) -> FilmContent:
    if data.startswith(_PNG):
        from gaze2report_core.imaging.png import read_png

        return read_png(data, frame)
    if data.startswith(_JPEG):
        from gaze2report_core.imaging.jpeg import read_jpeg

        return read_jpeg(data, frame)
    from gaze2report_core.imaging.dicom_file import is_dicom

    if is_dicom(data):
        from gaze2report_core.imaging.dicom import read_dicom

        return read_dicom(data, allow_burned_in=allow_burned_in, frame=frame)
    raise FilmRefused("not_an_image", f"{_what_it_is(data)} Films are read from DICOM, PNG and JPEG files: choose one.")


def _what_it_is(data: bytes) -> str:
    if not data:
        return "The file is empty."
    for offset, magic, name in _NEIGHBOURS:
        if data.startswith(magic, offset):
            return f"The file is {name}."
    return (
        "The file is no picture that is known here; if it should be DICOM, the mark that DICOM begins with is missing."
    )
