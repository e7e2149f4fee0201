"""A film as a DICOM file of its own, which holds what is kept of the film and nothing else."""

from io import BytesIO

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid
from pydicom.valuerep import DSfloat

from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.whole_numbers import whole_numbers_from
from gaze2report_core.imaging.window_names import known_name

_EMPTY = (
    "PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID "
    "AccessionNumber SeriesNumber InstanceNumber PatientOrientation"
)
"""What the standard wants in such a file, if only as an empty element (type 2)."""


def dicom_copy(film: FilmContent, content_hash: str) -> bytes:
    """A Secondary Capture (DICOM PS3.3 A.8.1) of a film; read again, it has the same values, windows and view.

    Windows keep their names where those are `known_name`s; others could name the patient. Values that take more bits
    than those of the film's file, as after a lookup table, are stored in sixteen.

    Of annotation that is burned into the pixels it says what the film's file did, and only where there is none by that
    does it say that the patient's identity is removed (PS3.3 C.7.1.1). Identifiers come from `content_hash`, so that
    equal films have equal ones. Values that are no whole numbers become Float Pixel Data, which the standard has for
    other classes; `Radiograph.from_bytes` reads it.
    """
    copy = Dataset()
    for keyword in _EMPTY.split():
        setattr(copy, keyword, "")
    copy.SOPClassUID = SecondaryCaptureImageStorage
    copy.StudyInstanceUID, copy.SeriesInstanceUID, copy.SOPInstanceUID = (
        generate_uid(entropy_srcs=[content_hash, level]) for level in ("study", "series", "film")
    )
    burned_in = film.facts.burned_in_annotation
    if burned_in is not None:
        copy.BurnedInAnnotation = "YES" if burned_in else "NO"
    copy.PatientIdentityRemoved = "YES" if burned_in is False else "NO"
    copy.DeidentificationMethod = "Gaze2Report: header by an allow-list, pixels as they were"
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
    """The values themselves: as sixteen bits behind an intercept where that loses nothing, else as they are."""
    copy.Rows, copy.Columns = film.values.shape
    copy.SamplesPerPixel = 1
    copy.PhotometricInterpretation = "MONOCHROME1" if film.inverted else "MONOCHROME2"
    intercept = whole_numbers_from(film.values)
    if intercept is None:
        copy.BitsAllocated = 32
        copy.FloatPixelData = np.ascontiguousarray(film.values, "<f4").tobytes()
        return
    stored = (film.values.astype(np.float64) - intercept).astype("<u2")
    bits = film.facts.bits_stored
    copy.BitsAllocated = 16
    copy.BitsStored = bits if int(stored.max()).bit_length() <= bits <= 16 else 16
    copy.HighBit = copy.BitsStored - 1
    copy.PixelRepresentation = 0
    copy.RescaleIntercept, copy.RescaleSlope, copy.RescaleType = _decimal(intercept), 1, "US"
    copy.PixelData = stored.tobytes()


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
