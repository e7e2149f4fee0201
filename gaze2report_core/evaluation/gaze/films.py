"""What the predictor makes of the films of a studies file: one reading after another, each film encoded once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings import Finding, Side, findings_of_mesh, side_of_each
from gaze2report_core.gaze import Scanpath
from gaze2report_core.progress import progress_bar
from gaze2report_core.studies import Study

if TYPE_CHECKING:
    from gaze2report_core.imaging import Radiograph
    from gaze2report_core.pipeline import Gaze2ReportPipeline


@dataclass(frozen=True)
class Readers:
    """The mean reader of a film, several plausible ones, and seconds on each patch `(14, 14)`, expected of all."""

    mean: Scanpath
    samples: tuple[Scanpath, ...]
    expected: NDArray[np.float64]


@dataclass(frozen=True)
class SearchedFilm:
    """How the predictor reads one film for one finding that its annotators saw there.

    `side` is the patient's side where they saw it on one side alone; then `mirrored` holds the readers of the same film
    with left and right exchanged.
    """

    uid: str
    finding: Finding
    readers: Readers
    side: Side | None
    mirrored: Readers | None


def predicted_gaze(
    pipeline: "Gaze2ReportPipeline",
    studies: Sequence[Study],
    images: Path,
    findings: Sequence[Finding],
    *,
    samples: int,
    seed: int,
) -> tuple[list[SearchedFilm], int]:
    """Let the predictor read each frontal film for those of `findings` that it has, and for its one-sided findings.

    The query is the finding's name and says no side. Each film has draws of its own, so that what films have in common
    is not the draw. A film that cannot be read is left out; the second of what is returned is how many were.
    """
    from gaze2report_core.imaging import FilmRefused

    asked = [(study, sides) for study in studies if study.frontal and (sides := _asked_for(study, findings))]
    gaze: list[SearchedFilm] = []
    unreadable = 0
    for number, (study, sides) in enumerate(progress_bar(asked, desc="films", unit="film")):
        try:
            film = pipeline.read(images / str(study.frontal))
        except FilmRefused:
            unreadable += 1
            continue
        mirrored = film.mirrored() if any(sides.values()) else None
        for finding, side in sides.items():
            query = finding.lower()
            readers = readers_of(pipeline, film, query, samples, seed + number)
            other_way_round = (
                readers_of(pipeline, mirrored, query, samples, seed + number) if mirrored and side else None
            )
            gaze.append(SearchedFilm(study.uid, finding, readers, side, other_way_round))
    return gaze, unreadable


def readers_of(
    pipeline: "Gaze2ReportPipeline", film: "Radiograph", query: str | None, samples: int, seed: int
) -> Readers:
    """Let the predictor read a film for a query, or for nothing in particular without one."""
    return Readers(
        pipeline.predict_gaze(film, query),
        tuple(pipeline.sample_gaze(film, query, count=samples, seed=seed)),
        pipeline.expected_patch_durations(film, query),
    )


def sides_of_findings(study: Study) -> dict[Finding, Side | None]:
    """A study's findings by its annotators' labels, with the side where all labels of a finding name the same one."""
    return side_of_each(findings_of_mesh(study.mesh))


def _asked_for(study: Study, findings: Sequence[Finding]) -> dict[Finding, Side | None]:
    return {finding: side for finding, side in sides_of_findings(study).items() if finding in findings or side}
