"""Which way round a film's pixels lie: Patient Orientation, DICOM PS3.3 C.7.6.1.1.1.

Two directions, that of the rows and that of the columns: a frontal film as it is hung has L\\F, rows that run to the
patient's left and columns that run to the feet. Nothing but the header tells whether pixels were stored otherwise.
"""

from pydicom import Dataset
from pydicom.multival import MultiValue

from gaze2report_core.imaging.dicom_header import value_of
from gaze2report_core.imaging.turn import Turn

SHOWN_UPRIGHT = (
    "The file says that its pixels do not lie as a film is hung, so they were turned as it says. Check left and right "
    "by the side marker."
)

_OPPOSITE = {"L": "R", "R": "L", "A": "P", "P": "A", "H": "F", "F": "H"}
_TO_THE_FEET, _TO_THE_LEFT = "F", "L"


def turn_upright(elements: Dataset) -> Turn | None:
    """What brings a film upright; None where it is, or where the header does not say.

    A lateral film is brought upright, too; whether it looks to the left or to the right is left as it is, since both
    are hung.
    """
    directions = _directions(elements)
    if directions is None:
        return None
    along_rows, along_columns = directions
    exchanged = along_rows in "HF"
    if exchanged:
        along_rows, along_columns = along_columns, along_rows
    turn = Turn(exchanged, along_columns != _TO_THE_FEET, along_rows == _OPPOSITE[_TO_THE_LEFT])
    return turn if turn != Turn(exchanged=False, upside_down=False, mirrored=False) else None


def _directions(elements: Dataset) -> tuple[str, str] | None:
    """The leading letters of both directions, one of them along the body and one across it."""
    value = value_of(elements, "PatientOrientation")
    parts = [str(part).strip().upper() for part in value] if isinstance(value, (MultiValue, list)) else []
    if len(parts) != 2 or not all(part[:1] in _OPPOSITE for part in parts):
        return None
    first, second = parts[0][0], parts[1][0]
    return (first, second) if (first in "HF") != (second in "HF") else None
