"""How long a reader waits: `python benchmarks/report_latency.py [--model MODEL] [--images FOLDER] [--films N]`.

Each report is timed from the bytes of a film that the pipeline has not seen to the finished text, with predicted gaze.
The films are drawn by this script, or come from a folder; a way of decoding meets each of them once, after one to warm
up.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

from gaze2report_core.cores import leave_cores_for_two
from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.imaging import Radiograph
from gaze2report_core.pipeline import Gaze2ReportPipeline

ASKED_FOR = {"first word": 0.3, "report": 1.0}
"""What the project asks of the embedded model on a CPU, in seconds."""

HEIGHT, WIDTH = 1024, 832

Texts = Callable[[Gaze2ReportPipeline, Radiograph], Iterator[str]]
"""A report as it grows."""


@dataclass(frozen=True)
class Wait:
    """Seconds from the bytes of one film until it was read, until there was a word, and until the report was whole."""

    read: float
    first_word: float
    report: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=EMBEDDED_MODEL)
    parser.add_argument("--images", type=Path, help="a folder of films; without it, films are drawn")
    parser.add_argument("--films", type=int, default=7, help="how many films (default: %(default)s)")
    arguments = parser.parse_args()
    if arguments.films < 1:
        parser.error("--films is 1 at least")
    leave_cores_for_two()
    warm_up, *films = films_of(arguments.images, arguments.films + 1)

    print(f"{'seconds, median (slowest)':28}{'film read':>16}{'first word':>16}{'report':>16}")
    for name, texts in WAYS.items():
        pipeline = Gaze2ReportPipeline.from_pretrained(arguments.model)  # a new one, which remembers no film
        timed(pipeline, warm_up, texts)
        waits = [timed(pipeline, film, texts) for film in films]
        columns = ([getattr(wait, column) for wait in waits] for column in ("read", "first_word", "report"))
        print(f"{name:28}" + "".join(f"{_cell(seconds):>16}" for seconds in columns))
    print(f"{'asked for, with gaze':28}{'':16}" + "".join(f"{f'< {limit}':>16}" for limit in ASKED_FOR.values()))
    print(f"films: {len(films)}; beam search shows its first word when the report is whole")


def films_of(folder: Path | None, count: int) -> list[bytes]:
    """Files of films: the first ones of a folder, or drawn ones."""
    if folder is None:
        return [drawn_film(seed) for seed in range(count)]
    found = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()][:count]
    if len(found) < 2:
        raise SystemExit("The folder given as --images needs two films at least: one is there to warm up.")
    return found


def drawn_film(seed: int) -> bytes:
    """Lungs, heart and spine in shades of grey, no two alike, as PNG."""
    random = np.random.default_rng(seed)
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH] / np.array([HEIGHT, WIDTH])[:, None, None]
    film = np.full((HEIGHT, WIDTH), 0.55)
    for middle in (0.29, 0.71):
        film -= 0.4 * _ellipse(down, across, (0.45, middle), (0.33, 0.17), random)
    film += 0.3 * _ellipse(down, across, (0.62, 0.55), (0.15, 0.17), random)  # the heart
    film += 0.2 * np.exp(-(((across - 0.5) / 0.05) ** 2))  # the spine
    film += random.normal(0, 0.02, film.shape)
    return cv2.imencode(".png", (np.clip(film, 0, 1) * 255).astype(np.uint8))[1].tobytes()


def _ellipse(
    down: np.ndarray,
    across: np.ndarray,
    middle: tuple[float, float],
    radii: tuple[float, float],
    random: np.random.Generator,
) -> np.ndarray:
    """One inside and nought outside, with a soft border; place and size vary by a few hundredths."""
    (y, x), (height, width) = (np.array(pair) * random.uniform(0.95, 1.05, 2) for pair in (middle, radii))
    distance = ((down - y) / height) ** 2 + ((across - x) / width) ** 2
    return 1 / (1 + np.exp((distance - 1) * 12))


def timed(pipeline: Gaze2ReportPipeline, film: bytes, texts: Texts) -> Wait:
    """Read one film and write its report."""
    start = time.perf_counter()
    radiograph = pipeline.read(film)
    read = time.perf_counter() - start
    first_word = None
    for text in texts(pipeline, radiograph):
        if text and first_word is None:
            first_word = time.perf_counter() - start
    report = time.perf_counter() - start
    return Wait(read, report if first_word is None else first_word, report)


def _greedy(pipeline: Gaze2ReportPipeline, radiograph: Radiograph) -> Iterator[str]:
    return (draft.text for draft in pipeline.stream(radiograph))


def _beam_search(pipeline: Gaze2ReportPipeline, radiograph: Radiograph) -> Iterator[str]:
    yield pipeline.generate(radiograph, settings=DecodingSettings(method="beam", num_beams=3)).text


def _side_by_side(pipeline: Gaze2ReportPipeline, radiograph: Radiograph) -> Iterator[str]:
    return (comparison.gaze_on for comparison in pipeline.compare(radiograph))


WAYS: dict[str, Texts] = {
    "greedy, with gaze": _greedy,
    "beam of three, with gaze": _beam_search,
    "greedy, gaze on beside off": _side_by_side,
}


def _cell(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.3f} ({max(seconds):.3f})"


if __name__ == "__main__":
    main()
