"""What the two halves of films show, and on which side, read once for gaze and findings."""

import torch

from gaze2report_core.films.cache import FilmCache
from gaze2report_core.imaging import Radiograph
from gaze2report_core.model.side_reader import HalvesRead, SideReader


class FilmSides:
    """Frontal films by the model's reader of sides, where it has one; safe to be used by several threads."""

    def __init__(self, reader: SideReader | None, device: torch.device) -> None:
        self._reader = reader
        self._device = device
        self.of = FilmCache(self._read)

    def forget_unused(self) -> None:
        """Forget what was read on films that nobody has asked for in a while."""
        self.of.forget_unused()

    @torch.inference_mode()
    def _read(self, radiograph: Radiograph) -> HalvesRead | None:
        """What is said of one film, so that B is one."""
        if self._reader is None:
            return None
        film = torch.from_numpy(radiograph.squashed(self._reader.image_size)).to(self._device)  # (S, S)
        return self._reader.read(film[None, None])
