"""A line between browser and server that can be cut: what is on its way breaks off, on both sides."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

LOST = "The server does not answer; trying again…"
"""What the page says while it is cut."""


class LineToTheServer:
    """Passes on every connection to its own port, until it is cut."""

    def __init__(self, address: str) -> None:
        server = urlsplit(address)
        self.server = (server.hostname, server.port)
        self.address = ""
        self._port = 0
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.mend()

    def mend(self) -> None:
        """Let connections pass, from now on or again."""
        self._listening = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listening.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}/"
        threading.Thread(target=self._accept, args=[self._listening], daemon=True).start()

    def cut(self) -> None:
        """End all connections; new ones are refused."""
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in (self._listening, *ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):  # as it is closed
            while True:
                browser, _ = listening.accept()
                server = socket.create_connection(self.server)
                with self._lock:
                    self._ends |= {browser, server}
                for ends in ((browser, server), (server, browser)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)
