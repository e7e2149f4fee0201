"""What one pair of drafts is written with, and what is kept of that."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from app.page.session import OpenFilm
from gaze2report_core.decoding_settings import LEAST_TEMPERATURE, MOST_TEMPERATURE, DecodingSettings, SettingsRefused
from gaze2report_core.examination import Comparison, Examination
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.imaging import Radiograph
from gaze2report_core.indication import indication_prompt


@dataclass(frozen=True)
class BegunPass:
    """What was on the screen when drafts were asked for, the drafts `before` among it. Setting `stop` ends the pass."""

    frontal: OpenFilm
    lateral: OpenFilm | None
    confirmed: Mapping[Finding, bool]
    sides: Mapping[Finding, Laterality]
    before: Mapping[str, Any] = field(repr=False)
    stop: threading.Event


@dataclass(frozen=True)
class Pass:
    """One pass of the model over the films on the screen. The indication goes to the model and nowhere else."""

    begun: BegunPass
    reader: str
    settings: DecodingSettings
    indication: str = field(repr=False)
    request: int = 0
    """The number of the page's request that it answers."""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def frontal(self) -> Radiograph:
        return self.begun.frontal.radiograph

    @property
    def lateral(self) -> Radiograph | None:
        return self.begun.lateral.radiograph if self.begun.lateral else None

    @property
    def stop(self) -> threading.Event:
        return self.begun.stop

    @property
    def examination(self) -> Examination:
        """What the model is given."""
        begun = self.begun
        return Examination(
            self.frontal, self.lateral, self.indication, begun.confirmed, sides=begun.sides, may_exchange=False
        )

    def kept_settings(self, comparison: Comparison) -> dict[str, Any]:
        """What is kept of how the drafts were written: of the indication, only that there was one."""
        told = {"indication": "given"} if indication_prompt(self.indication) else {}
        return comparison.settings.to_dict() | told | ({} if comparison.finished else {"stopped": True})


@dataclass(frozen=True)
class Controls:
    """The values of the page's controls when drafts are asked for, in the order in which Gradio hands them on.

    `request` is what the page says of it, as in `app.page.draft_requests`; `steered` is the gaze on the film at that
    moment, where the page sends it.
    """

    method: str
    temperature: float | None
    seed: float | None
    hedged: bool
    request: Mapping[str, Any] | None = field(default=None, repr=False)
    steered: Mapping[str, Any] | None = None

    @property
    def settings(self) -> DecodingSettings:
        """Raises `SettingsRefused`."""
        return replace(decoding_settings(self.method, self.temperature, self.seed), hedged=self.hedged is True)


def decoding_settings(method: str, temperature: float | None, seed: float | None) -> DecodingSettings:
    """What the controls say. Raises `SettingsRefused`, in the words that stand on the controls."""
    if method == "greedy":
        return DecodingSettings(method="greedy")
    if method == "beam":
        return DecodingSettings(method="beam")
    if temperature is None or seed is None or seed != int(seed) or not 0 <= seed < 2**32:
        raise SettingsRefused(
            "Varied words need a variety and, as their draw number, a whole number from 0 to 4294967295."
        )
    if not LEAST_TEMPERATURE <= temperature <= MOST_TEMPERATURE:
        raise SettingsRefused(f"The variety must be between {LEAST_TEMPERATURE:g} and {MOST_TEMPERATURE:g}.")
    return DecodingSettings(method="sample", temperature=temperature, seed=int(seed))
