"""What is less likely than not, said as possible where a report states it as a fact.

A finding is named from the probability on from which naming it pays on the whole, which for a rare one is far below
even odds. A radiologist hedges there, in the words that the report has otherwise: `There may be a right pneumonia.`
"""

import re
from collections.abc import Iterator, Set

from gaze2report_core.findings.labelling.incidental import SENTENCES, IncidentalFinding, incidental_mentions
from gaze2report_core.findings.labelling.labeller import Mention, label_sentence
from gaze2report_core.findings.revision.laterality import Told
from gaze2report_core.findings.revision.phrase_book import PLAIN, PhraseBook, plain_denial
from gaze2report_core.findings.revision.told_phrase import told_phrase
from gaze2report_core.findings.revision.whole_sentences import has_verb
from gaze2report_core.findings.vocabulary import Finding
from gaze2report_core.report_text import sentences

Doubtful = Set[Finding | IncidentalFinding]
"""What is less likely than not."""

_THERE_IS = re.compile(r"^There (?:is|are|appears? to be)\b")
_CAUSE = re.compile(r"(?<=, )causing\b")
_BESIDE = re.compile(r"\bwith (?:an? )?")
_IS_SEEN = re.compile(r"\b(?:is|are) (?:seen|noted|identified|demonstrated|visuali[sz]ed)\b")
_PREDICATE = re.compile(r"\b(?:is|are|appears?(?: to be)?)\b")
_CAPITAL = re.compile(r"^[A-Z](?![A-Z])")
_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)


def hedged(report: str, doubtful: Doubtful, told: Told, book: PhraseBook) -> str:
    """The report with everything doubtful that it states said as possible, and all else as it was.

    Where a sentence states something surer as well, and no word makes one of them alone possible, plain sentences take
    its place, and `book` speaks for what is surer. A sentence that has not ended yet stays as it is.
    """
    if not doubtful:
        return report
    end = 1 + max(map(report.rfind, ".!?"))
    said: list[str] = []
    for sentence in sentences(report[:end]):
        instead = _hedged(sentence, doubtful, told, book)
        said += instead if instead == [sentence] else [one for one in instead if one not in said]
    return " ".join(said) + report[end:]


def _hedged(sentence: str, doubtful: Doubtful, told: Told, book: PhraseBook) -> list[str]:
    mentions = _mentions(sentence)
    stated = {name for name, mention in mentions if mention is Mention.POSITIVE} & doubtful
    if not stated:
        return [sentence]
    wanted = {(name, Mention.UNCERTAIN if name in stated else mention) for name, mention in mentions}
    possible = next((form for form in _as_possible(sentence) if _mentions(form) == wanted), None)
    return _apart(mentions, stated, told, book) if possible is None else [possible]


def _as_possible(sentence: str) -> Iterator[str]:
    """The ways to say a sentence as possible, or a part of it, the most natural first."""
    yield _CAUSE.sub("possibly causing", sentence)
    if _THERE_IS.match(sentence):
        yield _THERE_IS.sub("There may be", sentence)
    elif not has_verb(sentence):
        named = _CAPITAL.sub(lambda capital: capital[0].lower(), _ARTICLE.sub("", sentence))
        yield f"Possible {named}"
    yield _IS_SEEN.sub("may be present", sentence)
    yield _PREDICATE.sub("may be", sentence, count=1)
    yield _BESIDE.sub("with possible ", sentence)


def _apart(
    mentions: Set[tuple[Finding | IncidentalFinding, Mention]], stated: Doubtful, told: Told, book: PhraseBook
) -> list[str]:
    """One sentence for each thing that a sentence stated, doubted or denied."""
    said = []
    for name in (*Finding, *IncidentalFinding):
        if name in stated or (name, Mention.UNCERTAIN) in mentions:
            said += _hedged(_plainly(name, told), {name}, told, PLAIN)
        elif (name, Mention.POSITIVE) in mentions:
            said.append(told_phrase(name, told, book) if isinstance(name, Finding) else SENTENCES[name])
        elif (name, Mention.NEGATIVE) in mentions and isinstance(name, Finding):
            said.append(plain_denial(name))
    return said


def _plainly(name: Finding | IncidentalFinding, told: Told) -> str:
    return PLAIN.phrase_on(name, told.get(name, frozenset())) if isinstance(name, Finding) else SENTENCES[name]


def _mentions(sentence: str) -> set[tuple[Finding | IncidentalFinding, Mention]]:
    findings = {(finding, mention) for finding, mention, _ in label_sentence(sentence)}
    return {*findings, *incidental_mentions(sentence)}
