"""On which side of the patient a sentence places what it names."""

import re

from gaze2report_core.findings.vocabulary import Side

_SIDE = re.compile(r"\b(?:(left)|(right)|bilateral(?:ly)?|bibasilar|both|biapical)\b")
_COORDINATION = re.compile(r"^\W*(?:\w+ ){0,2}?(?:and|or|with|,|/)(?: \w+){0,2}\W*$|^\W*$")


def side_of(sentence: str, place: int, spans: list[tuple[int, int]]) -> Side | None:
    """The side of the name at `spans[place]`, where all names of the sentence are given in order.

    The words before a name up to the previous one say it first ("left pleural effusion"), then those behind it up to
    the next ("effusion on the left"); names that are strung together share theirs. Both sides are none.
    """
    start, end = spans[place]
    previous_end = spans[place - 1][1] if place else 0
    next_start = spans[place + 1][0] if place + 1 < len(spans) else len(sentence)
    before, behind = sentence[min(previous_end, start) : start], sentence[end : max(end, next_start)]
    for words in (before, behind):
        named, side = _side_in(words)
        if named:
            return side
    if place and _COORDINATION.match(before):
        named, side = _side_in(sentence[: spans[0][0]])
        if named:
            return side
    if place + 1 < len(spans) and _COORDINATION.match(behind):
        return _side_in(sentence[spans[-1][1] :])[1]
    return None


def _side_in(words: str) -> tuple[bool, Side | None]:
    """Whether the words name a side or both, and the one that they name."""
    found = list(_SIDE.finditer(words))
    left, right = any(match[1] for match in found), any(match[2] for match in found)
    one_side = left != right and all(match[1] or match[2] for match in found)
    return bool(found), (Side.LEFT if left else Side.RIGHT) if one_side else None
