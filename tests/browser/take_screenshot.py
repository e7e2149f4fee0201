"""Take assets/screenshot.png of a finished comparison: `python -m tests.browser.take_screenshot`."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.app.running_server import REPOSITORY, start_server
from tests.browser.reading_room import ReadingRoom

SCREENSHOT = REPOSITORY / "assets" / "screenshot.png"


def take(destination: Path, width: int = 1600, height: int = 960) -> None:
    """The sample film with gaze, both drafts, and an edit under way, by the embedded model."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = start_server(Path(folder), script=REPOSITORY / "app.py")
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(
                base_url=server.address, viewport={"width": width, "height": height}, locale="en-GB"
            )
            room = ReadingRoom.opened(page)
            room.open_sample()
            room.expect_drafts()
            page.keyboard.press("5")
            room.edit("on")
            room.type_at_end(" Compare with earlier films.")
            room.expect_saved()
            page.screenshot(path=destination)
            browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    take(SCREENSHOT)
