"""What a sentence says of the size of an organ that it names: heart or mediastinum."""

import re

from gaze2report_core.findings.labelling.assertion import Assertions, Mention

_ABNORMAL = r"not (?:(?:quite|within|\w+ly) )*(?:normal|unremarkable)|abnormal"
_NORMAL = (
    r"normal|unremarkable|(?:normal|within) limits|no (?:\w+ )?enlarge"
    r"|not (?:\w+ )?(?:enlarged|increased|widened|dilated|prominent)"
)
_ENLARGED = r"enlarg|prominen|widen|large\b|increased|dilated|globular|generous|big\b"
_BORDERLINE = (
    r"borderline(?! (?:\w+ )?(?:cardiomegaly|enlarge|prominen))"
    r"|normal (?:in size )?(?:to|or) (?:\w+ )?(?:enlarg|prominen|increased|large\b)"
    r"|(?:has|have) not (?:\w+ )?increased"
)
_SIZE = re.compile(
    rf"\b(?:(?P<borderline>{_BORDERLINE})|(?P<abnormal>{_ABNORMAL})|(?P<normal>{_NORMAL})|(?P<enlarged>{_ENLARGED}))"
)
_SAME_AS_BEFORE = re.compile(r"\b(?:stable|unchanged|similar|not? (?:\w+ ){0,2}chang\w+)")
_PLACE_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:behind|over|overl(?:ying|ies|y)|in|near|adjacent to|above) (?:the )?(?:left |right )?$"
)
_BEGINS_ANOTHER = re.compile(r"(?:,|\bby)(?: an?| the)? $")
_LONGEST_BEGINNING = len(" by the ")
_BEFORE_A_NOUN = re.compile(r"\w* (?!(?:and|but|compared|from|in|since)\b)\w")
"""In `stable, large left effusion` and `obscured by a large effusion` the size is not that of the organ before."""

_BEFORE_ITS_NOUN = re.compile(
    r"\w*(?: (?:and(?! the)|appear\w*|but|configuration|contour|for|in|left|of|overall|right|similar|sized?|stable"
    r"|superior|the|unchanged|upper))* ?"
)
"""What may stand between an adjective and the organ that it belongs to, from within the adjective on."""


def organ_mention(sentence: str, start: int, end: int, assertions: Assertions) -> Mention | None:
    """Whether the organ at these characters is said to be enlarged; nothing where its size is not spoken of.

    The adjective right before it counts first, then the next word for size behind it, then one earlier in the same
    thought. "Stable" alone leaves it open, as in CheXpert's rules, and so does "not normal".
    """
    if _PLACE_OF_SOMETHING_ELSE.search(sentence, 0, start):
        return None
    first, last = assertions.thought(start)
    before = next(reversed(list(_SIZE.finditer(sentence, 0, start))), None)
    is_attribute = before is not None and _BEFORE_ITS_NOUN.fullmatch(sentence, before.end(), start)
    size = before if is_attribute else _size_behind(sentence, end, last)
    if size is None and _SAME_AS_BEFORE.search(sentence, first, last):
        return Mention.UNCERTAIN
    size = size or (before if before is not None and before.start() >= first else None)
    if size is None:
        return None
    if size["normal"]:
        return Mention.NEGATIVE
    said = assertions.of(size.start())
    is_open = size["borderline"] or size["abnormal"]
    return Mention.UNCERTAIN if is_open and said is not Mention.NEGATIVE else said


def _size_behind(sentence: str, end: int, last: int) -> re.Match[str] | None:
    """The next word for size that is not said of something else."""
    sizes = _SIZE.finditer(sentence, end, last)
    return next((size for size in sizes if not _is_of_something_else(sentence, end, size)), None)


def _is_of_something_else(sentence: str, end: int, size: re.Match[str]) -> bool:
    beginning = sentence[max(end, size.start() - _LONGEST_BEGINNING) : size.start()]
    follows = _BEGINS_ANOTHER.search(beginning) and _BEFORE_A_NOUN.match(sentence, size.end())
    return size["enlarged"] is not None and follows is not None
