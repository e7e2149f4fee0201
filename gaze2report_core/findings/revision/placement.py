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


def names_side(sentence: str, side: Side) -> bool:
    """Whether a sentence says this side and not the other."""
    return sides_in(sentence) == {side}


def alignment(sentence: str, keyword: Keyword) -> int:
    """How well a sentence lies where its keyword does: 2 in one of its regions, 1 on its side alone, 0 anywhere."""
    if any(names_region(sentence, region) for region in keyword.regions):
        return 2
    side = side_said(keyword)
    return int(side is not None and names_side(sentence, side))


def placed(sentence: str, keyword: Keyword) -> str:
    """The sentence, with the keyword's place at its end where it names none: `… in the right lower lung zone.`

    Where a finding may lie in several regions of its side, only the side is known of this film, and only that is said.
    """
    side = side_said(keyword)
    if side is None or alignment(sentence, keyword):
        return sentence
    return f"{sentence.rstrip('.!? ')} {_place(keyword.regions, side)}."


def side_said(keyword: Keyword) -> Side | None:
    """The keyword's side, none where it would say nothing, as of the heart."""
    return None if keyword.finding in WITHOUT_SIDE else keyword.side


def _place(regions: tuple[Region, ...], side: Side) -> str:
    of_side = [region for region in regions if region.side is side]
    if len(of_side) == 1 and len(regions) == 1:
        return f"in the {of_side[0]}"
    in_the_lung = bool(regions) and all(
        region.value.endswith(("lung zone", "apical zone", "hilum")) for region in regions
    )
    return f"in the {side} lung" if in_the_lung else f"on the {side}"
