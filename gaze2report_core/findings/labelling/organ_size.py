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

_HEADING_UP_TO_ITS_SIZE = re.compile(
    r"(?P<heading>(?:(?: and|,| ?/| ?&) ?(?:the )?\w+(?: (?:silhouette|contours?|size))?){0,2} ?: ?)"
    r"(?:(?:the|size|contours?|shape|and|is|are|appears?|remains?|at|top|upper|limits?|in|of|again|still|stable|unchanged"
    r"|mild|moderate|severe|slight|to|no|evidence|possible|probable|\w{1,20}ly)\b[ ,]*+)*+"
)
"""From an organ in a heading, as in `Heart: mildly enlarged`, to the word for its size.

Any other word behind the colon may begin another structure.
"""

_BEFORE_A_NOUN_UNDER_A_HEADING = re.compile(
    r"\w* (?!(?:and|but|compared|from|in|or|since|size|with|(?:stable|unchanged)(?= *(?:,|$)))\b)\w"
)
"""In `Heart: large left effusion` too the size is not that of the organ."""


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
    under_a_heading = None if is_attribute else _under_a_heading(sentence, end, assertions)
    if under_a_heading is not None:
        return under_a_heading
    size = before if is_attribute else _size_behind(sentence, end, last)
    if size is None and _SAME_AS_BEFORE.search(sentence, first, last):
        return Mention.UNCERTAIN
    size = size or (before if before is not None and before.start() >= first else None)
    return None if size is None else _said(size, assertions)


def _under_a_heading(sentence: str, end: int, assertions: Assertions) -> Mention | None:
    """What `enlarged` says behind `Heart:`, though a colon begins another thought."""
    heading = _HEADING_UP_TO_ITS_SIZE.match(sentence, end)
    if heading is None:
        return None
    size = _SIZE.match(sentence, heading.end())
    if size is not None and not (size["enlarged"] and _BEFORE_A_NOUN_UNDER_A_HEADING.match(sentence, size.end())):
        return _said(size, assertions)
    return Mention.UNCERTAIN if _SAME_AS_BEFORE.match(sentence, heading.end("heading")) else None


def _said(size: re.Match[str], assertions: Assertions) -> Mention:
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
