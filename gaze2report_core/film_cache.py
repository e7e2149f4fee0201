"""What was computed of the last few films, so that gaze, check, findings and report of one film compute it once."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from gaze2report_core.imaging import Radiograph, VoiFunction, Window

FILMS_KEPT = 64

Computed = TypeVar("Computed")


class FilmCache(Generic[Computed]):
    """What a function gives for a film, by the hash of its values and the window through which a model sees them.

    The film least recently asked for goes first.
    """

    def __init__(self, compute: Callable[[Radiograph], Computed]) -> None:
        self._compute = compute
        self._kept: OrderedDict[tuple[str, Window, VoiFunction], Computed] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, radiograph: Radiograph) -> Computed:
        key = (radiograph.content_hash, radiograph.windows[0], radiograph.voi_function)
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = self._compute(radiograph)
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > FILMS_KEPT:
                self._kept.popitem(last=False)
        return found
