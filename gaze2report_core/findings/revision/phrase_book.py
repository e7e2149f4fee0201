"""The model's own sentences for findings, by which its reports are revised, and their plain names beside them."""

import json
from dataclasses import dataclass
from pathlib import Path

from gaze2report_core.findings.prompts import BOTH_SIDES, Found
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE, Finding, Side
from gaze2report_core.report_text import capitalised
from gaze2report_core.unreadable import UnreadableModel

PHRASES = "phrases.json"

_SAID = {
    Finding.ENLARGED_CARDIOMEDIASTINUM: "an enlarged cardiomediastinal silhouette",
    Finding.CARDIOMEGALY: "cardiomegaly",
    Finding.LUNG_OPACITY: "{side}lung opacities",
    Finding.LUNG_LESION: "a {side}lung nodule",
    Finding.EDEMA: "{side}pulmonary edema",
    Finding.CONSOLIDATION: "{side}consolidation",
    Finding.PNEUMONIA: "{side}pneumonia",
    Finding.ATELECTASIS: "{side}atelectasis",
    Finding.PNEUMOTHORAX: "a {side}pneumothorax",
    Finding.PLEURAL_EFFUSION: "a {side}pleural effusion",
    Finding.PLEURAL_OTHER: "{side}pleural thickening",
    Finding.FRACTURE: "a fracture{on_the_side}",
    Finding.SUPPORT_DEVICES: "a support device{on_the_side}",
}
"""How a finding is named where the model has no sentence of its own: the commonest thing that its label stands for."""

_SAID_ON_BOTH_SIDES = {
    Finding.LUNG_LESION: "bilateral lung nodules",
    Finding.PNEUMOTHORAX: "bilateral pneumothoraces",
    Finding.PLEURAL_EFFUSION: "bilateral pleural effusions",
    Finding.FRACTURE: "fractures on both sides",
    Finding.SUPPORT_DEVICES: "support devices on both sides",
}
"""Of what there is one on each side."""

_WITHOUT_VERB = {Finding.LUNG_OPACITY}
"""Of what there are several, which readers of these films write without a verb."""

_ORGAN_IS_NORMAL = {
    Finding.ENLARGED_CARDIOMEDIASTINUM: "The mediastinal contours are normal.",
    Finding.CARDIOMEGALY: "The heart is normal in size.",
}
"""How reports deny what an organ is named for."""


class UnreadablePhraseBook(UnreadableModel):
    """A file that is no phrase book; the message says what to do."""


@dataclass(frozen=True)
class PhraseBook:
    """The sentence that the model wrote most often for each finding and side."""

    phrases: dict[Found, str]

    @classmethod
    def from_file(cls, path: Path) -> "PhraseBook":
        """Read what `save` wrote. Raises UnreadablePhraseBook when the file is damaged."""
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            return cls({(Finding(name), Side(side) if side else None): str(text) for name, side, text in rows})
        except (OSError, ValueError, TypeError) as error:
            raise UnreadablePhraseBook(
                "The model's phrase book is damaged. Fetch or write the folder again."
            ) from error

    def save(self, path: Path) -> None:
        """As JSON: a list of finding, side and sentence."""
        rows = [[finding.value, side.value if side else None, text] for (finding, side), text in self.phrases.items()]
        path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")

    def phrase(self, finding: Finding, side: Side | None) -> str:
        """The model's sentence for a finding; where it has none for this side, for any; else the finding's name."""
        known = self.phrases.get((finding, side)) or self.phrases.get((finding, None))
        if known is not None:
            return known
        return _plain(finding, "" if side is None else f"{side} ", "" if side is None else f" on the {side}")

    def phrase_on(self, finding: Finding, sides: frozenset[Side]) -> str:
        """The same for no side, one, or both, of which no model has a sentence of its own."""
        if len(sides) < len(Side) or finding in WITHOUT_SIDE:
            return self.phrase(finding, next(iter(sides), None))
        if finding in _SAID_ON_BOTH_SIDES:
            return f"There are {_SAID_ON_BOTH_SIDES[finding]}."
        return _plain(finding, f"{BOTH_SIDES} ", " on both sides")


def _plain(finding: Finding, side: str, on_the_side: str) -> str:
    before, behind = ("", "") if finding in WITHOUT_SIDE else (side, on_the_side)
    named = _SAID[finding].format(side=before, on_the_side=behind)
    return capitalised(f"{named}.") if finding in _WITHOUT_VERB else f"There is {named}."


PLAIN = PhraseBook({})
"""The findings by their names alone, for what neither the language model nor its phrase book says."""


def plain_denial(finding: Finding) -> str:
    """A sentence that denies one finding and says nothing else."""
    name = _SAID[finding].format(side="", on_the_side="").removeprefix("a ")
    return _ORGAN_IS_NORMAL.get(finding, f"No {name}." if finding in _WITHOUT_VERB else f"There is no {name}.")
