"""The model's own sentences for findings, and reports revised by them to say what their findings prompt says.

The likeliest report of any film is a normal one, also behind a prompt that names findings. So a report is held against
its prompt: what it states and the prompt does not is taken out; what the prompt names and the report does not state is
said, by a sentence that the model itself has written for that finding, in the place of the one that denies it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gaze2report_core.findings.labeller import Mention, label_sentence
from gaze2report_core.findings.prompts import WITHOUT_SIDE, Found
from gaze2report_core.findings.vocabulary import Finding, Side
from gaze2report_core.report_text import sentences
from gaze2report_core.unreadable import UnreadableModel

PHRASES = "phrases.json"

_SAID = {
    Finding.ENLARGED_CARDIOMEDIASTINUM: "an enlarged cardiomediastinal silhouette",
    Finding.CARDIOMEGALY: "cardiomegaly",
    Finding.LUNG_OPACITY: "{side}lung opacity",
    Finding.LUNG_LESION: "a {side}lung nodule",
    Finding.EDEMA: "{side}pulmonary edema",
    Finding.CONSOLIDATION: "{side}consolidation",
    Finding.PNEUMONIA: "{side}pneumonia",
    Finding.ATELECTASIS: "{side}atelectasis",
    Finding.PNEUMOTHORAX: "a {side}pneumothorax",
    Finding.PLEURAL_EFFUSION: "a {side}pleural effusion",
    Finding.PLEURAL_OTHER: "{side}pleural thickening",
    Finding.FRACTURE: "a {side}rib fracture",
    Finding.SUPPORT_DEVICES: "a {side}catheter or other device",
}
"""How a finding is named where the model has no sentence of its own: the commonest thing that its label stands for."""

IN_THE_LUNGS = frozenset(
    (
        *(Finding.LUNG_OPACITY, Finding.LUNG_LESION, Finding.EDEMA, Finding.CONSOLIDATION),
        *(Finding.PNEUMONIA, Finding.ATELECTASIS),
    )
)
LUNGS_ARE_CLEAR = re.compile(r"\blungs?\b[^.]*\bclear\b|\bno acute\b", re.IGNORECASE)
"""What no reader would write beside a finding in the lungs."""

LARGELY = 0.5
"""The share of common words from which one sentence says another over again."""


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
        of_side = "" if side is None or finding in WITHOUT_SIDE else f"{side} "
        return f"There is {_SAID[finding].format(side=of_side)}."


def revised(report: str, found: Sequence[Found], book: PhraseBook) -> str:
    """The report with every finding of the prompt stated, and none that the prompt does not name."""
    named = {finding for finding, _ in found}
    kept = [
        sentence
        for sentence in sentences(report)
        if _stated(sentence) <= named and not (named & IN_THE_LUNGS and LUNGS_ARE_CLEAR.search(sentence))
    ]
    first: list[str] = []
    stated = {finding for sentence in kept for finding in _stated(sentence)}
    for finding, side in found:
        if finding in stated:
            continue
        stated.add(finding)
        phrase = book.phrase(finding, side)
        denials = [place for place, sentence in enumerate(kept) if finding in _denied(sentence)]
        if denials:
            kept[denials[0] : denials[0] + 1] = [phrase]
            kept = [sentence for sentence in kept if finding not in _denied(sentence)]
        else:
            first.append(phrase)
    return " ".join(_said_once([*first, *kept])) or report


def _said_once(sentences: Sequence[str]) -> list[str]:
    """Without sentences that state the same findings on the same sides as an earlier one, largely in its words."""
    once: list[str] = []
    for sentence in sentences:
        labels = label_sentence(sentence)
        if sentence not in once and not any(
            labels and labels == label_sentence(earlier) and _shared_words(sentence, earlier) >= LARGELY
            for earlier in once
        ):
            once.append(sentence)
    return once


def _shared_words(one: str, other: str) -> float:
    """The share of the words of two sentences that both have (Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x)."""
    words, others = (set(re.findall(r"[a-z]+", sentence.lower())) for sentence in (one, other))
    return len(words & others) / len(words | others)


def _stated(sentence: str) -> set[Finding]:
    return _mentioned(sentence, Mention.POSITIVE) - {Finding.NO_FINDING}


def _denied(sentence: str) -> set[Finding]:
    return _mentioned(sentence, Mention.NEGATIVE)


def _mentioned(sentence: str, as_what: Mention) -> set[Finding]:
    return {finding for finding, mention, _ in label_sentence(sentence) if mention is as_what}
