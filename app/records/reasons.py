"""Why a radiologist changed a draft."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Row


class Reason(StrEnum):
    """The classes of edit that CheXagent's reader study used."""

    FALSE_FINDING = "false_finding"
    MISSED_FINDING = "missed_finding"
    WRONG_LOCATION = "wrong_location"
    WRONG_SEVERITY = "wrong_severity"
    STYLE = "style"
    OTHER = "other"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class StartedFrom(StrEnum):
    """Which of the two drafts an edit began with, or that it began with none of them."""

    GAZE_ON = "gaze_on"
    GAZE_OFF = "gaze_off"
    EMPTY = "empty"

    def beginning(self, drafts: Row[Any]) -> str:
        """The text that it began with: one of these drafts, or nothing."""
        return "" if self is StartedFrom.EMPTY else str(getattr(drafts, self.value))
