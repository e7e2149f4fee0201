"""The folder of open collections that trainings are given as --data, and where films and tables lie in it."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gaze2report_core.studies import TRAINING_SPLITS, Study, read_studies
from gaze2report_core.training.run.needed import needed

IU_XRAY, NIH = "iu_xray", "nih"

STUDIES, NIH_LABELS = f"{IU_XRAY}/studies.csv", f"{NIH}/labels.csv"
GAZESEARCH, SIIM_GAZE = "gazesearch/scanpaths.json", "siim_gaze/gaze.json"
"""The tables and recordings that trainings read."""

_FILMS_IN = {IU_XRAY: "images", NIH: "images256"}

NIH_ADVICE = "Put there the labels.csv of NIH ChestX-ray14 (file, finding_labels), its films in images256 beside it."


def films_folder(data: Path, collection: str) -> Path:
    """Where a collection keeps its films."""
    return data / collection / _FILMS_IN[collection]


def read_training_studies(data: Path, splits: Sequence[str] = TRAINING_SPLITS) -> list[Study]:
    """The studies of IU X-Ray; raises TableRefused as `read_studies` does."""
    return read_studies(data / STUDIES, splits)


def path_of_film(data: Path, name: str) -> Path:
    """Where a film of IU X-Ray lies."""
    return films_folder(data, IU_XRAY) / name


@dataclass(frozen=True)
class NihFilm:
    """A film of NIH ChestX-ray14, and its labels as that collection writes them: `Effusion|Infiltration`."""

    path: Path
    labels: str


def read_nih(data: Path) -> list[NihFilm]:
    """The shared part of NIH ChestX-ray14; raises TrainingRefused where its table is missing."""
    folder = films_folder(data, NIH)
    with needed(data, NIH_LABELS, NIH_ADVICE).open(newline="") as lines:
        return [NihFilm(folder / row["file"], row["finding_labels"]) for row in csv.DictReader(lines)]
