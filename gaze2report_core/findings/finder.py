"""Finds what films show, and remembers what the towers said of the last few and where their lungs and hearts are."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaze2report_core.films.cache import FilmCache
from gaze2report_core.findings.ensemble import TowersOfFindings, findings_reading, mean_evidence
from gaze2report_core.findings.evidence import FilmEvidence
from gaze2report_core.findings.folder import SavedFindings
from gaze2report_core.findings.places.regions import ThoraxGeometry
from gaze2report_core.findings.reading import FindingsReading
from gaze2report_core.imaging import Radiograph
from gaze2report_core.model.folded import fold_batch_norms
from gaze2report_core.model.side_reader import HalvesRead


class FindingsFinder:
    """The findings classifier over films; safe to be used by several threads."""

    def __init__(self, saved: SavedFindings, device: torch.device) -> None:
        self._towers = saved.towers.to(device)
        self._calibration = saved.calibration
        self._geometry = saved.geometry
        self._encoder_probe = saved.encoder_probe
        self._incidental_probe = saved.incidental_probe
        self._deep_tower = None if saved.deep_tower is None else saved.deep_tower.to(device)
        for of_towers in filter(None, (self._towers, self._deep_tower)):
            fold_batch_norms(of_towers)
        self._device = device
        self._evidence_of = FilmCache(self._evidence)
        self._deep_logits_of = FilmCache(self._deep_logits)
        self._geometry_of = FilmCache(self._place)

    @property
    def towers(self) -> int:
        """How many towers there are, each trained without another fold."""
        return len(self._towers.towers)

    def forget_unused(self) -> None:
        """Forget what was found on films that nobody has asked for in a while."""
        self._evidence_of.forget_unused()
        self._deep_logits_of.forget_unused()
        self._geometry_of.forget_unused()

    def look_at(self, frontal: Radiograph | None, lateral: Radiograph | None) -> None:
        """Compute of the films what `read` needs whatever the gaze is, so that it has it at hand."""
        for film in filter(None, (frontal, lateral)):
            self._evidence_of(film)
        if frontal is not None:
            self._geometry_of(frontal)
        self._of_deep_tower(frontal, lateral)

    def read(
        self,
        frontal: Radiograph | None,
        lateral: Radiograph | None,
        durations: NDArray[np.float64] | None,
        patches_of: Callable[[Radiograph], Tensor],
        halves_of: Callable[[Radiograph], HalvesRead | None],
        *,
        tower: int | None = None,
    ) -> FindingsReading:
        """What a study shows.

        `durations` `(14, 14)` are the seconds of gaze on the frontal film, if any; `patches_of` gives a film's patches
        `(N, D)` by the model's encoder, and is asked only where that is heard too; `halves_of` gives
        what the reader of sides says of the frontal film, or nothing where the model has none. Of the towers all are
        heard, or one alone: `tower` is its number. A deep tower is heard where the encoder is.
        """
        heard = slice(None) if tower is None else slice(tower, tower + 1)
        encoder, incidental = self._encoder_probe, self._incidental_probe
        frontal_patches, lateral_patches = (
            patches_of(film).float().cpu().numpy() if film is not None and self._hears_encoder else None
            for film in (frontal, lateral)
        )
        return findings_reading(
            mean_evidence(self._evidence_of(frontal)[heard]) if frontal is not None else None,
            mean_evidence(self._evidence_of(lateral)[heard]) if lateral is not None else None,
            durations,
            self._geometry_of(frontal) if frontal is not None else None,
            self._calibration,
            opinion=None if encoder is None else encoder.opinion(frontal_patches, lateral_patches, durations),
            deep=self._of_deep_tower(frontal, lateral),
            halves=halves_of(frontal) if frontal is not None else None,
            incidental=None if incidental is None else incidental.likelihoods(frontal_patches, lateral_patches),
        )

    @property
    def _hears_encoder(self) -> bool:
        return self._encoder_probe is not None or self._incidental_probe is not None

    def _evidence(self, radiograph: Radiograph) -> list[FilmEvidence]:
        return self._asked(self._towers, radiograph)

    def _asked(self, towers: TowersOfFindings, radiograph: Radiograph) -> list[FilmEvidence]:
        film = torch.from_numpy(radiograph.squashed(towers.config.encoder.image_size)).to(self._device)
        return towers.evidence(film)

    def _of_deep_tower(self, frontal: Radiograph | None, lateral: Radiograph | None) -> NDArray[np.float64] | None:
        """Its logits `(C,)`, the mean over the views that there are."""
        if self._deep_tower is None or self._encoder_probe is None:
            return None
        return np.mean([self._deep_logits_of(film) for film in (frontal, lateral) if film is not None], axis=0)

    def _deep_logits(self, radiograph: Radiograph) -> NDArray[np.float64]:
        assert self._deep_tower is not None  # noqa: S101 - nobody asks a tower that is not there
        return mean_evidence(self._asked(self._deep_tower, radiograph)).logits

    def _place(self, radiograph: Radiograph) -> ThoraxGeometry:
        return self._geometry.find(radiograph.pixels)
