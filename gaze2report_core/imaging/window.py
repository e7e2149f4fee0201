"""Window centre and width: which part of a film's depth is shown, and how a film without a window gets one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.window_names import AUTOMATIC, FULL_RANGE

_NARROWEST, _WIDEST = 1e-6, 1e12  # beyond these a window is no window but a broken header


class VoiFunction(StrEnum):
    """How a window maps values to grey, DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True)
class Window:
    """Centre and width in the film's own units, and the name that a reader sees."""

    centre: float
    width: float
    name: str


def is_proper(centre: float, width: float) -> bool:
    """Whether these make a window: they are numbers, and its width is above 0."""
    return _NARROWEST <= width <= _WIDEST and abs(centre) <= _WIDEST


def spanning(lowest: float, highest: float, name: str, function: VoiFunction = VoiFunction.LINEAR) -> Window:
    """The window that shows `lowest` as black and `highest` as white, as far as its function reaches them."""
    if function is VoiFunction.LINEAR_EXACT and lowest < highest:
        return Window(centre=(lowest + highest) / 2, width=float(highest - lowest), name=name)
    return Window(centre=(lowest + highest + 1) / 2, width=float(highest - lowest + 1), name=name)


def full_depth(bits: int) -> tuple[Window, ...]:
    """The window of a picture that is made to be looked at as it is: black is 0, white the highest storable value."""
    return (spanning(0, 2**bits - 1, FULL_RANGE),)


def windows_of_values(
    values: NDArray[np.float32],
    valid: NDArray[np.bool_] | None = None,
    function: VoiFunction = VoiFunction.LINEAR,
) -> tuple[Window, ...]:
    """Windows for a film that brings none: the bulk of its values first, then all of them.

    A film rarely uses the whole depth that it is stored with, and a lead marker or the rim of a collimator takes the
    ends of its range; so the first window leaves out half a percent at each end. Who wants the ends takes the second.

    Parameters
    ----------
    values
        (H, W) in the film's own units.
    valid
        (H, W), False where the value is padding and was never measured.
    function
        Through which they show that; a sigmoid leaves something of its slopes beside them.
    """
    measured = measured_values(values, valid)
    lowest, highest = float(measured.min()), float(measured.max())
    # The nearest values, not points between them, so that whole-numbered films get whole-numbered windows.
    low, high = (float(value) for value in np.percentile(measured, (0.5, 99.5), method="nearest"))
    full = spanning(lowest, highest, FULL_RANGE, function)
    return (spanning(low, high, AUTOMATIC, function), full) if lowest < low < high or low < high < highest else (full,)


def measured_values(values: NDArray[Any], valid: NDArray[np.bool_] | None) -> NDArray[Any]:
    """The values of a film (H, W) that are no padding, (N,); all of them, (H, W), where none is or all of them are."""
    return values if valid is None or not valid.any() else values[valid]


def shows_nothing(
    values: NDArray[np.float32], window: Window, function: VoiFunction, valid: NDArray[np.bool_] | None = None
) -> bool:
    """Whether a window turns all values of a film into one black, or one white, of sixteen bits.

    `valid` as in `windows_of_values`. A sigmoid comes near to black and to white and reaches neither.
    """
    measured = measured_values(values, valid)
    ends = through_window(np.array([measured.min(), measured.max()]), window, function)
    return np.rint(65535 * ends).tolist() in ([0, 0], [65535, 65535])


def through_window(values: NDArray[np.float32], window: Window, function: VoiFunction) -> NDArray[np.float32]:
    """Values as grey in 0..1, by the formulas of DICOM PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2."""
    if function is VoiFunction.SIGMOID:
        exponent = np.clip(-4 * (values - np.float32(window.centre)) / np.float32(window.width), -80, 80)
        return 1 / (1 + np.exp(exponent))
    centre, width = window.centre, window.width
    if function is VoiFunction.LINEAR and width >= 1:
        # Below a width of 1 the LINEAR formula has no meaning; units such as optical density are meant exactly.
        centre, width = centre - 0.5, width - 1
    if width == 0:
        return (values > centre).astype(np.float32)
    grey = (values - np.float32(centre - width / 2)) / np.float32(width)
    return np.clip(grey, 0, 1, out=grey)
