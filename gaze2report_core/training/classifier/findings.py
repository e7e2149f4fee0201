"""Trains the classifier of findings: towers, each without one fold, and what is fitted on them.

So every training study gets probabilities from a tower that has never seen it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.ensemble import TowersOfFindings
from gaze2report_core.findings.folder import (
    DEEP_TOWER_FOLDER,
    FINDINGS_FOLDER,
    GEOMETRY,
    load_deep_tower,
    save_deep_tower,
    save_findings,
)
from gaze2report_core.findings.folds import FOLDS
from gaze2report_core.findings.places.geometry import GeometryFinder
from gaze2report_core.model.config import PRESETS
from gaze2report_core.model.folder import WEIGHTS
from gaze2report_core.presets import TINY
from gaze2report_core.studies import Study
from gaze2report_core.training.classifier.calibration import (
    FoundOutOfFold,
    StudyEvidence,
    calibrated,
    out_of_fold_evidence,
)
from gaze2report_core.training.classifier.deep_tower import deep_logits
from gaze2report_core.training.classifier.encoder_probe import features_of_studies, heard_together
from gaze2report_core.training.classifier.finding_labels import FindingLabels, labels_of_studies
from gaze2report_core.training.classifier.findings_data import Material, prepare
from gaze2report_core.training.classifier.gaze_maps import GazeMaps
from gaze2report_core.training.classifier.gaze_of_films import GazeOfFilms
from gaze2report_core.training.classifier.incidental_probe import fit_incidental_probe
from gaze2report_core.training.classifier.out_of_fold import write_out_of_fold
from gaze2report_core.training.classifier.towers import LossWeights, train_tower
from gaze2report_core.training.features import identity_of_encoder, load_encoder
from gaze2report_core.training.gaze.gazesearch import read_gazesearch
from gaze2report_core.training.gaze.predictor_folder import predictor_files
from gaze2report_core.training.language import identity_of_tokenizer
from gaze2report_core.training.run.data_folder import GAZESEARCH, NIH_LABELS, STUDIES
from gaze2report_core.training.run.identity import hash_of_files
from gaze2report_core.training.run.needed import TrainingRefused, needed
from gaze2report_core.training_settings import FINDINGS as SETTINGS
from gaze2report_core.training_settings import TrainingSettings


@dataclass(frozen=True)
class Sources:
    """Folders that the earlier trainings left."""

    encoder: Path
    language: Path
    scanpath: Path
    geometry: Path
    deep_tower: Path | None = None

    @property
    def geometry_file(self) -> Path:
        """What `train geometry` left; refused with a sentence where it has not."""
        advice = "Run `train geometry` with it as --out first."
        return needed(self.geometry, f"{FINDINGS_FOLDER}/{GEOMETRY}", advice)

    def identity(self) -> dict[str, str]:
        """What is used of each folder, for the identity of a run."""
        preset = PRESETS[TINY]
        return {
            "encoder": identity_of_encoder(preset.encoder, self.encoder),
            "language": identity_of_tokenizer(preset.language_model, self.language),
            "scanpath": hash_of_files(*predictor_files(self.scanpath)),
            "geometry": hash_of_files(self.geometry_file),
        }

    def saved_deep_tower(self) -> TowersOfFindings | None:
        """What `train deep-tower` left, where it is to be heard; refused with a sentence where it has not."""
        if self.deep_tower is None:
            return None
        needed(self.deep_tower, f"{DEEP_TOWER_FOLDER}/{WEIGHTS}", "Run `train deep-tower` with it as --out first.")
        return load_deep_tower(self.deep_tower)


def train_findings(
    data: Path, out: Path, sources: Sources, settings: TrainingSettings = SETTINGS, weights: LossWeights | None = None
) -> None:
    """Train all towers and fit what stands on them; `out/findings` is then a model's folder, and `out` holds what
    `train report` is told of its studies."""
    torch.manual_seed(settings.seed)
    weights = weights or LossWeights()
    finder = GeometryFinder.from_file(sources.geometry_file)
    deep_tower = sources.saved_deep_tower()
    identity = sources.identity()
    material = prepare(data, ClassifierConfig())
    labels = labels_of_studies(material.studies)
    refuse_what_cannot_be_fitted(material.studies, labels)
    identity["data"] = hash_of_files(*(data / table for table in (STUDIES, NIH_LABELS, GAZESEARCH)))
    towers = _trained_towers(material, settings, weights, out, identity)
    gaze = _gaze_on(material, GazeOfFilms(sources.encoder, sources.language, sources.scanpath), settings.seed)
    evidence = _evidence_of_studies(material, towers, finder, gaze)
    of_towers = calibrated(material.studies, evidence, labels)
    features = features_of_studies(load_encoder(sources.encoder), material.films, material.pixels, gaze.durations)
    encoder_probe, calibration, fitted = heard_together(
        material.studies,
        features,
        labels,
        of_towers.calibration,
        of_towers.fitted,
        gaze.anything,
        deep_logits(material, deep_tower),
    )
    incidental_probe = fit_incidental_probe(material.studies, features)
    together = FoundOutOfFold(fitted, calibration)
    unseen_gaze = GazeMaps(read_gazesearch(data, "valid"))
    write_out_of_fold(material.studies, evidence, labels, together, of_towers, unseen_gaze, out)
    save_findings(towers, of_towers.calibration, out / FINDINGS_FOLDER)
    encoder_probe.save(out / FINDINGS_FOLDER)
    incidental_probe.save(out / FINDINGS_FOLDER)
    if deep_tower is not None:
        save_deep_tower(deep_tower, out / FINDINGS_FOLDER)
    finder.save(out / FINDINGS_FOLDER / GEOMETRY)


def refuse_what_cannot_be_fitted(studies: Sequence[Study], labels: FindingLabels) -> None:
    """Before hours of training: raise `TrainingRefused` where what stands on the towers would find nothing to fit."""
    if not any(study.frontal and study.lateral for study in studies):
        raise TrainingRefused(
            "No study has a frontal and a lateral film: how the two are heard together cannot be learnt from these."
        )
    if not labels.side.any():
        raise TrainingRefused(
            "No label of these studies names a side: from where on a side is sure cannot be learnt from these."
        )


def _trained_towers(
    material: Material, settings: TrainingSettings, weights: LossWeights, out: Path, sources: Mapping[str, str]
) -> TowersOfFindings:
    config = replace(ClassifierConfig(), auxiliary_labels=material.films.auxiliary.shape[1])
    towers = TowersOfFindings(config)
    towers.stem = material.stem
    for fold in range(FOLDS):
        torch.manual_seed(settings.seed * 100 + fold)
        identity = {"part": "findings", "fold": fold, **sources}
        held_out, of_fold = material.films.fold == fold, out / f"tower-{fold}"
        towers.towers[fold] = train_tower(material.of_towers, config, settings, weights, held_out, of_fold, identity)
    return towers


@dataclass(frozen=True)
class _GazeOfStudies:
    """What readers make of the frontal films of S studies.

    `durations` `(14, 14)` is the gaze that is predicted on each, nothing where there is no such film; `anything` `(S,)`
    are the log-odds that there is anything to be seen on it, not a number where there is no such film, no reader of
    sides, or one that has seen the study.
    """

    durations: list[NDArray[np.float64] | None]
    anything: NDArray[np.float64]


def _gaze_on(material: Material, gaze: GazeOfFilms, seed: int) -> _GazeOfStudies:
    films, studies = material.films, material.studies
    frontal = np.flatnonzero((films.study >= 0) & ~films.is_lateral)
    rows, pixels = films.study[frontal], material.pixels[frontal]
    predicted = gaze.on([studies[row] for row in rows], pixels, seed)
    durations = dict(zip(rows.tolist(), predicted, strict=True))
    anything = np.full(len(studies), np.nan)
    unseen = np.array([studies[row].held_out for row in rows], dtype=bool)
    anything[rows[unseen]] = gaze.anything_on(pixels[unseen])
    return _GazeOfStudies([durations.get(row) for row in range(len(studies))], anything)


def _evidence_of_studies(
    material: Material, towers: TowersOfFindings, finder: GeometryFinder, gaze: _GazeOfStudies
) -> list[StudyEvidence]:
    """What the towers that have not seen each study say of its films, with gaze and geometry."""
    films = material.films
    said = out_of_fold_evidence(films, material.of_towers.behind_stem, list(towers.towers))  # type: ignore[arg-type] # each is a tower
    evidence = [StudyEvidence(None, None, durations, None) for durations in gaze.durations]
    for film, of_film in said.items():
        study = int(films.study[film])
        if films.is_lateral[film]:
            evidence[study] = replace(evidence[study], lateral=of_film)
        else:
            geometry = finder.find(material.pixels[film].astype(np.float32) / 255)
            evidence[study] = replace(evidence[study], frontal=of_film, geometry=geometry)
    return evidence
