"""The page in the words of a reader: what they open, press, read and take along."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

PATIENCE = 120_000
"""Milliseconds; the machine that tests may be busy with more than tests."""

_CANVAS = """
(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const grey = new Uint8Array(width * height);
  const seen = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i += 1) { grey[i] = data[4 * i]; seen[i] = data[4 * i + 3]; }
  const text = (bytes) => { let s = ""; for (let i = 0; i < bytes.length; i += 8192)
    s += String.fromCharCode(...bytes.subarray(i, i + 8192)); return s; };
  return [width, height, text(grey), text(seen)];
}
"""


@dataclass(frozen=True)
class Picture:
    """What the canvas holds: `grey` (H, W) in 0..255, and where the film lies on it, `covered` (H, W)."""

    grey: NDArray[np.uint8]
    covered: NDArray[np.bool_]

    @property
    def film_box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the film on the stage, in CSS pixels."""
        rows, columns = np.where(self.covered.any(axis=1))[0], np.where(self.covered.any(axis=0))[0]
        return columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1

    @property
    def film(self) -> NDArray[np.uint8]:
        left, top, width, height = (int(number) for number in self.film_box)
        return self.grey[top : top + height, left : left + width]

    def shows_the_film_of(self, other: "Picture") -> bool:
        """Whether both hold the same film, which a line of warnings above it may have made smaller."""
        films = [cv2.resize(picture.film, (64, 64), interpolation=cv2.INTER_AREA) for picture in (self, other)]
        return float(cv2.absdiff(*films).mean()) < 3


