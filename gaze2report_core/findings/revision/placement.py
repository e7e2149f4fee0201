"""Whether a sentence says where a keyword's finding lies, and the words for it where it does not."""

import re

from gaze2report_core.findings.keywords import Keyword
from gaze2report_core.findings.labelling.sides import sides_in
from gaze2report_core.findings.places.regions import Region
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE, Side

_CALLED = {
    "trachea": r"trache\w*|carina\w*",
    "mediastinum": r"\w*mediastin\w*|aort\w*",
    "cardiac silhouette": r"cardi\w*|heart",
    "hilum": r"\w*hil(?:um|a|ar)",
    "apical zone": r"ap(?:ex|ices|ical)|biapical",
    "upper lung zone": r"upper (?:lobes?|lungs?|zones?)",
    "mid lung zone": r"mid(?:dle)? ?(?:lobes?|lungs?|zones?)|lingula\w*",
    "lower lung zone": r"lower (?:lobes?|lungs?|zones?)|bas(?:e|es|al|ilar)|bibasilar",
    "costophrenic angle": r"costophrenic|cp angles?",
    "diaphragm": r"\w*diaphragm\w*",
    "spine": r"spine|spinal|vertebra\w*",
}
"""What reports call a region, by its name without its side."""


def names_region(sentence: str, region: Region) -> bool:
    """Whether a sentence names a region, on its side or without one."""
    name = region.value if region.side is None else region.value.removeprefix(f"{region.side} ")
    return re.search(rf"\b(?:{_CALLED[name]})\b", sentence, re.IGNORECASE) is not None


def names_sides(sentence: str, sides: frozenset[Side]) -> bool:
    """Whether a sentence says these sides and no other."""
    return sides_in(sentence) == sides


def alignment(sentence: str, keyword: Keyword) -> int:
    """How well a sentence lies where its keyword does: 2 in one of its regions, 1 on its side alone, 0 anywhere."""
    if any(names_region(sentence, region) for region in keyword.regions):
        return 2
    sides = sides_to_say(keyword)
    return int(len(sides) > 0 and names_sides(sentence, sides))


def placed(sentence: str, keyword: Keyword) -> str:
    """The sentence, with the keyword's place at its end where it names none: `… in the right lower lung zone.`

    Where a finding may lie in several regions of its side, only the side is known of this film, and only that is said.
    What a reader said of sides is named whatever region the sentence names.
    """
    sides = sides_to_say(keyword)
    is_placed = alignment(sentence, keyword) if keyword.said is None else names_sides(sentence, sides)
    if not sides or is_placed:
        return sentence
    return f"{sentence.rstrip('.!? ')} {_place(keyword.regions, sides)}."


def sides_to_say(keyword: Keyword) -> frozenset[Side]:
    """The keyword's sides, none where they would say nothing, as of the heart."""
    return frozenset() if keyword.finding in WITHOUT_SIDE else keyword.sides


def _place(regions: tuple[Region, ...], sides: frozenset[Side]) -> str:
    if len(regions) == 1 and regions[0].side in sides:
        return f"in the {regions[0]}"
    in_the_lung = bool(regions) and all(
        region.value.endswith(("lung zone", "apical zone", "hilum")) for region in regions
    )
    if len(sides) == len(Side):
        return "in both lungs" if in_the_lung else "on both sides"
    (side,) = sides
    return f"in the {side} lung" if in_the_lung else f"on the {side}"
