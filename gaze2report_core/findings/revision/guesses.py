"""Whether a sentence is a guess whatever the film shows: it says what no prompt names and no film alone tells.

Reports speak of earlier films and measure what they see, so a language model does, too. But it has one examination
before it, and no ruler: that a nodule is unchanged, has six millimetres or is one of two, are likely words and nothing
else. So is what kind of opacity it is, and in which bone a fracture: of 34 opacities that were there and called
interstitial or band-like, the reference calls 6 so, and none of the vertebrae is right (`docs/experiments.md`).
A sentence that it writes of one finding alone, without any film, guesses as well what else would narrow it down.
"""

import re

from gaze2report_core.findings.revision.devices import names_particular_device

_OF_ANOTHER_TIME = re.compile(
    r"\b(?:stabl[ey]|unchanged|again|interval\w*|previous\w*|prior|persist\w*|new|newly|resol\w+|comparison|compared|"
    r"worse\w*|improve\w*|xxxx|since|earlier|old|heal(?:ed|ing)|remain(?:s|ed)?|redemonstrat\w+|clip|history|"
    r"develop(?:ed|ing)|chang(?:ed|ing)|chronic|status post|post-?(?:surgical|operative)|no (?:\w+ ){0,2}change)\b",
    re.IGNORECASE,
)
"""What can only be said by who has seen an earlier film, or the patient's papers."""

_COUNTED_OR_MEASURED = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|several|multiple|numerous|few)\b", re.IGNORECASE
)

_KIND_OR_BONE = re.compile(
    r"\b(?:interstitial|reticul\w+|band-?like|calcified|ribs?|clavic\w+|humer\w+|scapul\w+|vertebra\w*|spine)\b",
    re.IGNORECASE,
)

_NARROWER = re.compile(
    r"granulom|consistent|compatible|secondary|possibl|probabl|likely|suspect|suggest|represent|may\b|significant"
    r"|subpleural|fissur|aspect|medial|(?<!bi)lateral|volumes|normal",
    re.IGNORECASE,
)


def needs_more_than_the_film(sentence: str) -> bool:
    """Whether a sentence compares with another examination, or counts or measures something."""
    return _OF_ANOTHER_TIME.search(sentence) is not None or _COUNTED_OR_MEASURED.search(sentence) is not None


def is_a_guess(sentence: str) -> bool:
    """The same, or whether it names a particular device."""
    return needs_more_than_the_film(sentence) or names_particular_device(sentence)


def names_kind_or_bone(sentence: str) -> bool:
    """Whether a sentence that states a finding says what kind it is, or in which bone."""
    return _KIND_OR_BONE.search(sentence) is not None


def narrows_down(sentence: str) -> bool:
    """Whether a sentence on one finding adds a cause, a doubt, a kind, a bone or something beside it."""
    return names_kind_or_bone(sentence) or _NARROWER.search(sentence) is not None
