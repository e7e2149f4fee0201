"""What a report says of the 14 findings: found, denied or doubted, after the rules of CheXpert's labeller.

After CheXpert (Irvin et al. 2019, arXiv:1901.07031): names are looked up, each is judged by its sentence, and over the
report positive goes before uncertain before negative. `No Finding` is positive when nothing but support devices is
positive or uncertain, abnormalities outside the 14 labels included. As there, a stroke is an "or": of
`atelectasis/infiltrate` each is uncertain. Unlike CheXpert, a heart or a mediastinum that is named without a word for
its size says nothing, where CheXpert takes it for enlarged.
"""

import re
import textwrap
from functools import lru_cache

from gaze2report_core.findings.labelling.assertion import Assertions, Mention
from gaze2report_core.findings.labelling.organ_size import organ_mention
from gaze2report_core.findings.labelling.phrases import (
    ALWAYS_UNCERTAIN,
    HEART_FAILURE,
    NAMES,
    NOT_NAMES,
    ORGANS,
    OTHER_ABNORMALITIES,
)
from gaze2report_core.findings.labelling.sides import sides_of
from gaze2report_core.findings.vocabulary import Finding, Side

__all__ = [
    "Mention",
    "forget_sentences",
    "label_report",
    "label_sentence",
    "pieces",
    "positive_findings",
    "sides_stated",
]

_SENTENCE_END = re.compile(
    # Where a run of marks ends no sentence, none of its later marks is tried, except after a digit.
    r"(?:(?<![\d.!?])|(?<=\d[.!?]))[.!?]++(?=\s|[a-z]|$)|(?<=\d)[.!?]++(?=\s|$)|[\n\r]+|;"
)
_ALTERNATIVE = re.compile(r"\b(?:or|andor|vs|versus)\b")
_WORDS_BETWEEN_ALTERNATIVES = 3
_STRENGTH = {Mention.NEGATIVE: 0, Mention.UNCERTAIN: 1, Mention.POSITIVE: 2}
LONGEST_SENTENCE = 2000
"""Characters; several times what readers write. The time that a sentence takes grows with the square of its length."""

SENTENCES_REMEMBERED = 100_000
"""Reports repeat their sentences: most of those in a batch of samples were seen before."""

Label = tuple[Finding, Mention, Side | None]
_SidedLabel = tuple[Finding, Mention, frozenset[Side]]


def label_report(text: str) -> dict[Finding, Mention]:
    """The findings that a report mentions, in the order of `Finding`; an empty text mentions none and denies none.

    `No Finding` is there, and positive, when a text that is not empty has nothing positive or uncertain but support
    devices. A sentence beyond `LONGEST_SENTENCE` is judged in `pieces`.
    """
    strongest: dict[Finding, Mention] = {}
    abnormal = False
    sentences = _sentences(text)
    for sentence in sentences:
        labels, other_abnormality = _read_sentence(sentence)
        abnormal |= other_abnormality
        for finding, mention, _ in labels:
            if finding not in strongest or _STRENGTH[mention] > _STRENGTH[strongest[finding]]:
                strongest[finding] = mention
    stated = {finding for finding, mention in strongest.items() if mention is not Mention.NEGATIVE}
    abnormal |= bool(stated - {Finding.SUPPORT_DEVICES})
    if sentences and not abnormal:
        strongest[Finding.NO_FINDING] = Mention.POSITIVE
    return {finding: strongest[finding] for finding in Finding if finding in strongest}


def positive_findings(text: str) -> frozenset[Finding]:
    """The findings that a report says are there."""
    return frozenset(finding for finding, mention in label_report(text).items() if mention is Mention.POSITIVE)


def label_sentence(sentence: str) -> list[Label]:
    """What one sentence says of each finding that it names, in its words' order, with the side where it names one.

    One beyond `LONGEST_SENTENCE` is judged in `pieces`.
    """
    return [
        (finding, mention, next(iter(sides)) if len(sides) == 1 else None)
        for piece in pieces(_plain(sentence))
        for finding, mention, sides in _read_sentence(piece)[0]
    ]


