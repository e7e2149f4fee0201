"""Predicted gaze against GazeSearch's recordings, with the baselines beside it, and the test that the film matters."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.evaluation.gaze.films import Readers, SearchedFilm, predicted_gaze
from gaze2report_core.evaluation.gaze.maps import FilmMaps, at_patches, maps_of_films, scores_of_maps
from gaze2report_core.evaluation.gaze.recorded import TRAINING_SPLIT, ByFinding, RecordedGaze
from gaze2report_core.evaluation.gaze.result import RECORDINGS, GazeEvaluation
from gaze2report_core.evaluation.gaze.same_side import same_side
from gaze2report_core.evaluation.gaze.scores import Recorded, differences, scores_of
from gaze2report_core.evaluation.gaze.side import expected_share_on_patients_right, share_on_patients_right, side_scores
from gaze2report_core.evaluation.gaze.spread import distributions
from gaze2report_core.evaluation.gaze.systems import (
    AGREED,
    CENTRE,
    EXPECTED,
    MEAN_PATH,
    MEAN_READER,
    MEDOID,
    OTHER_FINDING,
    PREDICTED,
    SAME_FINDING,
    SAMPLES,
    UNIFORM,
    System,
    others,
    systems,
)
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import Scanpath
from gaze2report_core.studies import Study

if TYPE_CHECKING:
    from gaze2report_core.gaze.recordings import NamedRecording
    from gaze2report_core.pipeline import Gaze2ReportPipeline

ENOUGH_RECORDINGS = (
    Finding.LUNG_OPACITY,
    Finding.CARDIOMEGALY,
    Finding.PLEURAL_EFFUSION,
    Finding.SUPPORT_DEVICES,
    Finding.ATELECTASIS,
)
"""The findings of which GazeSearch's valid split has enough recordings to say something."""


class GazeEvaluationRefused(ValueError):
    """Recordings and films that cannot be compared; the message says what is missing."""


def evaluate_gaze(
    pipeline: "Gaze2ReportPipeline",
    recordings: Sequence["NamedRecording"],
    studies: Sequence[Study],
    images: Path,
    *,
    split: str = "valid",
    samples: int = 8,
    seed: int = 0,
    findings: Sequence[Finding] = ENOUGH_RECORDINGS,
    resamples: int,
) -> GazeEvaluation:
    """Compare what the predictor does on films with a finding with what readers did who looked for it.

    The films of the recordings are not open, so no prediction is made for the film of a recording: systems offer
    scanpaths for a finding, and are compared with every recording of it. Scanpath metrics are over those recordings of
    `split` whose film does not occur in `train`.

    Parameters
    ----------
    studies
        Studies with frontal films and hand-given labels that the predictor has not been trained on.
    samples
        Plausible readers for each film and finding.
    resamples
        Draws of films for the intervals of heatmaps.

    Raises
    ------
    GazeEvaluationRefused
        When no finding has films, recordings of unseen films, and recordings to make baselines from; when none of the
        films can be read.
    """
    recorded = RecordedGaze.of(recordings, split)
    findings = [finding for finding in findings if recorded.training.get(finding) and recorded.unseen.get(finding)]
    gaze, unreadable = predicted_gaze(pipeline, studies, images, findings, samples=samples, seed=seed)
    films = {finding: [film.readers for film in gaze if film.finding is finding] for finding in findings}
    films = {finding: readers for finding, readers in films.items() if readers}
    if unreadable and not gaze:
        raise GazeEvaluationRefused(
            f"None of the {unreadable} films can be read: check that --images is the folder of the films."
        )
    if not films:
        raise GazeEvaluationRefused(
            f"No finding has studies with that label, recordings in split {TRAINING_SPLIT}, and recordings in split "
            f"{split} of films without any in split {TRAINING_SPLIT}: there is nothing to compare."
        )
    return _compared(gaze, films, recorded.only(list(films)), unreadable, seed, resamples)


def _compared(
    gaze: Sequence[SearchedFilm],
    films: Mapping[Finding, Sequence[Readers]],
    recorded: RecordedGaze,
    unreadable: int,
    seed: int,
    resamples: int,
) -> GazeEvaluation:
    predicted = {
        MEAN_READER: {finding: [one.mean for one in readers] for finding, readers in films.items()},
        SAMPLES: {finding: [path for one in readers for path in one.samples] for finding, readers in films.items()},
    }
    offered = systems(predicted, recorded.training, seed)
    unseen = [Recorded(finding, path) for finding, paths in recorded.unseen.items() for path in paths]
    scores = {system.name: scores_of(system, unseen) for system in offered}
    maps = _maps(films, recorded.training, offered)
    side_by_side = {RECORDINGS: recorded.evaluated, SAME_FINDING: recorded.training, **predicted}
    sides = {
        MEAN_READER: side_scores(gaze, lambda readers: share_on_patients_right([readers.mean])),
        SAMPLES: side_scores(gaze, lambda readers: share_on_patients_right(readers.samples)),
        EXPECTED: side_scores(gaze, lambda readers: expected_share_on_patients_right(readers.expected)),
    }
    return GazeEvaluation(
        films={finding: len(readers) for finding, readers in films.items()},
        recordings={finding: len(paths) for finding, paths in recorded.evaluated.items()},
        unseen_recordings={finding: len(paths) for finding, paths in recorded.unseen.items()},
        unreadable_films=unreadable,
        systems=scores,
        differences={
            name: {other: differences(scores[name], scores[other]) for other in scores if other not in PREDICTED}
            for name in predicted
        },
        same_side=same_side(gaze, recorded.unseen, [system for system in offered if system.name not in PREDICTED]),
        maps=scores_of_maps(maps, recorded.evaluated, resamples=resamples, seed=seed),
        maps_of_unseen=scores_of_maps(maps, recorded.unseen, resamples=resamples, seed=seed),
        distributions={name: distributions(paths, recorded.evaluated) for name, paths in side_by_side.items()},
        sides={name: found for name, found in sides.items() if found is not None},
    )


def _maps(
    films: Mapping[Finding, Sequence[Readers]], training: ByFinding, offered: Sequence[System]
) -> dict[str, dict[Finding, FilmMaps]]:
    """For each source the maps of each finding: one of all scanpaths where they look at no film, else one a film."""
    constant = (CENTRE, UNIFORM, MEAN_PATH, MEDOID, AGREED)
    drawn = {system.name: system.scanpaths for system in offered if system.name in constant}
    every: dict[str, ByFinding] = {SAME_FINDING: training}
    if len(films) > 1:
        every = {OTHER_FINDING: {finding: others(training, finding) for finding in films}} | every
    by_film: dict[str, Callable[[Readers], Sequence[Scanpath]]] = {
        MEAN_READER: lambda readers: [readers.mean],
        SAMPLES: lambda readers: readers.samples,
        EXPECTED: lambda readers: [at_patches(readers.expected)],
    }
    return {
        name: {finding: maps_of_films([paths[finding]]) for finding in films} for name, paths in (drawn | every).items()
    } | {
        name: {finding: maps_of_films([look(one) for one in readers]) for finding, readers in films.items()}
        for name, look in by_film.items()
    }
