"""The sentences of training reports that a consensus report is put together from, and which of them go together."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.labelling.labeller import label_sentence
from gaze2report_core.findings.places.anatomy import places_in
from gaze2report_core.findings.prompts import Found
from gaze2report_core.findings.revision.denial import denied, denied_by_name
from gaze2report_core.findings.revision.guesses import needs_more_than_the_film
from gaze2report_core.report_text import sentences
from gaze2report_core.scored_text import clean_report
from gaze2report_core.training.findings_prompts import stated

PLAIN_SENTENCES = 220
"""How many of the commonest sentences that state no finding are kept."""

MOST_TOKENS = 16
"""A longer sentence tells of one patient alone."""

_BY_ITS_NAME = {
    Finding.ENLARGED_CARDIOMEDIASTINUM: r"mediastin",
    Finding.CARDIOMEGALY: r"cardiomegaly|\b(?:heart|cardiac)\b.*enlarge|enlarge.*\b(?:heart|cardiac)\b",
    Finding.LUNG_OPACITY: r"opaci",
    Finding.LUNG_LESION: r"\bnodul|\bmass|granuloma",
    Finding.EDEMA: r"edema",
    Finding.CONSOLIDATION: r"consolidation",
    Finding.PNEUMONIA: r"pneumonia",
    Finding.ATELECTASIS: r"atelecta",
    Finding.PNEUMOTHORAX: r"pneumothora",
    Finding.PLEURAL_EFFUSION: r"effusion",
    Finding.PLEURAL_OTHER: r"pleural.*thick|thick.*pleural|blunt",
    Finding.FRACTURE: r"fracture",
    Finding.SUPPORT_DEVICES: r"catheter|\btube|\blines?\b|pacemaker|\bports?\b|pacer|defibrillator",
}
"""How a finding is told from everything else that its label stands for, such as scars and arthroplasties."""

_VESSELS = re.compile(r"\bvascul\w+|\bvessels?\b", re.IGNORECASE)
_CLEAR = re.compile(r"\blungs?\b[^.]*\b(?:clear|free of|without|no acute)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """A sentence as it was written, in the tokens of the metrics, and what it says of the 14 findings."""

    text: str
    count: int
    tokens: tuple[str, ...]
    states: frozenset[Found]
    denies: frozenset[Finding]
    mentions: frozenset[Finding]

    @classmethod
    def of(cls, text: str, count: int) -> "Sentence":
        """A sentence that was written so many times."""
        said = label_sentence(text)
        return cls(
            text,
            count,
            tokens=tuple(clean_report(text).split()),
            states=frozenset(stated(said)),
            denies=denied_by_name(text),
            mentions=frozenset(finding for finding, _, _ in said),
        )

    @cached_property
    def findings(self) -> frozenset[Finding]:
        """The findings that it states, on whatever side."""
        return frozenset(finding for finding, _ in self.states)

    @cached_property
    def is_sure(self) -> bool:
        """Whether it leaves no finding open."""
        return self.mentions <= self.findings | self.denies | {Finding.NO_FINDING}

    @cached_property
    def topics(self) -> frozenset[str]:
        """What nobody says twice: the findings, clear lungs and vessels, or without any of them the anatomy."""
        topics = {finding.value for finding in self.mentions}
        topics |= {words.pattern for words in (_VESSELS, _CLEAR) if words.search(self.text)}
        return frozenset(topics) or places_in(self.text)

    def goes_with(self, named: Set[Finding]) -> bool:
        """Whether it states nothing beyond these findings and speaks against none of them."""
        return self.findings <= named and not self._speaks_against & named

    @cached_property
    def _speaks_against(self) -> frozenset[Finding]:
        return denied(self.text)


class SentenceStock:
    """Sentences of reports, the commonest wording of each: plain ones, and for each finding those that state it."""

    def __init__(self, reports: Iterable[str]) -> None:
        counts: Counter[str] = Counter()
        wordings: dict[str, Counter[str]] = defaultdict(Counter)
        for report in reports:
            for text in sentences(report):
                if not needs_more_than_the_film(text):
                    cleaned = clean_report(text)
                    counts[cleaned] += 1
                    wordings[cleaned][text] += 1
        self.plain: list[Sentence] = []
        self._stating: dict[Finding, list[Sentence]] = defaultdict(list)
        for cleaned, count in counts.most_common():
            sentence = Sentence.of(wordings[cleaned].most_common(1)[0][0], count)
            if not sentence.is_sure or len(sentence.tokens) > MOST_TOKENS:
                continue
            if not sentence.states and len(self.plain) < PLAIN_SENTENCES:
                self.plain.append(sentence)
            if all(re.search(_BY_ITS_NAME[finding], sentence.text, re.IGNORECASE) for finding in sentence.findings):
                for finding in sentence.findings:
                    self._stating[finding].append(sentence)

    def stating(self, finding: Finding, side: Side | None, told: Set[Found]) -> list[Sentence]:
        """Sentences that state it on this side and nothing beyond `told`; on any side where none says this one.

        Those that were written more than once come alone where there are any.
        """
        named = {what for what, _ in told}
        fitting = [
            sentence
            for sentence in self._stating[finding]
            if sentence.goes_with(named) and all(one in told or one[0] is finding for one in sentence.states)
        ]
        of_side = [one for one in fitting if {where for what, where in one.states if what is finding} == {side}]
        chosen = of_side or fitting
        return [one for one in chosen if one.count > 1] or chosen


def go_together(chosen: Sequence[Sentence]) -> bool:
    """Whether no two sentences have a topic in common."""
    topics: set[str] = set()
    for sentence in chosen:
        if sentence.topics & topics:
            return False
        topics |= sentence.topics
    return True
