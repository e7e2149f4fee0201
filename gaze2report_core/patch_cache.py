"""Features of the last few films, so that gaze, check and report of one film encode it once."""

import threading
from collections import OrderedDict

import torch
from torch import Tensor

from gaze2report_core.imaging import Radiograph, VoiFunction, Window
from gaze2report_core.model.patch_encoder import PatchEncoder

FILMS_KEPT = 64


class PatchCache:
    """A film's patches `(N, D)` by the hash of its values and the window through which the model sees them.

    The film least recently asked for goes first.
    """

    def __init__(self, encoder: PatchEncoder, image_size: int, device: torch.device) -> None:
        self._encoder = encoder
        self._image_size = image_size
        self._device = device
        self._kept: OrderedDict[tuple[str, Window, VoiFunction], Tensor] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, radiograph: Radiograph) -> Tensor:
        key = (radiograph.content_hash, radiograph.windows[0], radiograph.voi_function)
        with self._lock:
            patches = self._kept.get(key)
        if patches is None:
            patches = self._encoded(radiograph)
        with self._lock:
            self._kept[key] = patches
            self._kept.move_to_end(key)
            while len(self._kept) > FILMS_KEPT:
                self._kept.popitem(last=False)
        return patches

    @torch.inference_mode()
    def _encoded(self, radiograph: Radiograph) -> Tensor:
        film = torch.from_numpy(radiograph.squashed(self._image_size)).to(self._device)  # (S, S)
        return self._encoder(film[None, None])[0]
