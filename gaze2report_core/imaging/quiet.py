"""Silence for the libraries that read films."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# pydicom warns and logs with values of the header in the text ("Invalid value for VR UI: …"), and logs its decoders'
# tracebacks; Pillow logs what it finds in EXIF. Any of these may name a patient, so none may reach a handler.
_LOGGERS = (logging.getLogger("pydicom"), logging.getLogger("PIL"))
_SILENT = logging.CRITICAL + 1

_lock = threading.Lock()
_readers = 0
_restore: list[tuple[logging.Logger, int]] = []
_warnings_before: warnings.catch_warnings | None = None


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """No warning and no log record of pydicom or Pillow leaves this block, in however many threads it is open.

    Warning filters belong to the process, and two threads' `catch_warnings` would restore each other's: so the first
    reader to enter sets them, and the last to leave restores them. Until then no other thread warns either.
    """
    global _readers, _warnings_before
    with _lock:
        _readers += 1
        if _readers == 1:
            _warnings_before = warnings.catch_warnings()
            _warnings_before.__enter__()
            warnings.simplefilter("ignore")
            _restore[:] = [(logger, logger.level) for logger in _LOGGERS]
            for logger in _LOGGERS:
                logger.setLevel(_SILENT)
    try:
        yield
    finally:
        with _lock:
            _readers -= 1
            if _readers == 0 and _warnings_before is not None:
                _warnings_before.__exit__(None, None, None)
                _warnings_before = None
                for logger, level in _restore:
                    logger.setLevel(level)
