"""Trains the classifier of findings: towers, each without one fold, and what is fitted on them.

So every training study gets probabilities from a tower that has never seen it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gaze2report_core.findings.classifier import FilmStem
from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.ensemble import TowersOfFindings
from gaze2report_core.findings.folder import FINDINGS_FOLDER, GEOMETRY, save_findings
from gaze2report_core.findings.geometry import GeometryFinder
from gaze2report_core.studies import Study
from gaze2report_core.training.calibration import StudyEvidence, calibrated, out_of_fold_evidence
from gaze2report_core.training.encoder_reading import heard_together, kept_of_studies
from gaze2report_core.training.features import load_encoder
from gaze2report_core.training.finding_labels import labels_of_studies
from gaze2report_core.training.findings_data import TowerData, prepare
from gaze2report_core.training.folds import FOLDS
from gaze2report_core.training.gaze_maps import GazeMaps
from gaze2report_core.training.gaze_of_films import GazeOfFilms
from gaze2report_core.training.gazesearch import read_gazesearch
from gaze2report_core.training.loop import TrainingSettings
from gaze2report_core.training.needed import needed
from gaze2report_core.training.out_of_fold import FoundOutOfFold, write_out_of_fold
from gaze2report_core.training.towers import LossWeights, train_tower

SETTINGS = TrainingSettings(epochs=2, batch_size=32, learning_rate=1e-3, weight_decay=0.05)


@dataclass(frozen=True)
class Sources:
    """Folders that the earlier trainings left."""

    encoder: Path
    language: Path
    scanpath: Path
    geometry: Path


def train_findings(
    data: Path, out: Path, sources: Sources, settings: TrainingSettings = SETTINGS, weights: LossWeights | None = None
) -> None:
    """Train all towers and fit what stands on them; `out/findings` is then a model's folder, and `out` holds what
    `train report` is told of its studies."""
    torch.manual_seed(settings.seed)
    weights = weights or LossWeights()
    finder = GeometryFinder.from_file(
        needed(sources.geometry, f"{FINDINGS_FOLDER}/{GEOMETRY}", "Run `train geometry` with it as --out first.")
    )
    studies, material, stem, pixels = prepare(data, ClassifierConfig())
    towers = _trained_towers(material, stem, settings, weights, out)
    gaze = GazeOfFilms(sources.encoder, sources.language, sources.scanpath)
    evidence = _evidence_of_studies(studies, material, pixels, towers, finder)
    evidence, anything = _under_gaze(evidence, studies, material, pixels, gaze, settings.seed)
    labels = labels_of_studies(studies)
    calibration, fitted = calibrated(studies, evidence, labels)
    durations = [one.durations for one in evidence]
    features = kept_of_studies(load_encoder(sources.encoder), material.films, pixels, durations)
    reading, of_both, together = heard_together(studies, features, labels, calibration, fitted, anything)
    unseen_gaze = GazeMaps(read_gazesearch(data, "valid"))
    of_towers, of_all = FoundOutOfFold(fitted, calibration), FoundOutOfFold(together, of_both)
    write_out_of_fold(studies, evidence, labels, of_all, of_towers, unseen_gaze, out)
    save_findings(towers, calibration, out / FINDINGS_FOLDER)
    reading.save(out / FINDINGS_FOLDER)
    finder.save(out / FINDINGS_FOLDER / GEOMETRY)
    (out / "loss_weights.json").write_text(json.dumps(asdict(weights), indent=1), encoding="utf-8")


def _trained_towers(
    material: TowerData, stem: FilmStem, settings: TrainingSettings, weights: LossWeights, out: Path
) -> TowersOfFindings:
    config = replace(ClassifierConfig(), auxiliary_labels=material.films.auxiliary.shape[1])
    towers = TowersOfFindings(config)
    towers.stem = stem
    for fold in range(FOLDS):
        towers.towers[fold] = train_tower(material, config, settings, weights, fold, out / f"tower-{fold}")
    return towers


def _evidence_of_studies(
    studies: Sequence[Study],
    material: TowerData,
    pixels: NDArray[np.uint8],
    towers: TowersOfFindings,
    finder: GeometryFinder,
) -> list[StudyEvidence]:
    """What the towers that have not seen each study say of its films, with geometry; films `(F, S, S)`."""
    films = material.films
    said = out_of_fold_evidence(films, material.stem[0], list(towers.towers))  # type: ignore[arg-type] # each is a tower
    evidence = [StudyEvidence(None, None, None, None)] * len(studies)
    for film, of_film in said.items():
        study = int(films.study[film])
        if films.is_lateral[film]:
            evidence[study] = replace(evidence[study], lateral=of_film)
        else:
            geometry = finder.find(pixels[film].astype(np.float32) / 255)
            evidence[study] = replace(evidence[study], frontal=of_film, geometry=geometry)
    return evidence


def _under_gaze(
    evidence: Sequence[StudyEvidence],
    studies: Sequence[Study],
    material: TowerData,
    pixels: NDArray[np.uint8],
    gaze: GazeOfFilms,
    seed: int,
) -> tuple[list[StudyEvidence], NDArray[np.float64]]:
    """The same with the gaze that is predicted on each frontal film; and the log-odds that there is anything to be seen
    on it, `(S,)`, not a number where there is no such film, no reader of sides, or one that has seen the study."""
    films = material.films
    frontal = np.flatnonzero((films.study >= 0) & ~films.is_lateral)
    rows = films.study[frontal]
    durations = dict(zip(rows.tolist(), gaze.on([studies[row] for row in rows], pixels[frontal], seed), strict=True))
    anything = np.full(len(studies), np.nan)
    unseen = np.array([studies[row].held_out for row in rows], dtype=bool)
    anything[rows[unseen]] = gaze.anything_on(pixels[frontal[unseen]])
    return [replace(one, durations=durations.get(row)) for row, one in enumerate(evidence)], anything
