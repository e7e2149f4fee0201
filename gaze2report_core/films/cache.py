"""What was computed of the last few films, so that gaze, check, findings and report of one film compute it once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gaze2report_core.imaging import Radiograph, VoiFunction, Window

MOST_FILMS = 64
SECONDS_KEPT = 3600.0
"""Since a film was last asked for. On a server that is no longer than a closed tab is kept."""

Computed = TypeVar("Computed")


@dataclass(frozen=True)
class _Kept(Generic[Computed]):
    computed: Computed
    asked_for_at: float


class FilmCache(Generic[Computed]):
    """What a function gives for a film, by the hash of its values and the window through which a model sees them.

    The film least recently asked for goes first: when there are too many, and when `forget_unused` finds its time over.
    """

    def __init__(
        self, compute: Callable[[Radiograph], Computed], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._compute = compute
        self._clock = clock
        self._kept: OrderedDict[tuple[str, Window, VoiFunction], _Kept[Computed]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, radiograph: Radiograph) -> Computed:
        key = (radiograph.content_hash, radiograph.windows[0], radiograph.voi_function)
        with self._lock:
            kept = self._kept.get(key)
        computed = self._compute(radiograph) if kept is None else kept.computed
        with self._lock:
            self._kept[key] = _Kept(computed, self._clock())
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_FILMS:
                self._kept.popitem(last=False)
        return computed

    def forget_unused(self) -> None:
        """Forget the films that nobody has asked for in `SECONDS_KEPT`."""
        with self._lock:
            long_ago = self._clock() - SECONDS_KEPT
            while self._kept and next(iter(self._kept.values())).asked_for_at <= long_ago:
                self._kept.popitem(last=False)
