"""The playback that leaves the page: a GIF that takes the time that the gaze took."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from gaze2report_core.drawing.animation import LEAST_PIXELS, MOST_FRAMES, SECONDS_AT_THE_END, draw_playback
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph
from tests.drawn_films import png

GREY = 90


def scanpath_of(*fixations: tuple[float, float, float]) -> Scanpath:
    x, y, duration = (np.array(column) for column in zip(*fixations, strict=True))
    return Scanpath(x, y, duration, GazeSource.PREDICTED)


def playback(scanpath: Scanpath, rows: int = 200, columns: int = 200) -> tuple[list[NDArray[np.int64]], list[float]]:
    """Frames (H, W, 3) and the seconds for which each is shown."""
    file = io.BytesIO()
    film = Radiograph.from_bytes(png(np.tile(np.array([[GREY - 60, GREY]], np.uint8), (rows, columns // 2))))
    draw_playback(film, scanpath, file)
    frames, seconds = [], []
    for frame in ImageSequence.Iterator(Image.open(file)):
        frames.append(np.asarray(frame.convert("RGB")).astype(int))
        seconds.append(frame.info["duration"] / 1000)
    return frames, seconds


def warm(frame: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(H, W): where there is heat."""
    return frame[..., 0] - frame[..., 2] > 20


@pytest.mark.thorough
@pytest.mark.parametrize("durations", [(0.3, 0.5, 0.4), (30.0, 60.0, 0.5)])
def test_a_second_of_gaze_takes_a_second_and_long_recordings_few_frames(durations: tuple[float, ...]) -> None:
    frames, seconds = playback(scanpath_of(*((0.1 + 0.3 * step, 0.5, lasts) for step, lasts in enumerate(durations))))
    assert sum(seconds) == pytest.approx(sum(durations) + SECONDS_AT_THE_END, abs=0.35)
    assert seconds[-1] >= SECONDS_AT_THE_END
    assert 3 <= len(frames) <= MOST_FRAMES + 1


def test_heat_comes_patch_by_patch_and_lies_where_the_gaze_was() -> None:
    frames, _ = playback(scanpath_of((0.25, 0.25, 0.4), (0.75, 0.75, 0.4)))
    height, width, _ = frames[0].shape
    assert not warm(frames[0]).any()
    early, late = warm(frames[len(frames) // 2 - 1]), warm(frames[-1])
    assert early[: height // 2, : width // 2].any() and not early[height // 2 :].any()
    assert late[: height // 2, : width // 2].any() and late[height // 2 :, width // 2 :].any()
    assert not late[: height // 2, width // 2 :].any() and not late[height // 2 :, : width // 2].any()


def test_a_reading_without_a_fixation_is_one_frame_in_grey() -> None:
    (frame,), _ = playback(Scanpath.empty(GazeSource.PREDICTED))
    assert np.ptp(frame, axis=-1).max() < 12


@pytest.mark.parametrize("shape", [(2, 400), (400, 2), (1, 2)])
def test_films_of_any_shape_and_fixations_without_time_or_on_the_rim_can_be_played(shape: tuple[int, int]) -> None:
    (frame, *_), _ = playback(scanpath_of((0.0, 0.0, 0.0), (1.0, 1.0, 0.1)), *shape)
    assert max(frame.shape) < 600 and frame.shape[1] >= LEAST_PIXELS
