"""On which side of the patient a sentence places what it names."""

import re

from gaze2report_core.findings.vocabulary import Side

BOTH = frozenset(Side)

_SIDE = re.compile(
    r"\b(?:(?P<left>left|lingula\w*|l[ul]l)|(?P<right>right|middle lobes?|r[uml]l)"
    r"|bilateral(?:ly)?|bi(?:basilar|basal|apical)|both)\b",
    re.IGNORECASE,
)
"""Only the left lung has a lingula, only the right one a middle lobe; RLL is the right lower lobe."""

_COORDINATION = re.compile(r"^\W*(?:\w+ ){0,2}?(?:and|or|with|,|/)(?: \w+){0,2}\W*$|^\W*$")
_JOINT = re.compile(r",|\band\b")


def sides_of(sentence: str, place: int, spans: list[tuple[int, int]]) -> frozenset[Side]:
    """The sides of the name at `spans[place]`, where all names of the sentence are given in order.

    The words before a name up to the previous one say it first ("left pleural effusion"), then those behind it up to
    the next ("effusion on the left"). Of the words between two names, those before a comma or an "and" are the later
    one's only where it has none of its own ("opacity on the right, small effusion on the left"). Names that are strung
    together share their side. Empty where none is said.
    """
    start, end = spans[place]
    previous_end = spans[place - 1][1] if place else 0
    next_start = spans[place + 1][0] if place + 1 < len(spans) else len(sentence)
    before, behind = sentence[min(previous_end, start) : start], sentence[end : max(end, next_start)]
    nearest = sides_in(_JOINT.split(before)[-1]) or sides_in(behind.split(",")[0]) if place else frozenset[Side]()
    said = nearest or sides_in(before) or sides_in(behind)
    if not said and place and _COORDINATION.match(before):
        said = sides_in(sentence[: spans[0][0]])
    if not said and place + 1 < len(spans) and _COORDINATION.match(behind):
        said = sides_in(sentence[spans[-1][1] :])
    return said


def sides_in(words: str) -> frozenset[Side]:
    """The sides that words speak of."""
    return frozenset(side for sides in sides_by_word(words) for side in sides)


def sides_by_word(words: str) -> list[frozenset[Side]]:
    """The side of each word that names one, or both."""
    return [
        frozenset({Side.LEFT}) if match["left"] else frozenset({Side.RIGHT}) if match["right"] else BOTH
        for match in _SIDE.finditer(words)
    ]