def pieces(sentence: str) -> list[str]:
    """A sentence as it is judged: cut between words where it is longer than `LONGEST_SENTENCE`, as no reader writes.

    Each piece is then a sentence by itself, which nothing in the others denies or doubts.
    """
    if len(sentence) <= LONGEST_SENTENCE:
        return [sentence]
    return textwrap.wrap(sentence, LONGEST_SENTENCE, break_on_hyphens=False)


def sides_stated(text: str) -> dict[Finding, frozenset[Side]]:
    """The findings that a text states or doubts, each with all sides on which it does; none where it names no side."""
    stated: dict[Finding, frozenset[Side]] = {}
    for sentence in _sentences(text):
        for finding, mention, sides in _read_sentence(sentence)[0]:
            if mention is not Mention.NEGATIVE:
                stated[finding] = stated.get(finding, frozenset()) | sides
    return stated


def forget_sentences() -> None:
    """Forget the sentences that were judged before: a server reads what readers write, which must not stay with it."""
    _read_sentence.cache_clear()


def _sentences(text: str) -> list[str]:
    parts = _SENTENCE_END.split(text.lower())
    return [piece for part in parts if (plain := _plain(part)) for piece in pieces(plain)]


def _plain(sentence: str) -> str:
    return " ".join(sentence.lower().split()).strip(" .")


@lru_cache(maxsize=SENTENCES_REMEMBERED)
def _read_sentence(sentence: str) -> tuple[tuple[_SidedLabel, ...], bool]:
    """Labels of a plain sentence, and whether it states or doubts an abnormality that is none of the 14."""
    assertions = Assertions(sentence)
    named = _named(sentence)
    mentions = [_judge(sentence, assertions, finding, start, end) for finding, start, end in named]
    _doubt_alternatives(sentence, named, mentions)
    spans = [(start, end) for _, start, end in named]
    labels = [
        (start, finding, mention, sides_of(sentence, place, spans))
        for place, ((finding, start, _), mention) in enumerate(zip(named, mentions, strict=True))
    ]
    for finding, pattern in ORGANS.items():
        for match in pattern.finditer(sentence):
            mention = organ_mention(sentence, match.start(), match.end(), assertions)
            if mention is not None:
                labels.append((match.start(), finding, mention, frozenset()))
    if any(HEART_FAILURE.match(sentence, start) and m is not Mention.NEGATIVE for start, _, m, _ in labels):
        labels.append((len(sentence), Finding.CARDIOMEGALY, Mention.UNCERTAIN, frozenset()))
    labels.sort(key=lambda label: label[0])
    other = any(
        assertions.of(match.start()) is not Mention.NEGATIVE for match in OTHER_ABNORMALITIES.finditer(sentence)
    )
    return tuple((finding, mention, sides) for _, finding, mention, sides in labels), other


def _named(sentence: str) -> list[tuple[Finding, int, int]]:
    """Each name of a finding with its first and last character, in the sentence's order."""
    found = []
    for finding, pattern in NAMES.items():
        excluded = [match.span() for match in NOT_NAMES[finding].finditer(sentence)] if finding in NOT_NAMES else []
        for match in pattern.finditer(sentence):
            start, end = match.span()
            if not any(first < end and start < last for first, last in excluded):
                found.append((finding, start, end))
    return sorted(found, key=lambda name: name[1:])


def _judge(sentence: str, assertions: Assertions, finding: Finding, start: int, end: int) -> Mention:
    mention = assertions.of(start)
    uncertain = finding is Finding.EDEMA and ALWAYS_UNCERTAIN.search(sentence, start, end) is not None
    return Mention.UNCERTAIN if uncertain and mention is Mention.POSITIVE else mention


def _doubt_alternatives(sentence: str, named: list[tuple[Finding, int, int]], mentions: list[Mention]) -> None:
    """Findings that are given as alternatives ("scarring or atelectasis") are doubted, each of them, in place."""
    for place in range(len(named) - 1):
        between = sentence[named[place][2] : named[place + 1][1]]
        if named[place][0] is named[place + 1][0] or _ALTERNATIVE.search(between) is None:
            continue
        if len(between.split()) > _WORDS_BETWEEN_ALTERNATIVES + 1:
            continue
        for either in (place, place + 1):
            if mentions[either] is Mention.POSITIVE:
                mentions[either] = Mention.UNCERTAIN
