"""What a sentence says of the size of an organ that it names: heart or mediastinum."""

import re

from gaze2report_core.findings.labelling.assertion import Assertions, Mention

_ABNORMAL = r"not (?:(?:quite|within|\w+ly) )*(?:normal|unremarkable)"
_NORMAL = r"normal|unremarkable|(?:normal|within) limits|not (?:\w+ )?enlarged|no (?:\w+ )?enlarge"
_ENLARGED = r"enlarg|prominen|widen|large\b|increased|dilated|globular|generous|big\b"
_BORDERLINE = (
    r"borderline(?! (?:\w+ )?(?:cardiomegaly|enlarge|prominen))"
    r"|normal (?:in size )?(?:to|or) (?:\w+ )?(?:enlarg|prominen|increased|large\b)"
)
_SIZE = re.compile(
    rf"\b(?:(?P<borderline>{_BORDERLINE})|(?P<abnormal>{_ABNORMAL})|(?P<normal>{_NORMAL})|(?P<enlarged>{_ENLARGED}))"
)
_SAME_AS_BEFORE = re.compile(r"\b(?:stable|unchanged|similar|not? (?:\w+ ){0,2}chang\w+)")
_PLACE_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:behind|over|overl(?:ying|ies|y)|in|near|adjacent to|above) (?:the )?(?:left |right )?$"
)
_BEFORE_ITS_NOUN = re.compile(
    r"\w*(?: (?:and|appear\w*|configuration|contour|for|in|left|of|overall|right|sized?|superior|the|upper))* ?"
)
"""What may stand between an adjective and the organ that it belongs to, from within the adjective on."""


def organ_mention(sentence: str, start: int, end: int, assertions: Assertions) -> Mention | None:
    """Whether the organ at these characters is said to be enlarged; nothing where its size is not spoken of.

    The adjective right before it counts first, then the next word for size behind it, then one earlier in the same
    thought. "Stable" alone leaves it open, as in CheXpert's rules; "not normal" does not say in which way.
    """
    if _PLACE_OF_SOMETHING_ELSE.search(sentence, 0, start):
        return None
    first, last = assertions.thought(start)
    before = list(_SIZE.finditer(sentence, first, start))
    attribute = before[-1] if before and _BEFORE_ITS_NOUN.fullmatch(sentence, before[-1].end(), start) else None
    size = attribute or _SIZE.search(sentence, end, last)
    if size is None and _SAME_AS_BEFORE.search(sentence, first, last):
        return Mention.UNCERTAIN
    size = size or (before[-1] if before else None)
    if size is None or size["abnormal"]:
        return None
    if size["normal"]:
        return Mention.NEGATIVE
    return Mention.UNCERTAIN if size["borderline"] else assertions.of(size.start())
