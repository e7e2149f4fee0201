"""Whether a sentence is a guess whatever the film shows: it says what no prompt names and no film alone tells.

Reports speak of earlier films and measure what they see, so a language model does, too. But it has one examination
before it, and no ruler: that a nodule is unchanged, or has six millimetres, are likely words and nothing else.
"""

import re

from gaze2report_core.findings.devices import names_particular_device

_OF_ANOTHER_TIME = re.compile(
    r"\b(?:stabl[ey]|unchanged|again|interval\w*|previous\w*|prior|persist\w*|new|newly|resol\w+|comparison|compared|"
    r"worse\w*|improve\w*|xxxx|since|earlier|old|remain\w*|redemonstrat\w+|clip|history|develop(?:ed|ing)|chang(?:ed|ing)|"
    r"chronic|no (?:\w+ ){0,2}change)\b",
    re.IGNORECASE,
)
"""What can only be said by who has seen an earlier film, or the patient's papers."""

_MEASURED = re.compile(r"\d")


def needs_more_than_the_film(sentence: str) -> bool:
    """Whether a sentence compares with another examination, or counts or measures something."""
    return _OF_ANOTHER_TIME.search(sentence) is not None or _MEASURED.search(sentence) is not None


def is_a_guess(sentence: str) -> bool:
    """The same, or whether it names a particular device."""
    return needs_more_than_the_film(sentence) or names_particular_device(sentence)
