"""On which side of films findings lie, read once for gaze and findings."""

import torch
from torch import Tensor

from gaze2report_core.film_cache import FilmCache
from gaze2report_core.imaging import Radiograph
from gaze2report_core.model.side_reader import SideReader


class FilmSides:
    """The log-odds of sides on frontal films, where the model has a reader of sides; safe to be used by several
    threads."""

    def __init__(self, reader: SideReader | None, device: torch.device) -> None:
        self._reader = reader
        self._device = device
        self.of = FilmCache(self._read)

    @torch.inference_mode()
    def _read(self, radiograph: Radiograph) -> Tensor | None:
        """`(C,)` in the order of the labels, that which is on one side being on the patient's left."""
        if self._reader is None:
            return None
        film = torch.from_numpy(radiograph.squashed(self._reader.image_size)).to(self._device)  # (S, S)
        return self._reader.log_odds(film[None, None])[0]
