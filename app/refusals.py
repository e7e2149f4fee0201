"""Which errors speak to readers: our own say in a sentence what to do, the others were written for programmers."""

from logging import Logger

OWN_PACKAGES = ("app", "gaze2report_core")


def is_refusal(error: Exception) -> bool:
    """Whether the error is of a kind that we made ourselves, and so its `str` a sentence for the reader."""
    return type(error).__module__.partition(".")[0] in OWN_PACKAGES


def note(error: Exception, logger: Logger, event: str) -> None:
    """Log an error as `event` for who runs the server, unless it is a refusal, which is no fault of the server's."""
    if not is_refusal(error):
        logger.error(event, exc_info=error)


def sentence_for_reader(error: Exception, logger: Logger, event: str, internal: str) -> str:
    """A refusal's own sentence; of any other error, which is noted as `event`, no more than `internal`."""
    note(error, logger, event)
    return str(error) if is_refusal(error) else internal
