"""Why a radiologist changed a draft."""

from enum import StrEnum


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
    """Which of the two drafts an edit began with."""

    GAZE_ON = "gaze_on"
    GAZE_OFF = "gaze_off"
