"""Whether a sentence places a finding more closely than on a side, and the sentence without the closer place.

A prompt names a side at most. That a pneumonia is in the lower lobe and an atelectasis basilar is what a language model
has most often read, and nothing that anybody saw on this film.
"""

import re

from gaze2report_core.findings.labelling.labeller import Mention, label_sentence
from gaze2report_core.findings.labelling.sides import sides_in
from gaze2report_core.findings.vocabulary import IN_THE_LUNGS, OF_THE_PLEURA
from gaze2report_core.report_text import capitalised

_PLACE = re.compile(
    r"lingul|\b(?:upper|middle|mid|lower)\b|lobes?\b|\b(?:peri)?hil(?:ar|um)\b|\b(?:bi)?ap(?:ex|ices|ical)\b"
    r"|\b(?:bi)?bas(?:es?|al|ilar)\b",
    re.IGNORECASE,
)
_LOBE = r"(?:upper|middle|mid|lower)(?: lung)? (?:lobe|zone|lung|field)"
_BY_ITSELF = r"(?= *[.,;]| (?:is|are|and|or|with)\b)"
_WIDENED = tuple(
    (re.compile(words, re.IGNORECASE), instead)
    for words, instead in (
        (r"\bin the (?:\w+ )?aspect of the\b", "in the"),
        (rf"\bthe bilateral (?:{_LOBE}s|bases|apices)\b", "both lungs"),
        (rf"\b(left|right) (?:{_LOBE}{_BY_ITSELF}|(?:lung )?(?:base|apex)\b)", r"\1 lung"),
        (rf"\b(?:{_LOBE}|(?:lung )?(?:base|apex)){_BY_ITSELF}", "lung"),
        (r"\b(?:lung )?(?:bases|apices)\b", "lungs"),
        (r"\b(?:the )?lingula\b", "the left lung"),
        (r"\blingular ", "left "),
        (r"\bbi(?:basilar|basal|apical) ", "bilateral "),
        (rf"\b(?:{_LOBE}|basilar|basal|apical|perihilar) ", ""),
        (r"\bat (?=(?:the )?(?:left |right |both )?lungs?\b)", "in "),
        (r"\ban (?=[b-df-hj-np-tv-z])", "a "),
        (r"\ba (?=[aeio])", "an "),
    )
)
"""Words for a place in a lung, what stays of them, a side or the lung, and what is then mended beside them."""


def names_lobe(sentence: str) -> bool:
    """Whether a sentence names a lobe, a zone, base, apex or hilum of a lung."""
    return _PLACE.search(sentence) is not None


def without_lobes(sentence: str) -> str | None:
    """The sentence with a side at most for what it states in lungs and pleura, which may be as it is.

    Nothing where words alone do not mend it: where it would still name a lobe, or say something else.
    """
    said = label_sentence(sentence)
    in_the_chest = any(
        mention is Mention.POSITIVE and finding in IN_THE_LUNGS | OF_THE_PLEURA for finding, mention, _ in said
    )
    if not in_the_chest or not names_lobe(sentence):
        return sentence
    widened = sentence
    for words, instead in _WIDENED:
        widened = words.sub(instead, widened)
    widened = capitalised(widened)
    as_before = label_sentence(widened) == said and sides_in(widened) == sides_in(sentence)
    return widened if as_before and not names_lobe(widened) else None
