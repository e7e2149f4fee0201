"""The playback of a scanpath as an animated GIF, in real time: a second of gaze takes a second."""

from functools import cache
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gaze2report_core.drawing.overlay import HEAT, PATH_COLOUR, circle_radii, overlay_title
from gaze2report_core.gaze import GRID, Scanpath
from gaze2report_core.imaging import Radiograph

FILM_PIXELS = 512
"""Of the film's longer side."""

LEAST_PIXELS = 240
"""Of the picture's width, so that the title finds room over narrow films."""

SECONDS_BETWEEN_FRAMES = 0.1
MOST_FRAMES = 300
"""Long recordings get fewer frames a second, and still their own time."""

SECONDS_AT_THE_END = 2.0

FILM_GREYS = 160
"""Of the 256 colours of a GIF; the rest is for heat, path and letters."""

_LINE = 18  # pixels, for the title and for the time line each
_CLOCK = 92  # pixels to the right of the time line, where seconds are written
_COLOURED = 12  # how far the channels of a colour are apart at the least; letters and film are grey


def draw_playback(
    film: Radiograph, scanpath: Scanpath, destination: Path | BinaryIO, *, for_a_query: bool = False
) -> None:
    """Draw the scanpath over the film as it grows, with a time line, as a GIF that plays for ever.

    The fixation under way is filled, its circle's area grows with its time, and so does the time on its patch. A
    scanpath without fixations makes a single frame that says so.
    """
    canvas = _Canvas(film, scanpath, overlay_title(scanpath, for_a_query=for_a_query))
    times = _times(scanpath.total_duration)
    palette = _palette(canvas.frame(times[-1]))
    indexed = (canvas.frame(time).quantize(palette=palette, dither=Image.Dither.NONE) for time in times)
    between = _seconds_between(scanpath.total_duration)
    waits = [between] * (len(times) - 1) + [SECONDS_AT_THE_END]
    next(indexed).save(
        destination,
        format="GIF",
        save_all=True,
        append_images=indexed,
        duration=[round(1000 * wait) for wait in waits],
        loop=0,
        optimize=False,
    )


def _seconds_between(total: float) -> float:
    """GIF counts time in hundredths of a second."""
    return max(SECONDS_BETWEEN_FRAMES, float(np.ceil(100 * total / MOST_FRAMES)) / 100)


def _times(total: float) -> list[float]:
    steps = int(np.ceil(total / _seconds_between(total) - 1e-6))
    return [*(step * _seconds_between(total) for step in range(steps)), total]


