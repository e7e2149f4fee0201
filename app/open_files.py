"""How many files the server may have open: each connection is one, and with none left it takes no more of them."""

import resource
from contextlib import suppress


def allow_most_open_files() -> None:
    """As many as the system lets this program have, which by itself begins with few."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # there are systems that promise more than they give
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
