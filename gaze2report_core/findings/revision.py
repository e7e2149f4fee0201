"""Reports revised to say what their findings prompt says, on the sides that it names, and no more.

The likeliest report of any film is a normal one, also behind a prompt that names findings. So a report is held against
its prompt: what it states and the prompt does not is taken out; what the prompt names and the report does not state is
said, by a sentence that the model itself has written for that finding, in the place of the one that denies it.

A side that the prompt does not name, a particular device, which no prompt names, a measure and a comparison with an
earlier film were likely words and nothing that anybody saw. A side goes, or gives way to the told one; where no
sentence would be left, and in the place of the others, the phrase book speaks for what was told. What a radiologist
writes is never revised.
"""

import re
from collections.abc import Sequence

from gaze2report_core.findings.guesses import is_a_guess
from gaze2report_core.findings.labeller import Mention, label_sentence
from gaze2report_core.findings.laterality import Told, names_told_sides_alone, sides_told, with_told_sides
from gaze2report_core.findings.phrase_book import IN_THE_LUNGS, LUNGS_ARE_CLEAR, PLAIN, VESSELS_ARE_NORMAL, PhraseBook
from gaze2report_core.findings.prompts import Found
from gaze2report_core.findings.vocabulary import Finding
from gaze2report_core.report_text import sentences

LARGELY = 0.5
"""The share of common words from which one sentence says another over again."""

NOTHING_FOUND = "No acute cardiopulmonary abnormality is seen."
"""What is left to say where nothing was told and all that was written is taken out."""


def revised(report: str, found: Sequence[Found], book: PhraseBook) -> str:
    """The report with every finding of the prompt stated, none that it does not name, and no side but the told ones."""
    told = sides_told(found)
    kept = _held(sentences(" ".join(report.split())), told, book)
    first: list[str] = []
    stated = {finding for sentence in kept for finding in _stated(sentence)}
    for finding in told:
        if finding in stated:
            continue
        phrase = _phrase(finding, told, book)
        denials = [place for place, sentence in enumerate(kept) if finding in _denied(sentence)]
        if denials:
            kept[denials[0] : denials[0] + 1] = [phrase]
            kept = [sentence for sentence in kept if finding not in _denied(sentence)]
        else:
            first.append(phrase)
    return " ".join(_said_once([*first, *kept])) or NOTHING_FOUND


def _held(written: Sequence[str], told: Told, book: PhraseBook) -> list[str]:
    """Sentences that may stand, as written or mended; others give way to phrases for what they alone rightly state."""
    mended = [_mended(sentence, told) for sentence in written]
    stated = {finding for sentence in mended if sentence is not None for finding in _stated(sentence)}
    held: list[str] = []
    for sentence, as_mended in zip(written, mended, strict=True):
        if as_mended is not None:
            held.append(as_mended)
            continue
        missed = [finding for finding in told if finding in _stated(sentence) - stated]
        held += [_phrase(finding, told, book) for finding in missed]
        stated.update(missed)
    return held


def _mended(sentence: str, told: Told) -> str | None:
    """A sentence on the told sides, or nothing where it may not stand: it says more than was told, or is against it."""
    stated = _stated(sentence)
    is_against_it = _says_all_is_well(sentence, told) or (stated and (_denied(sentence) & told.keys()) - stated)
    if not stated <= told.keys() or is_against_it or is_a_guess(sentence):
        return None
    return with_told_sides(sentence, told)


def _phrase(finding: Finding, told: Told, book: PhraseBook) -> str:
    """The book's sentence for a told finding, or its plain name where that says more than was told."""
    side = next(iter(told[finding])) if len(told[finding]) == 1 else None
    phrase = book.phrase(finding, side)
    against = _says_all_is_well(phrase, told) or is_a_guess(phrase)
    return PLAIN.phrase(finding, side) if against or not names_told_sides_alone(phrase, told) else phrase


def _says_all_is_well(sentence: str, told: Told) -> bool:
    """Whether a sentence speaks of clear lungs or normal vessels, and what was told is against that."""
    in_the_lungs = bool(told.keys() & IN_THE_LUNGS) and LUNGS_ARE_CLEAR.search(sentence) is not None
    return in_the_lungs or (Finding.EDEMA in told and VESSELS_ARE_NORMAL.search(sentence) is not None)


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
