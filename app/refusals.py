"""Which errors speak to readers: our own say in a sentence what to do, the others were written for programmers."""

OWN_PACKAGES = ("app", "gaze2report_core")


def is_refusal(error: Exception) -> bool:
    """Whether the error is of a kind that we made ourselves, and so its `str` a sentence for the reader."""
    return type(error).__module__.partition(".")[0] in OWN_PACKAGES
