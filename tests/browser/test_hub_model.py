"""The page on a model that comes from a Hugging Face Hub, here one on loopback."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from gaze2report_core.hub import EMBEDDED_MODEL
from tests.app.running_server import REPOSITORY, start_server
from tests.browser.reading_room import ReadingRoom
from tests.hub_server import HubServer


def test_the_page_names_model_and_revision(hub: HubServer, browser: Browser, tmp_path: Path) -> None:
    commit = hub.add_repository("reading-room/embedded", EMBEDDED_MODEL, tags=["v1"])
    server = start_server(
        tmp_path,
        *("--model", "reading-room/embedded@v1"),
        script=REPOSITORY / "app.py",
        HF_ENDPOINT=hub.endpoint,
        HF_HOME=str(tmp_path / "hub"),
    )
    try:
        with browser.new_page(base_url=server.address) as page:
            room = ReadingRoom.opened(page)
            expect(room.part("model-id")).to_have_text("reading-room/embedded")
            expect(room.part("model-revision")).to_have_text(commit)
            room.open_sample()
            room.expect_drafts()
            assert room.draft("on")
    finally:
        server.stop()
