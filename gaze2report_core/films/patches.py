"""Films as the model's patch encoder sees them, each computed once for gaze, check, findings and report."""

import torch
from torch import Tensor

from gaze2report_core.films.cache import FilmCache
from gaze2report_core.imaging import Radiograph
from gaze2report_core.model.gaze2report import Gaze2ReportModel


class FilmPatches:
    """The patches `(N, D)` of films; safe to be used by several threads."""

    def __init__(self, model: Gaze2ReportModel, device: torch.device) -> None:
        self._encoder = model.encoder
        self._image_size = model.config.encoder.image_size
        self._device = device
        self.of = FilmCache(self._encoded)
        self.of_mirrored = FilmCache(lambda radiograph: self._encoded(radiograph, mirrored=True))

    def forget_unused(self) -> None:
        """Forget the patches of films that nobody has asked for in a while."""
        self.of.forget_unused()
        self.of_mirrored.forget_unused()

    @torch.inference_mode()
    def _encoded(self, radiograph: Radiograph, mirrored: bool = False) -> Tensor:
        film = torch.from_numpy(radiograph.squashed(self._image_size)).to(self._device)  # (S, S)
        return self._encoder((film.flip(-1) if mirrored else film)[None, None])[0]
