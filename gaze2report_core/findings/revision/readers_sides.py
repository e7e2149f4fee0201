"""Sides that a reader said, named where a report states their findings without.

A language model may well leave out the side that its prompt names. Where the classifier told it, nothing false is said
by that; who says a side because it was wrong before, or missing, is to read it.
"""

from collections.abc import Sequence, Set

from gaze2report_core.findings.labelling.labeller import Mention, label_sentence, sides_stated
from gaze2report_core.findings.revision.denial import denied_by_name
from gaze2report_core.findings.revision.laterality import Told, on_told_sides
from gaze2report_core.findings.revision.phrase_book import PhraseBook, plain_denial
from gaze2report_core.findings.revision.told_phrase import sided_phrase, told_phrase
from gaze2report_core.findings.vocabulary import Finding, Side


def naming_sides(said: Sequence[str], placed: Set[Finding], told: Told, book: PhraseBook) -> list[str]:
    """The sentences of a report, in which each of the `placed` findings that it states is on all of its told sides.

    Where one sentence has a finding on both, another that has it on one alone would speak against it.
    """
    named = list(said)
    for finding in (one for one, sides in told.items() if one in placed and sides):
        if any(sides_stated(sentence).get(finding) == told[finding] for sentence in named):
            named = [sentence for sentence in named if not _is_part_of_what_is_told(sentence, finding, told)]
        stating = [place for place, sentence in enumerate(named) if finding in _stated(sentence)]
        if stating and _sides_in([named[place] for place in stating], finding) != told[finding]:
            first = stating[0]
            named[first : first + 1] = _naming(named[first], finding, placed, told, book)
    return named


def _naming(sentence: str, finding: Finding, placed: Set[Finding], told: Told, book: PhraseBook) -> list[str]:
    """The sentence with its finding's sides, or one for each thing that it says."""
    named = on_told_sides(sentence, finding, told)
    if named is not None:
        return [named]
    return [
        *(
            sided_phrase(one, told, book) if one in placed and told[one] else told_phrase(one, told, book)
            for one in told
            if one in _stated(sentence)
        ),
        *(plain_denial(one) for one in Finding if one in denied_by_name(sentence)),
    ]


def _is_part_of_what_is_told(sentence: str, finding: Finding, told: Told) -> bool:
    """Whether it states the finding on some of its told sides, and says nothing else."""
    sides = sides_stated(sentence).get(finding, frozenset())
    return bool(sides) and sides < told[finding] and _stated(sentence) == {finding} and not denied_by_name(sentence)


def _sides_in(sentences: Sequence[str], finding: Finding) -> frozenset[Side]:
    return frozenset[Side]().union(*(sides_stated(sentence).get(finding, frozenset()) for sentence in sentences))


def _stated(sentence: str) -> set[Finding]:
    return {finding for finding, mention, _ in label_sentence(sentence) if mention is Mention.POSITIVE}
