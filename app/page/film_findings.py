"""The findings on one film: what the classifier gives, what the reader says of each, and where the texts disagree."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.records import Verdict, Word
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.findings.disagreement import disagreements
from gaze2report_core.findings.reading import UNFAMILIAR, FindingsReading
from gaze2report_core.findings.vocabulary import may_have_side

PanelState = Literal["empty", "waiting", "withheld", "ready"]

SENTENCES: Mapping[PanelState, str] = {
    "empty": "Findings appear here once a film is open.",
    "waiting": "Looking for findings…",
    "withheld": "Withheld until you ask for them.",
    "ready": "",
}


class FilmFindings:
    """Kept as long as its film is on the screen; the session's lock guards it."""

    def __init__(self) -> None:
        self.reading: FindingsReading | None = None
        self.words: dict[Finding, Word] = {}
        """What the reader last said of each, also where they took it back."""
        self.failure: str | None = None
        """Why the last verdict was not kept, or the findings not read, as a sentence for the reader."""
        self.remark = ""
        """What the last verdict took back of those before, as a sentence for the reader."""
        self.judged = 0
        """The number of the last verdict that the browser sent."""
        self.drafts_ids: set[str] = set()
        """The drafts that were written for this film."""
        self._own_text = ""
        self._own_text_number = -1

    @property
    def confirmed(self) -> dict[Finding, bool]:
        """The findings of which the reader said that they are there (True) or not (False)."""
        verdicts = {finding: word.verdict for finding, word in self.words.items()}
        decided = ((finding, verdict) for finding, verdict in verdicts.items() if verdict is not Verdict.UNDECIDED)
        return {finding: verdict is Verdict.CONFIRMED for finding, verdict in decided}

    @property
    def sides(self) -> dict[Finding, Laterality]:
        """Where the reader sees findings, of which they did not leave that to the classifier."""
        return {finding: word.side for finding, word in self.words.items() if word.side is not None}

    @property
    def seen(self) -> FindingsReading | None:
        """What the classifier gives, on the reader's sides."""
        return None if self.reading is None else self.reading.with_sides(self.sides)

    def contradicted_by(self, finding: Finding, verdict: Verdict) -> tuple[Finding, ...]:
        """What the reader has confirmed that cannot stand beside this: No Finding beside a finding, and the reverse.

        Devices stand beside either: a film with a pacemaker and nothing else has no finding, as CheXpert has it.
        """
        if verdict is not Verdict.CONFIRMED or finding is Finding.SUPPORT_DEVICES:
            return ()
        there = (one for one in Finding if self.confirmed.get(one) and one is not Finding.SUPPORT_DEVICES)
        return tuple(one for one in there if (one is Finding.NO_FINDING) != (finding is Finding.NO_FINDING))

    def hear_text(self, text: str, drafts_id: str, number: int) -> None:
        """Remember the reader's text as it stands, unless a later one is known or it belongs to another film.

        Texts of one tab are numbered from 1; 0 is one that was kept before its film was opened again.
        """
        if drafts_id in self.drafts_ids and number > self._own_text_number:
            self._own_text, self._own_text_number = text, number

    def to_dict(self, state: PanelState, film: str | None, drafts: Mapping[str, str]) -> dict[str, Any]:
        """All that the panel shows, ready for JSON; `drafts` are the texts of finished drafts by what they are called.

        What reaches its threshold comes first, and the likelier before the less likely. No verdict moves a finding: who
        judges the next one finds it where it was, by pointer, finger or key.
        """
        told: dict[str, Any] = (
            {"findings": [], "regions": {}, "incidental": None} if self.seen is None else self.seen.to_dict()
        )
        there = frozenset() if self.reading is None else self.reading.there(self.confirmed)
        findings = [
            one | self._said_of(Finding(one["finding"])) | {"is_there": one["finding"] in there}
            for one in told["findings"]
        ]
        findings.sort(key=lambda one: (one["probability"] < one["threshold"], -one["probability"]))
        return {
            "state": state,
            "sentence": SENTENCES[state] or self.remark or self._doubt,
            "film": film,
            "findings": findings,
            "regions": told["regions"],
            "incidental": told["incidental"] or [],
            "attention": self._attention(),
            "disagreements": self._disagreements({"Your report": self._own_text, **drafts}.items()),
            "judged": self.judged,
            "failure": self.failure,
        }

    def _said_of(self, finding: Finding) -> dict[str, Any]:
        word = self.words.get(finding, Word())
        said = None if word.side is None else word.side.value
        return {"verdict": word.verdict.value, "said": said, "may_have_side": may_have_side(finding)}

    @property
    def _doubt(self) -> str:
        return "" if self.reading is None or self.reading.familiar else UNFAMILIAR

    def _attention(self) -> dict[str, list[list[int]]]:
        """What the classifiers looked at for each finding that is somewhere."""
        if self.reading is None:
            return {}
        return {finding.value: stands_out(one).tolist() for finding, one in self.reading.attention_of.items()}

    def _disagreements(self, texts: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
        """Each disagreement once, with all texts that it is found in, and its finding's probability and threshold."""
        if self.seen is None:
            return []
        told: dict[str, dict[str, Any]] = {}
        for name, text in texts:
            for one in disagreements(text, self.seen, self.confirmed):
                threshold = self.seen.thresholds[one.finding] if one.confirmed is None else None
                numbers = {"probability": one.probability, "threshold": threshold}
                first: dict[str, Any] = {"sentence": one.sentence, **numbers, "texts": []}
                told.setdefault(one.sentence, first)["texts"].append(name)
        return list(told.values())


def stands_out(attention: NDArray[np.float64]) -> NDArray[np.int64]:
    """By how much each patch has more than an even share of attention, `(14, 14)` in whole percent of the most."""
    more = np.clip(attention - attention.mean(), 0, None)
    most = more.max()
    return np.rint(100 * more / most if most > 1e-12 else more).astype(np.int64)
