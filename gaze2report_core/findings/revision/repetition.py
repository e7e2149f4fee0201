"""Leaves out what a report says over again: a finding that one sentence states, and the next in other words.

Whether a sentence says anything of its own is judged by its labels, its sides and its words. `There is a left effusion`
adds nothing to a left pleural effusion; one that is loculated in the major fissure does, and stays.
"""

import re
from collections.abc import Sequence

from gaze2report_core.findings.labelling.labeller import Mention, label_sentence, sides_stated
from gaze2report_core.findings.vocabulary import Finding, Side

LARGELY = 0.5
"""The share of common words from which a sentence with the same labels says another over again."""

WORDS_OF_ITS_OWN = 2
"""From so many on, a sentence that states nothing new still has something to say."""

_ADDS_NOTHING = frozenset(
    (
        *("a", "an", "the", "there", "this", "is", "are", "was", "were", "be", "has", "have", "of", "in", "on", "at"),
        *("to", "and", "or", "with", "also", "may", "possible", "seen", "noted", "present", "identified", "appears"),
        *("heart", "cardiac", "size", "silhouette", "lung", "lungs", "pulmonary", "pleural", "within", "side", "sided"),
        *("mild", "mildly", "moderate", "moderately", "small", "slight", "slightly", "enlarged", "enlargement"),
        *("left", "right", "bilateral"),
    )
)
"""Words that findings are named with anyway, or by degree; what a side adds is judged by itself."""


def said_once(sentences: Sequence[str]) -> list[str]:
    """The sentences without those that say nothing of their own beside the ones before.

    What only doubts a finding goes also where a later sentence states it.
    """
    once: list[str] = []
    for place, sentence in enumerate(sentences):
        firmer = [] if _states(sentence) else [later for later in sentences[place + 1 :] if _states(later)]
        if not _says_over_again(sentence, [*once, *firmer]):
            once.append(sentence)
    return once


def _says_over_again(sentence: str, others: Sequence[str]) -> bool:
    labels = label_sentence(sentence)
    if not labels or sentence in others:
        return sentence in others
    if any(labels == label_sentence(other) and _shared_words(sentence, other) >= LARGELY for other in others):
        return True
    if all(mention is Mention.NEGATIVE for _, mention, _ in labels):
        return False
    return _says_no_more(sentence, others) and len(_own_words(sentence, others)) < WORDS_OF_ITS_OWN


def _says_no_more(sentence: str, others: Sequence[str]) -> bool:
    """Whether others say each finding that a sentence names at least as firmly, and on each of its sides."""
    said = {(finding, mention) for other in others for finding, mention, _ in label_sentence(other)}
    return all(
        (finding, mention) in said or (mention is Mention.UNCERTAIN and (finding, Mention.POSITIVE) in said)
        for finding, mention, _ in label_sentence(sentence)
    ) and all(sides <= _sides_in(others, finding) for finding, sides in sides_stated(sentence).items())


def _sides_in(sentences: Sequence[str], finding: Finding) -> frozenset[Side]:
    return frozenset[Side]().union(*(sides_stated(sentence).get(finding, frozenset()) for sentence in sentences))


def _own_words(sentence: str, others: Sequence[str]) -> set[str]:
    return _words(sentence) - _ADDS_NOTHING - set().union(*map(_words, others))


def _shared_words(one: str, other: str) -> float:
    """The share of the words of two sentences that both have (Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x)."""
    words, others = _words(one), _words(other)
    return len(words & others) / len(words | others)


def _words(sentence: str) -> set[str]:
    return set(re.findall(r"[a-z]+", sentence.lower()))


def _states(sentence: str) -> bool:
    return any(mention is Mention.POSITIVE for _, mention, _ in label_sentence(sentence))
