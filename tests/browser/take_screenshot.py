"""Take assets/screenshot.png of a finished comparison: `python -m tests.browser.take_screenshot`."""

import io
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.app.running_server import REPOSITORY, start_server
from tests.browser.reading_room import ReadingRoom

SCREENSHOT = REPOSITORY / "assets" / "screenshot.png"

COLOURED = 6
"""How far the channels of a pixel lie apart, of 255, when it is more than a grey."""


def take(destination: Path, width: int = 1440, height: int = 900) -> None:
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
            page.keyboard.press("3")
            room.edit("on")
            room.type_at_end(" Compare with earlier films.")
            room.expect_saved()
            save_small(page.screenshot(), destination)
            browser.close()
        finally:
            server.stop()


def save_small(screenshot: bytes, destination: Path) -> None:
    """As a PNG with a palette: half of it for the greys of the film, half for the colours of the page."""
    with Image.open(io.BytesIO(screenshot)) as opened:
        picture = opened.convert("RGB")
    pixels = np.asarray(picture)  # (H, W, 3)
    coloured = pixels[np.ptp(pixels, axis=2) > COLOURED]  # (N, 3)
    colours = Image.fromarray(coloured[None]).quantize(128).getpalette() or []
    greys = np.repeat(np.linspace(0, 255, 128).astype(int), 3).tolist()
    palette = Image.new("P", (1, 1))
    palette.putpalette(greys + colours)
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(destination, optimize=True)


if __name__ == "__main__":
    take(SCREENSHOT)
