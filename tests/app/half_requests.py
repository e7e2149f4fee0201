"""Requests of which the rest never comes, as a browser sends them that breaks off, or somebody who means no good."""

import socket
from urllib.parse import urlsplit

from tests.app.running_server import RunningServer
from tests.waiting import PATIENCE


def half_request(server: RunningServer, path: str, *headers: str, body: str = "") -> socket.socket:
    """A connection on which a `POST` has begun that says it has a hundred bytes."""
    address = urlsplit(server.address)
    connection = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
    head = [f"POST /{path} HTTP/1.1", f"Host: {address.netloc}", "Content-Length: 100", *headers, "", ""]
    connection.sendall(("\r\n".join(head) + body).encode())
    return connection


def all_answered(connection: socket.socket) -> str:
    """What comes on it until the server closes it."""
    return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
