"""Connections that nobody uses take neither the server nor its log."""

import json
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.web.logs import OnceAMinute
from tests.app.half_requests import half_request
from tests.app.running_server import RunningServer, start_server
from tests.waiting import wait_until

pytestmark = pytest.mark.thorough


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """Started where few open files are allowed at first, as from most shells."""
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))
    try:
        running = start_server(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
    yield running
    running.stop()


def test_more_connections_than_are_allowed_at_first_keep_nobody_out(server: RunningServer) -> None:
    with ExitStack() as held:
        for _ in range(300):
            held.enter_context(half_request(server, "films", "Content-Type: application/octet-stream"))
        with server.browser() as browser:
            assert browser.get("health").status_code == 200
    assert OnceAMinute.LINE not in server.log.read_text()


def test_without_a_file_left_the_log_says_so_once_and_the_server_goes_on_when_there_are_some(
    server: RunningServer,
) -> None:
    most = len(list(Path(f"/proc/{server.process.pid}/fd").iterdir())) + 20
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (most, most))
    address = urlsplit(server.address)
    with ExitStack() as held:
        for _ in range(60):
            held.enter_context(socket.create_connection((address.hostname, address.port)))
        wait_until(lambda: OnceAMinute.LINE in server.log.read_text(), "the log says so")
        time.sleep(3)  # in which asyncio tries again thrice
        said = [line for line in server.log.read_text().splitlines() if OnceAMinute.LINE in line]
        assert [json.loads(line)["cause"] for line in said] == ["EMFILE"]
    with server.browser() as browser:
        assert browser.get("login").status_code == 404
    assert server.log.stat().st_size < 10_000
