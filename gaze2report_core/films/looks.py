"""What a film looks like to the model, a chest or not, from where it was taken, a negative; and what is said of it."""

from dataclasses import replace

import torch

from gaze2report_core.films.doubts import LOOKS_NEGATIVE, NOT_A_CHEST, VIEW_IN_DOUBT
from gaze2report_core.films.patches import FilmPatches
from gaze2report_core.imaging import FilmFacts, Radiograph, View, warning_of_body_part, warning_of_modality
from gaze2report_core.imaging.facts import view_of
from gaze2report_core.model.gaze2report import Gaze2ReportModel

CHEST_LIKELIHOOD_NEEDED = 0.5

LATERAL_FROM = 0.95
"""The probability from which on a film is taken for a lateral one by its looks; it is frontal from the opposite on."""

NEGATIVE_FROM = 0.8
"""The probability from which on a film is said to look like a negative."""


class FilmLooks:
    """Films by the model's checks of them; safe to be used by several threads."""

    def __init__(self, model: Gaze2ReportModel, patches: FilmPatches) -> None:
        self._chest_check = model.chest_check
        self._view_check = model.view_check
        self._polarity_check = model.polarity_check
        self._patches = patches

    def seen(self, radiograph: Radiograph) -> Radiograph:
        """The film with the view that it looks like, and with warnings where it is no chest by its looks or header, or
        a negative of one."""
        of_header = _warnings_of_header(radiograph.facts)
        if (of_negative := self._of_its_negative(radiograph)) is not None:
            return replace(radiograph, view=of_negative.view).with_warnings(LOOKS_NEGATIVE, *of_header)
        if self.chest_likelihood(radiograph) < CHEST_LIKELIHOOD_NEEDED:
            return radiograph.with_warnings(NOT_A_CHEST, *of_header)
        return self._seen_from(radiograph).with_warnings(*of_header)

    def seen_anew(self, radiograph: Radiograph) -> Radiograph:
        """As `seen`, of a film that was seen before it was changed: what was said of it then is taken back."""
        of_looks = {NOT_A_CHEST, LOOKS_NEGATIVE, *VIEW_IN_DOUBT.values(), *_warnings_of_header(radiograph.facts)}
        others = tuple(sentence for sentence in radiograph.warnings if sentence not in of_looks)
        return self.seen(replace(radiograph, view=view_of(radiograph.facts.view_position), warnings=others))

    @torch.inference_mode()
    def chest_likelihood(self, radiograph: Radiograph) -> float:
        """How much a film looks like a chest, in 0..1, frontal or lateral."""
        return float(self._chest_check(self._patches.of(radiograph).unsqueeze(0)))

    @torch.inference_mode()
    def lateral_likelihood(self, radiograph: Radiograph) -> float | None:
        """How much a film looks like a lateral view, in 0..1; nothing where the model cannot tell."""
        return None if self._view_check is None else float(self._view_check(self._patches.of(radiograph).unsqueeze(0)))

    @torch.inference_mode()
    def negative_likelihood(self, radiograph: Radiograph) -> float | None:
        """How much a film looks like a negative, in 0..1; nothing where the model cannot tell."""
        check = self._polarity_check
        return None if check is None else float(check(self._patches.of(radiograph).unsqueeze(0)))

    def _of_its_negative(self, radiograph: Radiograph) -> Radiograph | None:
        """Where a film looks like the negative of a chest, that chest, seen from where it looks to be."""
        likelihood = self.negative_likelihood(radiograph)
        if likelihood is None or likelihood < NEGATIVE_FROM:
            return None
        chest = replace(radiograph, inverted=not radiograph.inverted)
        return self._seen_from(chest) if self.chest_likelihood(chest) >= CHEST_LIKELIHOOD_NEEDED else None

    def _seen_from(self, radiograph: Radiograph) -> Radiograph:
        """The film with the view that it looks like, or with a doubt where its header says otherwise."""
        likelihood = self.lateral_likelihood(radiograph)
        if likelihood is None or 1 - LATERAL_FROM < likelihood < LATERAL_FROM:
            return radiograph
        looks = View.LATERAL if likelihood >= LATERAL_FROM else View.FRONTAL
        if radiograph.view is View.UNKNOWN:
            return replace(radiograph, view=looks)
        return radiograph if radiograph.view is looks else radiograph.with_warnings(VIEW_IN_DOUBT[looks])


def _warnings_of_header(facts: FilmFacts) -> tuple[str, ...]:
    """What to say of a film that is no radiograph of the chest by its header."""
    return tuple(filter(None, (warning_of_modality(facts.modality), warning_of_body_part(facts.body_part))))