@dataclass(frozen=True)
class ReadingRoom:
    page: Page

    @classmethod
    def opened(cls, page: Page, address: str = "/") -> "ReadingRoom":
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(address)
        expect(page.get_by_test_id("open-sample")).to_be_enabled()
        return cls(page)

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    # --- films ---

    def open_sample(self) -> None:
        self.part("open-sample").click()
        self.expect_film()

    def choose(self, data: bytes, name: str = "film", view: str = "frontal") -> None:
        """Choose a file without waiting for what becomes of it."""
        self.choose_together((data, name), view=view)

    def choose_together(self, *files: tuple[bytes, str], view: str = "frontal") -> None:
        """Choose files at once, by their content and their names."""
        chosen = [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for data, name in files]
        self.part(f"open-{view}").set_input_files(chosen)  # type: ignore[arg-type]

    def drop(self, data: str | bytes, name: str, on: str = "stage") -> None:
        """Drop a file of this content on a part without waiting for what becomes of it."""
        self.drop_together((data, name), on=on)

    def drop_together(self, *files: tuple[str | bytes, str], on: str = "stage") -> None:
        """Drop files at once, by their content and their names."""
        self.hold_over_film(*files)
        self.part(on).click(trial=True)  # which fails where something lies over it
        self._drag("drop", files, on)

    def hold_over_film(self, *files: tuple[str | bytes, str]) -> None:
        """Hold files over the film, without letting go of them."""
        self._drag("dragenter", files, "stage")

    def _drag(self, kind: str, files: tuple[tuple[str | bytes, str], ...], on: str) -> None:
        told = [[list(data.encode() if isinstance(data, str) else data), name] for data, name in files]
        tell = """(part, [kind, files]) => {
          const dataTransfer = new DataTransfer();
          files.forEach(([bytes, name]) => dataTransfer.items.add(new File([new Uint8Array(bytes)], name)));
          part.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
        }"""
        self.part(on).evaluate(tell, [kind, told])

    def drag_over(self, part: Locator, held: dict[str, Any]) -> Callable[[], None]:
        """Hold what comes from outside the browser over a part, as a mouse does. Returns what lets it go there.

        `held` are `files`, by their paths, and `items`: what else the mouse holds, such as words.
        """
        x, y = self.middle(part)
        browser = self.page.context.new_cdp_session(self.page)
        data = {"items": [], "files": [], "dragOperationsMask": 1, **held}

        def dispatch(kind: str) -> None:
            browser.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})

        dispatch("dragEnter")
        dispatch("dragOver")
        return lambda: dispatch("drop")

    def open(self, data: bytes, name: str = "film", view: str = "frontal") -> None:
        self.choose(data, name, view)
        self.expect_film(view)

    def expect_film(self, view: str = "frontal") -> None:
        stage = self.part("stage")
        expect(stage).to_have_attribute("data-film-state", "shown")
        expect(stage).to_have_attribute("data-view", view)
        expect(self.part("busy")).to_be_hidden()

    def wait_until_drawn(self) -> None:
        """What was asked of the film is drawn with the next frame, and so is what lies over it."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def middle(self, part: Locator) -> tuple[float, float]:
        """Where the middle of a part is on the page, after what was asked of the page has been drawn."""
        self.wait_until_drawn()  # a row of tools that comes or goes moves the film, and all that lies on it
        box = part.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def picture(self) -> Picture:
        """The canvas after what was asked of it has been drawn."""
        self.wait_until_drawn()
        width, height, grey, seen = self.part("film-canvas").evaluate(_CANVAS)
        plane = [np.frombuffer(text.encode("latin-1"), np.uint8).reshape(height, width) for text in (grey, seen)]
        return Picture(plane[0], plane[1] > 127)

    def choose_window(self, name: str) -> None:
        presets = self.part("window-presets")
        option = presets.locator("option").filter(has_text=name)
        presets.select_option(value=option.get_attribute("value"))

    def drag(self, right: int, down: int, button: Any = "left") -> None:
        """From the middle of the film."""
        x, y = self.middle(self.part("stage"))
        self.page.mouse.move(x, y)
        self.page.mouse.down(button=button)
        self.page.mouse.move(x + right / 2, y + down / 2)
        self.page.mouse.move(x + right, y + down)
        self.page.mouse.up(button=button)

    # --- drafts ---

    def expect_drafts(self, state: str = "finished") -> None:
        expect(self.page.locator(f".drafts[data-state={state}]")).to_be_visible()

    def draft(self, side: str) -> str:
        return self.part(f"draft-gaze-{side}").inner_text()

    @property
    def indication(self) -> Locator:
        return self.page.get_by_label("Indication")

    def write_again(self) -> None:
        self.page.get_by_role("button", name="Regenerate").click()

    @contextmanager
    def drafts_written_anew(self) -> Iterator[None]:
        """What is done meanwhile has the drafts written again: wait until others are finished."""
        panel = self.part("drafts")
        before = panel.get_attribute("data-drafts-id") or ""
        yield
        expect(panel).not_to_have_attribute("data-drafts-id", before)
        self.expect_drafts()

    def rewrite(self) -> None:
        """Write the drafts again and wait until they are finished."""
        with self.drafts_written_anew():
            self.write_again()

    @property
    def stop(self) -> Locator:
        return self.page.locator("button#stop")  # on a narrow page it is seen only where it can be pressed

    def sample_text(self, temperature: float = 1, seed: int = 0) -> None:
        """Choose sampling for the next drafts."""
        self.page.get_by_role("radio", name="Varied words").check()
        for label, number in (("Variety", temperature), ("Draw number", seed)):
            field = self.page.get_by_label(label)
            field.fill(str(number))
            field.press("Tab")

    # --- the reader's own report ---

    @property
    def report(self) -> Locator:
        return self.part("report-text")

    def edit(self, side: str) -> None:
        self.part(f"edit-gaze-{side}").click()
        expect(self.report).to_be_enabled()

    def type_at_end(self, text: str) -> None:
        self.report.press("Control+End")
        self.report.press_sequentially(text)

    def expect_saved(self) -> None:
        expect(self.part("save-state")).to_contain_text("Saved")

    def submit(self) -> None:
        self.part("submit").click()
        expect(self.part("save-state")).to_contain_text("Submitted")

    def download(self) -> list[dict[str, Any]]:
        """The reader's corrections as they leave, oldest first."""
        with self.page.expect_download() as expected:
            self.part("download").click()
        text = expected.value.path().read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]
