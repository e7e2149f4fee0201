"""The reading page served from a thread of the test, and what a browser does for one tab of it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import uvicorn

from app.page import build_page, page_options
from app.page.session import ReadingSession
from app.server import configuration, enclose, listen
from app.settings import Settings
from app.surroundings import Surroundings
from app.web import page_reader
from app.web.edition import HEADER, edition_of
from app.web.heartbeats import OpenTabs
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.app.gradio_events import follow
from tests.waiting import PATIENCE, wait_until


@dataclass
class Tab:
    """What a browser does for one tab, and what the server keeps of it."""

    page: gr.Blocks
    open_tabs: OpenTabs
    browser: httpx.Client
    name: str

    def open_sample(self) -> None:
        """Open the sample film as the first that the reader chose."""
        self.trigger("sample_wanted", said={"choice": 1, "attempt": 1})

    def trigger(self, event: str, *data: Any, said: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run the page's event of this name, on its own state and on `data`. Returns all that the server says to it."""
        (number,) = [number for number, fn in self.page.fns.items() if fn.targets and fn.targets[0][1] == event]
        inputs = [None] * (len(self.page.fns[number].inputs) - len(data)) + list(data)
        self.join(number, inputs, said)
        return follow(self.browser, self.name)

    def join(self, number: int, inputs: list[Any], said: dict[str, Any] | None = None) -> None:
        """Let the event of this number wait for its turn."""
        body = {"data": inputs, "fn_index": number, "session_hash": self.name, "event_data": said, "trigger_id": None}
        named = {HEADER: edition_of(self.page), page_reader.HEADER: self.reader}
        self.browser.post("gradio_api/queue/join", json=body, headers=named).raise_for_status()

    @cached_property
    def reader(self) -> str:
        """The mark of its reader, which stands in the page."""
        mark: str = self.browser.get("config").raise_for_status().json()["username"]
        return mark

    @property
    def is_known(self) -> bool:
        return self.name in self.page.state_holder.session_data

    @property
    def session(self) -> ReadingSession:
        (session,) = self.page.state_holder.session_data[self.name].state_data.values()
        return session  # type: ignore[no-any-return]

    def open(self) -> socket.socket:
        """Begin the heartbeat, as Gradio's script does for every tab, and wait for its first beat."""
        host, port = self.browser.base_url.host, self.browser.base_url.port
        heartbeat = socket.create_connection((host, port or 80), timeout=PATIENCE)
        head = (
            f"GET /gradio_api/heartbeat/{self.name} HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Cookie: gaze2report={self.browser.cookies['gaze2report']}\r\n\r\n"
        )
        heartbeat.sendall(head.encode())
        said = b""
        while b"ALIVE" not in said:
            more = heartbeat.recv(1000)
            assert more, f"no heartbeat: {said!r}"
            said += more
        return heartbeat

    def close(self, heartbeat: socket.socket) -> None:
        """End the heartbeat, and wait until the server has noticed."""
        heartbeat.close()
        wait_until(lambda: self.name not in self.open_tabs, "the server notices that the tab was closed")


@contextmanager
def served_page(pipeline: Gaze2ReportPipeline, data_dir: Path) -> Iterator[tuple[gr.Blocks, OpenTabs, str]]:
    """Yields the page, which of its tabs are open, and its address."""
    settings = Settings(data_dir=data_dir, port=0)
    around = Surroundings.of(settings)
    listening = listen("127.0.0.1", 0)
    ready = threading.Event()
    built: list[Any] = []

    async def serve() -> None:
        """Within a loop from the start, since Gradio would otherwise make some of its own and leave them open."""
        page = build_page(
            pipeline,
            around.store,
            uploads=around.uploads,
            views=around.views,
            visitors=around.visitors,
            open_tabs=around.open_tabs,
        )
        server = uvicorn.Server(configuration(enclose(page, page_options(), around), settings))
        built.extend((page, server))
        ready.set()
        await server.serve(sockets=[listening])

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(PATIENCE)
    page, server = built
    yield page, around.open_tabs, f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server.should_exit = True
    thread.join(PATIENCE)
    assert not thread.is_alive(), "the server did not stop"
    around.store.close()
