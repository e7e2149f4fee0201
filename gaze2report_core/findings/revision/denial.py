"""What a sentence speaks against: findings that it denies by name, and those that are not there where all is well.

`The costophrenic angles are sharp` names no effusion, and no reader writes it beside one. One notion of this serves all
that hold a text against findings: reports that are revised, the keyword mode, the stock of sentences, and the lines
that say where text and classifier disagree.

After the tree of labels an airspace that is not filled holds no pneumonia either. The other branches deny less than
they seem to: beside a nodule or a plate of atelectasis many a report says that there is no airspace disease, and beside
a large heart that the mediastinum is normal.
"""

import re

from gaze2report_core.findings.labelling.labeller import Mention, label_sentence, pieces
from gaze2report_core.findings.vocabulary import IN_THE_LUNGS, NARROWER, OF_THE_PLEURA, Finding

_FILLS_AIRSPACES = frozenset((Finding.CONSOLIDATION, Finding.PNEUMONIA))
_OF_THE_HEART = frozenset((Finding.ENLARGED_CARDIOMEDIASTINUM, Finding.CARDIOMEGALY))

_WELL = r"(?:normal|unremarkable|clear|intact|preserved|sharp)\b"
_UP_TO_THREE_WORDS = r"(?:[\w/-]+ ){0,3}?"
_BONE = r"(?:bon(?:e|es|y)|osseous|skelet\w+|ribs?)"

_CHEST_IS_WELL = (
    r"(?:normal|negative|unremarkable|clear) (?:chest(?! wall)|radiographs?|x-?rays?|examination|study)",
    rf"chest(?! wall) {_UP_TO_THREE_WORDS}(?:negative|{_WELL})",
)
_NOTHING_ACUTE = (
    rf"(?:no|without) {_UP_TO_THREE_WORDS}(?:acute|active) (?!{_BONE}|fracture|displaced){_UP_TO_THREE_WORDS}"
    r"(?:disease|process|abnormal|finding|patholog|change)",
)
_LUNGS_ARE_WELL = (
    r"(?<!remaining )(?<!remainder of the )lungs?\b(?:(?!otherwise)[^.])*\bclear\b(?! of)",
    r"clear lungs?\b",
    rf"lungs? {_UP_TO_THREE_WORDS}(?:is|are|appears?) (?:\w+ ){{0,2}}?(?:normal|unremarkable)\b(?! in)",
)
_PLEURA_IS_WELL = (
    rf"pleura(?:l (?:spaces?|surfaces?|margins?|recesses))? {_UP_TO_THREE_WORDS}{_WELL}",
    rf"no {_UP_TO_THREE_WORDS}pleural (?:abnormal|disease|patholog)",
)
_VESSELS = r"(?:vascula(?:rity|ture|r markings)|vessels)"

_ALL_IS_WELL: dict[frozenset[Finding], tuple[str, ...]] = {
    frozenset(Finding) - {Finding.NO_FINDING, Finding.SUPPORT_DEVICES}: _CHEST_IS_WELL,
    IN_THE_LUNGS | {Finding.PNEUMOTHORAX, Finding.PLEURAL_EFFUSION}: _NOTHING_ACUTE,
    IN_THE_LUNGS: _LUNGS_ARE_WELL,
    OF_THE_PLEURA: _PLEURA_IS_WELL,
    frozenset({Finding.PLEURAL_EFFUSION}): (
        rf"costophrenic {_UP_TO_THREE_WORDS}{_WELL}",
        r"(?:sharp|clear) costophrenic",
        r"no (?:\w+ )?blunting",
    ),
    frozenset({Finding.EDEMA}): (
        rf"{_VESSELS}\b[^.]*\b(?:normal|unremarkable)\b",
        rf"(?:normal|unremarkable) (?:(?:heart|cardiac|size|and|the|pulmonary) ){{0,4}}{_VESSELS}",
    ),
    _OF_THE_HEART: (
        r"cardio[ -]?mediastin\w* (?:(?!enlarg|promin|widen)[\w/-]+ ){0,6}?"
        r"(?:normal|unremarkable|not (?:\w+ )?enlarged)",
        r"(?:normal|unremarkable) (?:\w+ )?cardio[ -]?mediastin",
    ),
    frozenset({Finding.FRACTURE}): (
        rf"{_BONE} {_UP_TO_THREE_WORDS}{_WELL}",
        rf"{_WELL} (?:\w+ )?{_BONE}",
        rf"(?:no|without) {_UP_TO_THREE_WORDS}{_BONE} {_UP_TO_THREE_WORDS}(?:abnormal|injur|finding|patholog|process)",
    ),
}
"""Findings that are not there where the chest, or their part of it, is called well."""

_NOT_WELL = re.compile(rf"\bnot (?:(?:an?|quite|within|\w+ly) )*(?:negative\b|{_WELL})", re.IGNORECASE)
"""`The lungs are not clear` speaks against nothing."""

_PATTERNS = tuple(
    (findings, re.compile(rf"\b(?:{'|'.join(phrases)})", re.IGNORECASE)) for findings, phrases in _ALL_IS_WELL.items()
)


def denied_by_name(sentence: str) -> frozenset[Finding]:
    """The findings that the labeller reads as denied."""
    return frozenset(finding for finding, mention, _ in label_sentence(sentence) if mention is Mention.NEGATIVE)


def denied(sentence: str) -> frozenset[Finding]:
    """All findings that a sentence speaks against, named or not."""
    named = denied_by_name(sentence)
    narrower = {narrow for broad in named for narrow in NARROWER.get(broad, frozenset()) & _FILLS_AIRSPACES}
    parts = [_NOT_WELL.sub("~", piece) for piece in pieces(sentence)]
    return named.union(narrower, *(findings for findings, words in _PATTERNS if any(map(words.search, parts))))
