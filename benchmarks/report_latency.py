"""How long a reader waits: `python benchmarks/report_latency.py [--model MODEL] [--runs N]`.

The film is pydicom-data's RG1_UNCR.dcm, already read, its features not yet known to the pipeline.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pydicom.data import get_testdata_file

from gaze2report_core.generation import DecodingSettings
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.imaging import Radiograph
from gaze2report_core.pipeline import Gaze2ReportPipeline


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=EMBEDDED_MODEL)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    path = Path(str(get_testdata_file("RG1_UNCR.dcm")))
    pipeline = Gaze2ReportPipeline.from_pretrained(arguments.model)
    film = pipeline.read(path)

    waits: dict[str, Callable[[], object]] = {
        "read the film and check it": lambda: pipeline.read(path),
        "first word, with gaze": lambda: next(pipeline.stream(_unseen(film))),
        "greedy report, with gaze": lambda: list(pipeline.stream(_unseen(film))),
        "both reports side by side": lambda: list(pipeline.compare(_unseen(film))),
        "beam search of three, with gaze": lambda: pipeline.generate(
            _unseen(film), settings=DecodingSettings(method="beam")
        ),
    }
    print(f"{'seconds':40}{'median':>8}{'slowest':>9}")
    for name, wait in waits.items():
        wait()
        seconds = [_timed(wait) for _ in range(arguments.runs)]
        print(f"{name:40}{statistics.median(seconds):8.3f}{max(seconds):9.3f}")


_count = 0


def _unseen(film: Radiograph) -> Radiograph:
    """The same film under another hash, so that its features are computed anew."""
    global _count
    _count += 1
    return replace(film, content_hash=f"benchmark {_count}")


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
