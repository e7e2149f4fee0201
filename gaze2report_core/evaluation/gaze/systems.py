"""Whose scanpaths are compared with the recordings: the predictor, and what it has to beat."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from gaze2report_core.evaluation.gaze.recorded import ByFinding
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze.agreement import most_agreed
from gaze2report_core.gaze.metrics import medoid

CENTRE = "Centre of the film"
UNIFORM = "Uniform draw"
MEAN_PATH = "Constant path of the finding, mean"
MEDOID = "Constant path of the finding, medoid"
AGREED = "Constant path of the finding, agreed on"
OTHER_FINDING = "Recordings of other findings"
SAME_FINDING = "Recordings of the finding, other films"
MEAN_READER = "Predictor, mean reader"
SAMPLES = "Predictor, samples"
EXPECTED = "Predictor, expected times"

PREDICTED = (MEAN_READER, SAMPLES, EXPECTED)
"""What the predictor makes of a film; all else looks at none."""

DRAWN = 32
"""How many scanpaths at most a system is judged by for each finding."""

RECORDINGS_ASKED = 150
"""Among how many recordings at most the most typical one is looked for, and what they agree on most."""

RECORDINGS_OFFERING = 64
"""How many of them at most offer fixations for what they agree on."""


@dataclass(frozen=True)
class System:
    """Scanpaths that a system offers for each finding; none was made for the film of the recording."""

    name: str
    scanpaths: ByFinding


def systems(predicted: Mapping[str, ByFinding], training: ByFinding, seed: int) -> list[System]:
    """The baselines, then the predictor's own by their names, for each of the findings of `training`.

    One finding alone has no other whose recordings could be offered: that system is then left out.
    """
    random = np.random.default_rng(seed)

    def system(name: str, offered: Callable[[Finding], Sequence[Scanpath]]) -> System:
        return System(name, {finding: draw(offered(finding), random) for finding in training})

    evenly = system(UNIFORM, lambda finding: [uniform(path, random) for path in draw(training[finding], random)])
    asked = {finding: draw(paths, random, RECORDINGS_ASKED) for finding, paths in training.items()}
    return [
        system(CENTRE, lambda finding: [centre(training[finding])]),
        evenly,
        system(MEAN_PATH, lambda finding: [mean_path(training[finding])]),
        system(MEDOID, lambda finding: [medoid(asked[finding])]),
        system(AGREED, lambda finding: [agreed_path(asked[finding])]),
        *([system(OTHER_FINDING, lambda finding: others(training, finding))] if len(training) > 1 else []),
        system(SAME_FINDING, lambda finding: training[finding]),
        *(system(name, paths.__getitem__) for name, paths in predicted.items()),
    ]


def draw(scanpaths: Sequence[Scanpath], random: Generator, most: int = DRAWN) -> list[Scanpath]:
    """At most so many of the scanpaths, each once."""
    chosen = random.permutation(len(scanpaths))[:most]
    return [scanpaths[index] for index in chosen]


def others(training: ByFinding, finding: Finding) -> list[Scanpath]:
    """The recordings of all other findings."""
    return [path for other, paths in training.items() if other is not finding for path in paths]


def centre(recordings: Sequence[Scanpath]) -> Scanpath:
    """As many looks at the middle of the film as the recordings have on average, each as long as theirs are."""
    fixations = _usual_length(recordings)
    seconds = np.concatenate([path.duration for path in recordings]).mean()
    middle = np.full(fixations, 0.5)
    return Scanpath(middle, middle, np.full(fixations, seconds), GazeSource.PREDICTED)


def uniform(recording: Scanpath, random: Generator) -> Scanpath:
    """The durations of a recording at places drawn evenly over the film."""
    x, y = random.random((2, len(recording)))
    return Scanpath(x, y, recording.duration, GazeSource.PREDICTED)


def mean_path(recordings: Sequence[Scanpath]) -> Scanpath:
    """The mean place and duration of the first fixations, of the second, and so on, to the recordings' usual length."""
    fixations = range(_usual_length(recordings))
    x, y, duration = (
        np.array([np.mean([getattr(path, name)[at] for path in recordings if len(path) > at]) for at in fixations])
        for name in ("x", "y", "duration")
    )
    return Scanpath(x, y, duration, GazeSource.PREDICTED)


def agreed_path(recordings: Sequence[Scanpath]) -> Scanpath:
    """What the recordings agree on most, sought as the predictor's mean reader is sought among drawn readers."""
    offered = recordings[:RECORDINGS_OFFERING]
    return most_agreed(medoid(recordings), recordings, donors=offered, allowed=lambda _: True)


def _usual_length(recordings: Sequence[Scanpath]) -> int:
    return round(float(np.mean([len(path) for path in recordings])))
