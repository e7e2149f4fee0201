"""A film as a DICOM file of its own, which holds what is kept of the film and nothing else."""

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid
from pydicom.valuerep import DSfloat

from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.quiet import quiet_libraries
from gaze2report_core.imaging.whole_numbers import DEEPEST, whole_numbers_from
from gaze2report_core.imaging.window_names import known_name

_EMPTY = (
    "PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID "
    "AccessionNumber SeriesNumber InstanceNumber PatientOrientation"
)
"""What the standard wants in such a file, if only as an empty element (type 2)."""

_ROUNDED = "Pixel values that 16-bit whole numbers cannot hold were rounded to 65536 equal steps."
_POLARITY_ASSUMED = "The source states no Photometric Interpretation: the one given here is how it was displayed."


def identifier_of_copy(content_hash: str) -> UID:
    """The SOP Instance UID of the copy of a film: it tells the film also where the copy's values are rounded."""
    return generate_uid(entropy_srcs=[content_hash, "film"])


def film_identifier(path: Path) -> str | None:
    """The SOP Instance UID of a file, None where it has none that can be read."""
    try:
        with quiet_libraries():
            header = dcmread(path, stop_before_pixels=True, specific_tags=["SOPInstanceUID"])
            return str(header.SOPInstanceUID)
    except Exception:  # what is no DICOM file, or a broken one, raises whatever its bytes lead to
        return None


def dicom_copy(film: FilmContent, content_hash: str) -> bytes:
    """A Secondary Capture (DICOM PS3.3 A.8.1) of a film; read again, it has the same values and windows.

    It has the view that the film's own file states: what a film looks like is seen anew where it is read.

    The class holds whole numbers. Films of other values, or of values too far apart for sixteen bits, come back to
    within half of the 65,535th part of their range; the copy says so, and is known by `identifier_of_copy`.

    Windows keep their names where those are `known_name`s; others could name the patient. Values that take more bits
    than those of the film's file, as after a lookup table, are stored in sixteen.

    Of annotation that is burned into the pixels it says what the film's file did, and only where there is none by that
    does it say that the patient's identity is removed (PS3.3 C.7.1.1). It has to say which values are bright: where the
    film did not, that is how it was shown, and the copy says that too. Identifiers come from `content_hash`, so that
    equal films have equal ones.
    """
    copy = Dataset()
    for keyword in _EMPTY.split():
        setattr(copy, keyword, "")
    copy.SOPClassUID = SecondaryCaptureImageStorage
    copy.StudyInstanceUID, copy.SeriesInstanceUID = (
        generate_uid(entropy_srcs=[content_hash, level]) for level in ("study", "series")
    )
    copy.SOPInstanceUID = identifier_of_copy(content_hash)
    burned_in = film.facts.burned_in_annotation
    if burned_in is not None:
        copy.BurnedInAnnotation = "YES" if burned_in else "NO"
    copy.PatientIdentityRemoved = "YES" if burned_in is False else "NO"
    copy.DeidentificationMethod = "Gaze2Report: header by an allow-list, no pixel was masked"
    copy.ConversionType = "DI"
    copy.ImageType = ["DERIVED", "SECONDARY"]
    _describe(copy, film)
    _store(copy, film)
    return _written(copy)


def _describe(copy: Dataset, film: FilmContent) -> None:
    """What readers are told of the film, and how it is shown."""
    facts = film.facts
    copy.Modality = facts.modality or "OT"
    if facts.body_part is not None:
        copy.BodyPartExamined = facts.body_part
    if facts.view_position is not None:
        copy.ViewPosition = facts.view_position
    if facts.pixel_spacing is not None:
        copy.PixelSpacing = [_decimal(one) for one in facts.pixel_spacing]
    copy.WindowCenter = [_decimal(window.centre) for window in film.windows]
    copy.WindowWidth = [_decimal(window.width) for window in film.windows]
    copy.WindowCenterWidthExplanation = [known_name(window.name) or "" for window in film.windows]
    copy.VOILUTFunction = film.voi_function.value


def _store(copy: Dataset, film: FilmContent) -> None:
    """The values themselves, and what had to be made of them or assumed."""
    stored, slope, intercept, is_rounded = _sixteen_bits(film.values)
    copy.Rows, copy.Columns = stored.shape
    copy.SamplesPerPixel = 1
    copy.PhotometricInterpretation = "MONOCHROME1" if film.inverted else "MONOCHROME2"
    bits = film.facts.bits_stored
    copy.BitsAllocated = 16
    copy.BitsStored = bits if int(stored.max()).bit_length() <= bits <= 16 else 16
    copy.HighBit = copy.BitsStored - 1
    copy.PixelRepresentation = 0
    copy.RescaleIntercept, copy.RescaleSlope, copy.RescaleType = _decimal(intercept), _decimal(slope), "US"
    copy.PixelData = stored.tobytes()
    derived = (
        *((_ROUNDED,) if is_rounded else ()),
        *((_POLARITY_ASSUMED,) if film.facts.photometric_interpretation is None else ()),
    )
    if derived:
        copy.DerivationDescription = " ".join(derived)


def _sixteen_bits(values: NDArray[np.float32]) -> tuple[NDArray[np.uint16], float, float, bool]:
    """(H, W) whole numbers, slope and intercept: value = slope × number + intercept; and whether that is rounded."""
    exact = values.astype(np.float64) + 0  # a negative zero becomes one without a sign, as whole numbers have it
    intercept = whole_numbers_from(exact)
    if intercept is not None:
        return (exact - intercept).astype("<u2"), 1, intercept, False
    lowest, reach = float(exact.min()), float(np.ptp(exact))
    slope = reach / DEEPEST or 1  # of a film that is all one value
    return np.rint((exact - lowest) / slope).astype("<u2"), slope, lowest, reach > 0


def _decimal(value: float) -> DSfloat:
    """A number as a Decimal String holds it: in sixteen characters."""
    return DSfloat(value, auto_format=True)


def _written(copy: Dataset) -> bytes:
    copy.file_meta = FileMetaDataset()
    copy.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    copy.file_meta.MediaStorageSOPClassUID = copy.SOPClassUID
    copy.file_meta.MediaStorageSOPInstanceUID = copy.SOPInstanceUID
    file = BytesIO()
    copy.save_as(file, enforce_file_format=True)
    return file.getvalue()
