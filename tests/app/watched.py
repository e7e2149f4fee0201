"""Runs a script and notes on standard error every other host that it asks for: `python watched.py SCRIPT …`"""

import runpy
import sys
from typing import Any

REACHED = "REACHED OUT TO"
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104


def note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        host = arguments[1][0] if isinstance(arguments[1], tuple) else ""
    elif event == "socket.getaddrinfo":
        host = arguments[0] or ""
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host and not host.startswith(LOOPBACK):
        sys.stderr.write(f"{REACHED} {host}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.addaudithook(note)
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