class _Canvas:
    """The film at the size of the animation, with room for a title above it and a time line below."""

    def __init__(self, film: Radiograph, scanpath: Scanpath, title: str) -> None:
        self.scanpath = scanpath
        self.sentences = title.split(". ")
        self.begins = np.concatenate([[0.0], np.cumsum(scanpath.duration)])[:-1]  # (L,), seconds
        rows, columns = film.values.shape
        scale = FILM_PIXELS / max(rows, columns)
        self.width, self.height = max(1, round(columns * scale)), max(1, round(rows * scale))
        grey = cv2.resize(film.pixels, (self.width, self.height), interpolation=cv2.INTER_AREA).astype(np.float32)
        self.film = np.repeat(_film_greys(grey)[..., None], 3, axis=2)  # (height, width, 3)
        self.most = float(scanpath.patch_durations().max(initial=0.0))  # seconds
        self.size = (max(self.width, LEAST_PIXELS), self.height + 2 * _LINE)
        self.left = (self.size[0] - self.width) // 2

    def frame(self, time: float) -> Image.Image:
        """The picture at `time` seconds."""
        spent = np.clip(time - self.begins, 0, self.scanpath.duration)  # (L,)
        finished = time >= self.scanpath.total_duration
        picture = Image.new("RGB", self.size)
        picture.paste(Image.fromarray(self._with_heat(spent)), (self.left, _LINE))
        draw = ImageDraw.Draw(picture)
        self._draw_path(draw, time, spent, finished)
        self._draw_words(draw, time)
        return picture

    def _with_heat(self, spent: NDArray[np.float64]) -> NDArray[np.uint8]:
        """(height, width, 3): the film under the fixation time so far, each patch on the scale of the whole reading."""
        so_far = Scanpath(self.scanpath.x, self.scanpath.y, spent, self.scanpath.source).patch_durations()
        down, across = (np.rint(np.linspace(0, side, GRID + 1)).astype(int) for side in self.film.shape[:2])
        heated = self.film.copy()
        for row, column in np.argwhere(so_far > 0):
            *colour, opacity = HEAT(so_far[row, column] / self.most)
            patch = heated[down[row] : down[row + 1], across[column] : across[column + 1]]
            patch[:] = np.rint(patch * (1 - opacity) + 255 * opacity * np.array(colour))
        return heated

    def _draw_path(self, draw: ImageDraw.ImageDraw, time: float, spent: NDArray[np.float64], finished: bool) -> None:
        reached = (self.begins <= time) | finished
        places = [
            (self.left + x * self.width, _LINE + y * self.height)
            for x, y in zip(self.scanpath.x[reached], self.scanpath.y[reached], strict=True)
        ]
        if len(places) > 1:
            draw.line(places, fill=PATH_COLOUR, width=1)
        radii = circle_radii(spent[reached], min(self.width, self.height)).tolist()
        for number, ((x, y), radius) in enumerate(zip(places, radii, strict=True), start=1):
            current = number == len(places) and not finished
            box = (x - radius, y - radius, x + radius, y + radius)
            draw.ellipse(box, outline=PATH_COLOUR, fill=PATH_COLOUR if current else None, width=2)
            draw.text(
                (x, y), str(number), fill="white", font=_font(10), anchor="mm", stroke_width=1, stroke_fill="black"
            )

    def _draw_words(self, draw: ImageDraw.ImageDraw, time: float) -> None:
        width, height = self.size
        draw.text((4, _LINE // 2), self._title(draw), fill="white", font=_font(11), anchor="lm")
        total = self.scanpath.total_duration
        share = time / total if total > 0 else 0.0
        middle, begin, end = height - _LINE // 2, 6, width - _CLOCK
        draw.line([(begin, middle), (end, middle)], fill="#555555", width=3)
        if share > 0:
            draw.line([(begin, middle), (begin + share * (end - begin), middle)], fill=PATH_COLOUR, width=3)
        draw.text((width - 4, middle), f"{time:.1f} / {total:.1f} s", fill="white", font=_font(11), anchor="rm")

    def _title(self, draw: ImageDraw.ImageDraw) -> str:
        """As much of the overlay's title as has room: its first sentence says where the gaze comes from."""
        for count in range(len(self.sentences), 1, -1):
            title = ". ".join([self.sentences[0], *self.sentences[len(self.sentences) - count + 1 :]])
            if draw.textlength(title, font=_font(11)) <= self.size[0] - 8:
                return title
        return self.sentences[0].partition(":")[0]


def _film_greys(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Film values in 0..1 as greys, (H, W), on as many steps as the palette has for them."""
    steps = np.rint(np.clip(values, 0, 1) * (FILM_GREYS - 1))
    return np.rint(255 * steps / (FILM_GREYS - 1)).astype(np.uint8)


def _palette(last: Image.Image) -> Image.Image:
    """The film's greys, and beside them the colours of the last frame, which has all the heat."""
    greys = [level for step in range(FILM_GREYS) for level in [round(255 * step / (FILM_GREYS - 1))] * 3]
    coloured = np.asarray(last).reshape(-1, 3)
    coloured = coloured[np.ptp(coloured.astype(int), axis=1) > _COLOURED]
    rest = 256 - FILM_GREYS
    colours: list[int] = []
    if len(coloured):
        picture = Image.fromarray(coloured[None])
        found = picture.quantize(rest, dither=Image.Dither.NONE).getpalette() or []
        colours = found[: 3 * rest]
    palette = Image.new("P", (1, 1))
    palette.putpalette(greys + colours + [0] * (3 * 256 - len(greys) - len(colours)))
    return palette


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
