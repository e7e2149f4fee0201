"""Whether a sentence names no side but those that were told, and the sentence mended where it names another.

A language model writes the likeliest words, and "right lower lobe pneumonia" is likely whatever side its prompt names,
or where that names none. A finding on the wrong side is the error that radiologists fear most, so a side that nobody
told is never said of a finding; what none of the 14 labels names keeps its side. Also "lingula" and "middle lobe" say
one: only the left lung has the one, only the right the other.
"""

import re
from collections.abc import Iterable, Mapping

from gaze2report_core.findings.labelling.labeller import Mention, label_sentence, sides_stated
from gaze2report_core.findings.labelling.sides import BOTH, sides_by_word, sides_in
from gaze2report_core.findings.prompts import Found
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE, Finding, Side
from gaze2report_core.report_text import capitalised

Told = Mapping[Finding, frozenset[Side]]
"""The findings of a prompt, each with the sides that it names for it: none, one or both."""

_NO_SIDE: frozenset[Side] = frozenset()

_COMPARISON = re.compile(
    r",? ?\b(?:left|right) (?:is |are )?(?:greater|worse|larger|more(?: \w+)?) than (?:the )?(?:left|right)\b",
    re.IGNORECASE,
)
_STRUCK = tuple(
    (re.compile(words, re.IGNORECASE), instead)
    for words, instead in (
        (r" (?:on|to|at|in|within|along) the (?:left|right)(?: side)?(?=[.,;!?]| (?:and|with|is|are|was|were)\b)", ""),
        (r" bilaterally\b| (?:on|in) both sides\b", ""),
        (r"\bbi(?=basilar|basal|apical)", ""),
        (r"\bboth (?:the )?(?=lungs?\b|bases\b)", "the "),
        (r"\bbilateral ", ""),
        (r"\b(?:left|right) (?=base\b)", "lung "),
        (r"\b(?:left|right)(?:[- ]sided?)? ", ""),
    )
)
"""Words for a side, with those that would be left dangling, and what stays in their place."""

_DANGLING = re.compile(
    r"\b(?:an?|the|in|on|of|to|at|and|or|with|within|from|than|greater|larger|worse|more|especially|predominantly"
    r"|particularly|mostly|mainly)(?: ?[.,;!?]| (?:of|in|on|and|or|is|are|with|than|was|were|has|have|had|may|might|can"
    r"|cannot|could|would|should|appears?|remains?|which|that|measur\w+|seen|noted|suggest\w*|represent\w*|likely|but|as"
    r"|from|without)\b)",
    re.IGNORECASE,
)
_SIDE_OF_ITS_OWN = re.compile(r"aort|ventric|atri(?:um|al)|shift|deviat|displac|midline|middle", re.IGNORECASE)
"""What would say something else on the other side or on none: a right arch, a trachea that is pushed away."""

_ON_ONE_SIDE_BY_NATURE = re.compile(
    r"heart|cardi|stomach|gastric|liver|hepat|spleen|splen|gallbladder|azygos|(?:minor|horizontal) fissure",
    re.IGNORECASE,
)
_ONE_ON_EACH_SIDE = re.compile(r"\b(?:effusions|pneumothoraces)\b", re.IGNORECASE)


def sides_told(found: Iterable[Found]) -> dict[Finding, frozenset[Side]]:
    """What a prompt says of sides, in the order of its findings."""
    told: dict[Finding, frozenset[Side]] = {}
    for finding, side in found:
        told[finding] = told.get(finding, _NO_SIDE) | (_NO_SIDE if side is None or finding in WITHOUT_SIDE else {side})
    return told


def names_told_sides_alone(sentence: str, told: Told) -> bool:
    """Whether what a sentence states or doubts is on told sides, or on none.

    Where it states or doubts a finding that has a side, any other side in it counts too: which of two things a side
    belongs to is too easily misread.
    """
    stated = _sides_of_findings(sentence)
    if not stated:
        return True
    allowed = _NO_SIDE.union(*(told.get(finding, _NO_SIDE) for finding in stated))
    return sides_in(sentence) <= allowed and all(sides <= told.get(one, _NO_SIDE) for one, sides in stated.items())


def with_told_sides(sentence: str, told: Told) -> str | None:
    """The sentence, with the told side in place of another, or without a side where none was told.

    Nothing where words alone do not mend it: where it speaks of one side and the other, of an effusion on each, of
    findings on different sides, or would no longer be a sentence.
    """
    if names_told_sides_alone(sentence, told):
        return sentence
    wanted = {told.get(finding, _NO_SIDE) for finding in _sides_of_findings(sentence)}
    plain = _COMPARISON.sub("", " ".join(sentence.split()))
    named = sides_by_word(plain)
    if len(wanted) != 1 or len(set(named)) != 1 or (BOTH in named and _ONE_ON_EACH_SIDE.search(plain)):
        return None
    if _SIDE_OF_ITS_OWN.search(plain):
        return None
    (sides,) = wanted
    mended = _moved(plain, next(iter(sides)), named) if len(sides) == 1 else _struck(plain)
    whole = mended is not None and _says_the_same(sentence, mended) and not _DANGLING.search(mended)
    return mended if whole and mended is not None and names_told_sides_alone(mended, told) else None


def on_told_sides(sentence: str, finding: Finding, told: Told) -> str | None:
    """The sentence with the told sides of one finding at its end: `There is a small effusion on both sides.`

    Nothing where that would say something else, or of something else as well.
    """
    (side, *other) = told[finding]
    plain = _struck(_COMPARISON.sub("", " ".join(sentence.split())))
    named = f"{plain.rstrip('.!? ')} on {'both sides' if other else f'the {side}'}."
    if not _says_the_same(sentence, named) or _DANGLING.search(named):
        return None
    is_named = sides_stated(named).get(finding) == told[finding] and names_told_sides_alone(named, told)
    return named if is_named else None


def _sides_of_findings(sentence: str) -> Told:
    return {finding: sides for finding, sides in sides_stated(sentence).items() if finding not in WITHOUT_SIDE}


def _struck(sentence: str) -> str:
    for words, instead in _STRUCK:
        sentence = words.sub(instead, sentence)
    return capitalised(re.sub(r"\b(a) (?=[aeio]|u(?!ni|s))", r"\1n ", sentence, flags=re.IGNORECASE))


def _moved(sentence: str, side: Side, named: list[frozenset[Side]]) -> str | None:
    """The sentence with its one word for a side replaced; nothing where more in it may belong to that side."""
    if len(named) > 1 or _ON_ONE_SIDE_BY_NATURE.search(sentence):
        return None
    moved = re.sub(r"\bbi(?=basilar|basal|apical)", f"{side} ", sentence, flags=re.IGNORECASE)
    moved = re.sub(r"\bbilaterally\b", f"on the {side}", moved, flags=re.IGNORECASE)
    return capitalised(re.sub(r"\b(?:left|right|bilateral)\b", side, moved, flags=re.IGNORECASE))


def _says_the_same(sentence: str, mended: str) -> bool:
    """Whether both name the same findings, and deny the same ones on the same sides."""

    def said(text: str) -> list[tuple[Finding, Mention, Side | None]]:
        return [
            (finding, mention, side if mention is Mention.NEGATIVE else None)
            for finding, mention, side in label_sentence(text)
        ]

    return said(sentence) == said(mended)
