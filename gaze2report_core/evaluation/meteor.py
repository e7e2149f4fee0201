"""METEOR 1.5 (Denkowski and Lavie 2014): pycocoevalcap's Java archive aligns pairs, the formula reads its counts."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.score import Score
from gaze2report_core.scored_text import METEOR_ALPHA, METEOR_BETA, METEOR_GAMMA, clean_candidate, clean_report

DELTA = 0.75
"""The weight of words of content in METEOR 1.5 for English; words of function have the rest."""

# The weights of its matchers: exact, stem, synonym, paraphrase.
MATCHER_WEIGHTS = np.array([1.0, 0.6, 0.8, 0.6])


class MeteorUnavailable(RuntimeError):
    """METEOR cannot run here; the message says what to install."""


def meteor(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """METEOR of the whole collection, all pairs in one Java process. Raises MeteorUnavailable."""
    with _java_process() as process:
        counts = [
            _aligned_counts(process, clean_report(reference), clean_candidate(candidate))
            for reference, candidate in zip(references, candidates, strict=True)
        ]
    return {"meteor": Score(np.array(counts, dtype=np.float64), _meteor_formula)}


@contextmanager
def _java_process() -> Iterator[subprocess.Popen[str]]:
    """METEOR's archive, waiting for lines on standard input; ended and waited for on the way out."""
    from pycocoevalcap.meteor import meteor as packaged

    java = shutil.which("java")
    if java is None:
        raise MeteorUnavailable(
            "METEOR needs Java and no java was found: install a runtime (on Debian: apt install default-jre-headless)."
        )
    command = [java, "-Xmx2G", "-Dfile.encoding=UTF-8", "-jar", packaged.METEOR_JAR]
    command += ["-", "-", "-stdio", "-l", "en", "-norm"]
    process = subprocess.Popen(  # noqa: S603 - a fixed command; report text goes through standard input only
        command,
        cwd=Path(packaged.__file__).parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _aligned_counts(process: subprocess.Popen[str], reference: str, candidate: str) -> list[float]:
    """The 23 counts that METEOR adds up for a pair; see `_meteor_formula` for their order."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both were asked for as pipes
    try:
        process.stdin.write(f"SCORE ||| {_without_separator(reference)} ||| {_without_separator(candidate)}\n")
        process.stdin.flush()
        answer = process.stdout.readline().split()
    except BrokenPipeError:
        answer = []
    if len(answer) != 23:
        raise MeteorUnavailable(
            "METEOR stopped before it had scored every report: check that java runs and that 2 GB of memory are free."
        )
    counts = [float(count) for count in answer]
    candidate_length, reference_length, (chunks, candidate_matches, reference_matches) = *counts[:2], counts[20:]
    if chunks == 1 and candidate_matches == candidate_length and reference_matches == reference_length:
        counts[20] = 0.0  # METEOR sees no fragmentation in a candidate that is matched as a whole
    return counts


def _without_separator(text: str) -> str:
    return text.replace("|", " ")


def _meteor_formula(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Score from counts (..., 23): lengths and function words of candidate and reference, then for each matcher the
    matched content and function words of both, then chunks and all matched words of both."""
    candidate_length, reference_length, candidate_function, reference_function = np.moveaxis(counts[..., :4], -1, 0)
    matches = counts[..., 4:20].reshape(*counts.shape[:-1], 4, 4)  # matcher, (content, content, function, function)
    chunks, candidate_matches, reference_matches = np.moveaxis(counts[..., 20:], -1, 0)

    weighted = np.einsum("m,...mk->...k", MATCHER_WEIGHTS, matches)
    precision = _ratio(
        DELTA * weighted[..., 0] + (1 - DELTA) * weighted[..., 2],
        DELTA * (candidate_length - candidate_function) + (1 - DELTA) * candidate_function,
    )
    recall = _ratio(
        DELTA * weighted[..., 1] + (1 - DELTA) * weighted[..., 3],
        DELTA * (reference_length - reference_function) + (1 - DELTA) * reference_function,
    )
    mean = _ratio(precision * recall, METEOR_ALPHA * precision + (1 - METEOR_ALPHA) * recall)

    fragmentation = _ratio(chunks, (candidate_matches + reference_matches) / 2)
    score: NDArray[np.float64] = mean * (1 - METEOR_GAMMA * fragmentation**METEOR_BETA)
    return score


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """part / whole, 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole != 0)
