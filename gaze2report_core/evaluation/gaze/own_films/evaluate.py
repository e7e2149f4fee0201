"""Predicted gaze against recordings of the same films, beside what it has to beat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaze2report_core.evaluation.gaze.evaluate import GazeEvaluationRefused
from gaze2report_core.evaluation.gaze.maps import MAP_FIGURES
from gaze2report_core.evaluation.gaze.own_films.notes import notes_on_recordings
from gaze2report_core.evaluation.gaze.own_films.pairs import Pair
from gaze2report_core.evaluation.gaze.own_films.reading import LeftOut, OwnFilm, read_own_films
from gaze2report_core.evaluation.gaze.own_films.scores import ScoresByRecording, map_scores, scanpath_scores
from gaze2report_core.evaluation.gaze.own_films.systems import ON_ANOTHER_FILM, TO_BEAT, offered_to_each
from gaze2report_core.evaluation.gaze.scores import METRICS
from gaze2report_core.evaluation.gaze.systems import PREDICTED
from gaze2report_core.evaluation.significance import Figure
from gaze2report_core.progress import progress_bar

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

Differences = Mapping[str, Mapping[str, Mapping[str, Figure]]]
"""By what is predicted, by what it is compared with, each figure of the one less that of the other."""


@dataclass(frozen=True)
class OwnFilmsEvaluation:
    """All figures of one predictor on films that have recordings.

    Attributes
    ----------
    left_out
        What could not be used.
    notes
        What is to be said of recordings that were used, a sentence for each kind: whether places were scaled or may be
        those of a copy in another size, and what of a recording was left out.
    scanpaths
        Scanpath metrics by system.
    maps
        Figures of heatmaps by system, against each recording's own map.
    """

    left_out: LeftOut
    notes: Sequence[str]
    scanpaths: ScoresByRecording
    maps: ScoresByRecording

    def to_dict(self) -> dict[str, Any]:
        """The figures under their names, ready for JSON."""
        recordings, films = self.maps.counts(PREDICTED[0])
        return {
            "films": films,
            "recordings": recordings,
            "left_out": self.left_out.to_dict(),
            "notes": list(self.notes),
            "scanpaths": self.scanpaths.to_dict(),
            "differences": _as_dicts(differences(self.scanpaths)),
            "maps": self.maps.to_dict(),
            "map_differences": _as_dicts(differences(self.maps)),
        }


def evaluate_on_own_films(
    pipeline: "Gaze2ReportPipeline",
    pairs: Sequence[Pair],
    images: Path,
    recordings: Path,
    *,
    samples: int = 8,
    seed: int = 0,
) -> OwnFilmsEvaluation:
    """Compare each recording with what is predicted for the film that its reader looked at.

    Parameters
    ----------
    images, recordings
        The folders of the files that the pairs name.
    samples
        Plausible readers for each film.

    Raises
    ------
    GazeEvaluationRefused
        When no film with a recording can be used.
    """
    films, left_out = read_own_films(pipeline, pairs, images, recordings, samples=samples, seed=seed)
    if not films:
        raise GazeEvaluationRefused(f"None of the pairs can be compared: {' '.join(left_out.sentences())}")
    return compared(films, seed, left_out)


def compared(films: Sequence[OwnFilm], seed: int, left_out: LeftOut) -> OwnFilmsEvaluation:
    """All figures of films that have been read for and predicted for."""
    names, scanpaths, maps = [], [], []
    count = sum(len(film.recordings) for film in films)
    offered = progress_bar(offered_to_each(films, seed), total=count, desc="recordings", unit="recording")
    for film, recording, systems in offered:
        names.append(film.film)
        scanpaths.append(scanpath_scores(recording, systems))
        maps.append(map_scores(recording, systems))
    return OwnFilmsEvaluation(
        left_out,
        notes_on_recordings(films),
        ScoresByRecording.of(METRICS, names, scanpaths),
        ScoresByRecording.of(MAP_FIGURES, names, maps),
    )


def differences(scores: ScoresByRecording) -> Differences:
    """What is predicted for the film of a recording less each of what it has to beat, on the same recordings."""
    found: dict[str, dict[str, Mapping[str, Figure]]] = {}
    for name in PREDICTED:
        for other in (ON_ANOTHER_FILM.format(name), *TO_BEAT):
            both = {name, other} <= scores.by_system.keys()
            if both and (figures := scores.less(name, other)) is not None:
                found.setdefault(name, {})[other] = figures
    return found


def _as_dicts(of_predictor: Differences) -> dict[str, Any]:
    return {
        name: {
            other: {figure: found.to_dict() for figure, found in figures.items()}
            for other, figures in of_others.items()
        }
        for name, of_others in of_predictor.items()
    }
