"""Data sets in JSON, a list of one entry for each reading: how they are known, and the lists of numbers in them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.recordings.recording import RecordingRefused


def begins_with_entry(value: Any, needed: Sequence[str]) -> bool:
    """Whether a JSON value is a list whose first entry has the names that are needed."""
    return isinstance(value, list) and bool(value) and _is_entry(value[0], needed)


def refuse_incomplete(value: Sequence[Any], needed: Sequence[str], what: str) -> None:
    """Raise RecordingRefused where an entry lacks one of these names; `what` says whose file it is."""
    if not all(_is_entry(entry, needed) for entry in value):
        raise RecordingRefused(f"The {what} file has an entry without {', '.join(needed[:-1])} or {needed[-1]}.")


def number_lists(entry: Mapping[str, Any], names: Sequence[str]) -> list[NDArray[np.float64]]:
    """Equally long lists of numbers of an entry, each as `(L,)`."""
    listed = ", ".join(names[:-1]) + f" and {names[-1]}"
    try:
        columns = [np.array(entry[name], dtype=np.float64) for name in names]
    except (TypeError, ValueError, OverflowError):
        raise RecordingRefused(f"The gaze file has an entry whose {listed} are not lists of numbers.") from None
    if any(column.ndim != 1 for column in columns) or len({len(column) for column in columns}) != 1:
        raise RecordingRefused(f"The gaze file has an entry whose {listed} are not lists of one length.")
    return columns


def _is_entry(value: Any, needed: Sequence[str]) -> bool:
    return isinstance(value, dict) and value.keys() >= {*needed}
