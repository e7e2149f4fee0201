"""Waiting for what another thread or process will have done in a moment."""

import time
from collections.abc import Callable

PATIENCE = 60
"""Seconds until a test gives up."""


def wait_until(happens: Callable[[], object], what: str) -> None:
    """Return once it happens; `what` says in a failure what did not."""
    give_up = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < give_up, f"in {PATIENCE} s it did not happen that {what}"
        time.sleep(0.05)
