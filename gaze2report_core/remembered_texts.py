"""Texts for findings prompts, which depend on no film: the keyword mode asks for the same ones for every film."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from gaze2report_core.decoding_settings import DecodingSettings

MOST_TEXTS = 256
"""That are remembered: those of all findings on all sides, under a few settings."""


class RememberedTexts:
    """Texts for findings prompts, each written once, unless it was drawn: prompts are few.

    Of several threads each may write the same text. What was least recently asked for is forgotten first.
    """

    def __init__(self, write: Callable[[Sequence[str], DecodingSettings], list[str]]) -> None:
        self._write = write
        self._known: OrderedDict[tuple[str, DecodingSettings], str] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, prompts: Sequence[str], settings: DecodingSettings) -> list[str]:
        """One text for each prompt, as the settings ask for it."""
        if settings.method == "sample":  # hardly a seed is asked for twice
            return self._write(prompts, settings)
        decoding = replace(settings, unrevised=False, findings_threshold=1.0, hedged=False, temperature=1.0, seed=0)
        with self._lock:
            texts = {prompt: self._known[prompt, decoding] for prompt in prompts if (prompt, decoding) in self._known}
        missing = [prompt for prompt in dict.fromkeys(prompts) if prompt not in texts]
        if missing:
            texts |= dict(zip(missing, self._write(missing, settings), strict=True))
        with self._lock:
            for prompt, text in texts.items():
                self._known[prompt, decoding] = text
                self._known.move_to_end((prompt, decoding))
            while len(self._known) > MOST_TEXTS:
                self._known.popitem(last=False)
        return [texts[prompt] for prompt in prompts]
