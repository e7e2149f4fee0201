"""From where the films of Open-i were taken, which its files do not say: by Kaggle's table, or by their looks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.imaging import FilmRefused, View
from gaze2report_core.indiana.kaggle import films_by_study
from gaze2report_core.indiana.openi import OpeniStudy
from gaze2report_core.progress import progress_bar
from gaze2report_core.studies import StudiesRefused

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

_SERIES = re.compile(r"IM-[0-9-]+")
"""What Open-i (`CXR1_1_IM-0001-3001.png`) and Kaggle (`1_IM-0001-3001.dcm.png`) call the same film of a study."""


@dataclass(frozen=True)
class FilmViews:
    """The view of each film by its name, `frontal` or `lateral`, and what is to be said of the films that have none."""

    by_film: Mapping[str, str]
    left_out: Sequence[str]


def views_of_projections(studies: Sequence[OpeniStudy], projections: Path) -> FilmViews:
    """What Kaggle's table of projections says of the films.

    Raises
    ------
    StudiesRefused
        Where it cannot be read, or is not laid out as it should be.
    """
    views = {
        (uid, series): view
        for uid, films in films_by_study(projections).items()
        for view, names in films.items()
        for name in names
        if (series := _series(name))
    }
    found = {film: views.get((study.uid, _series(film))) for study in studies for film in study.films}
    without = sum(view is None for view in found.values())
    return FilmViews(
        {film: view for film, view in found.items() if view is not None},
        _left_out(without, "without a projection in Kaggle's table"),
    )


def views_by_looks(pipeline: "Gaze2ReportPipeline", studies: Sequence[OpeniStudy], images: Path) -> FilmViews:
    """What the films in a folder look like to the model: one that is in doubt has no view, nor has what is no chest.

    Raises
    ------
    StudiesRefused
        Where this model does not tell views.
    """
    names = [film for study in studies for film in study.films]
    there = [name for name in names if (images / name).is_file()]
    views: dict[str, View] = {}
    refusals: list[str] = []
    for name in progress_bar(there, desc="films", unit="film"):
        try:
            views[name] = _view(pipeline, images / name)
        except FilmRefused as refusal:
            refusals.append(str(refusal))
    clear = {name: view.value for name, view in views.items() if view is not View.UNKNOWN}
    said_of_first = f"; of the first it is said: {refusals[0]}" if refusals else "."
    left_out = [
        *_left_out(len(names) - len(there), "that the folder does not have"),
        *_left_out(len(refusals), "that cannot be read", said_of_first),
        *_left_out(len(views) - len(clear), "whose looks do not tell the view clearly"),
    ]
    return FilmViews(clear, left_out)


def _view(pipeline: "Gaze2ReportPipeline", path: Path) -> View:
    film = pipeline.read(path)
    if pipeline.lateral_likelihood(film) is None:
        raise StudiesRefused("This model does not tell lateral films by their looks: give another, or the projections.")
    return film.view


def _series(film: str) -> str:
    """Empty for a film that is named in another way."""
    found = _SERIES.search(film)
    return "" if found is None else found[0]


def _left_out(count: int, which: str, end: str = ".") -> list[str]:
    """The sentence on so many films; none where there are none."""
    if not count:
        return []
    return [f"{count:,} {'film is' if count == 1 else 'films are'} left out {which}{end}"]
