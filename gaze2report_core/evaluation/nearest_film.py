"""The report of the training film that looks most like a study's own: what a look-up without a language model gives."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gaze2report_core.imaging import FilmRefused, Radiograph
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.progress import progress_bar
from gaze2report_core.studies import StudyFilms, read_study_films


def nearest_training_reports(
    uids: Iterable[str],
    training_reports: Mapping[str, str],
    studies_csv: Path | str,
    images: Path,
    model: str | None = None,
) -> dict[str, str]:
    """For each study the report of the training study with the most similar film, never its own.

    Films are compared by the cosine of their patches' mean features (D,), under the patch encoder of `model` or of the
    embedded model; the frontal film speaks for a study, the lateral where there is no other. A study whose film cannot
    be read gets an empty report.
    """
    from gaze2report_core.hub import EMBEDDED_MODEL
    from gaze2report_core.pipeline import Gaze2ReportPipeline

    encoder = Gaze2ReportPipeline.from_pretrained(model or EMBEDDED_MODEL, device="cpu").model.encoder
    studies = {study.uid: study for study in read_study_films(Path(studies_csv))}
    asked = list(uids)
    features = {
        uid: feature
        for uid in progress_bar(dict.fromkeys([*training_reports, *asked]), desc="comparing films", leave=False)
        if uid in studies and (feature := _feature(encoder, studies[uid], images)) is not None
    }
    training = [uid for uid in training_reports if uid in features]
    if not training:
        return dict.fromkeys(asked, "")
    directions = np.stack([features[uid] for uid in training])  # (T, D)
    nearest = {uid: _nearest(uid, features[uid], training, directions) for uid in asked if uid in features}
    return {uid: training_reports.get(nearest.get(uid, ""), "") for uid in asked}


def _nearest(uid: str, feature: NDArray[np.float32], training: list[str], directions: NDArray[np.float32]) -> str:
    """The training study whose direction is closest, never `uid` itself; nothing where there is no other."""
    order = np.argsort(-(directions @ feature), kind="stable")
    return next((training[place] for place in order if training[place] != uid), "")


@torch.inference_mode()
def _feature(encoder: PatchEncoder, study: StudyFilms, images: Path) -> NDArray[np.float32] | None:
    """The direction (D,) of the mean of a film's patches, of length 1; nothing where no film can be read."""
    if not study.films:
        return None
    try:
        radiograph = Radiograph.from_file(images / study.films[0])
    except FilmRefused:
        return None
    film = torch.from_numpy(radiograph.squashed(encoder.config.image_size))  # (S, S)
    mean = encoder(film[None, None])[0].mean(dim=0)
    direction: NDArray[np.float32] = (mean / mean.norm()).float().numpy()
    return direction
