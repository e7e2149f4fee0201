"""Whether words are a sentence.

A language model may lose a verb where it draws, or where a prompt is all it has.
"""

import re

_BEGUN = re.compile(r"^(?:the|there)\b", re.IGNORECASE)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|can|may|appears?|shows?|remains?|demonstrates?|contains?)\b")


def is_whole(sentence: str) -> bool:
    """Whether a sentence that begins as one has a verb; `small left effusion`, as readers write it, is whole, too."""
    return _BEGUN.search(sentence) is None or has_verb(sentence)


def has_verb(sentence: str) -> bool:
    """Whether a sentence has one of the verbs that reports state things with."""
    return _VERB.search(sentence) is not None
