"""Sentences of real reports: how a report is cut into them, and which 200 of them were drawn to be labelled by hand.

No sentence of the collection is kept here: the draw is repeated from the collection itself, by the same seed.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

COLUMNS = ("findings", "impression")
SEED = 4
AT_RANDOM, OF_SUBSTANCE = 80, 120

_END = re.compile(r"(?<=[\w)%][\w)%.][.!?])\s+|(?<=[a-z][.!?])(?=[A-Z])")
"""A full stop behind two characters of a word, so that the number of an enumeration stays with its sentence."""

_NORMAL_FROM_THE_FIRST_WORD = re.compile(
    r"(?:\d\. *)?(?:no |there (?:is|are) no |(?:the )?lungs are (?:\w+ )?clear|negative |normal |bon(?:es|y) "
    r"|(?:the )?heart (?:size )?(?:is )?(?:with|normal)|(?:the )?cardio ?mediastinal)",
    re.IGNORECASE,
)
_OF_SUBSTANCE = re.compile(
    # Diseases that the 14 labels know, and their signs.
    r"opaci|densit|infiltrat|consolid|air ?space|interstiti|scar|fibro|thicken|blunt|effusion|pneumo|atelect|collaps"
    r"|edema|congest|failure|cardiomeg|enlarg|promin|widen|mass|nod|lesion|neoplas|cancer|fractur|deform|infect|bronch"
    r"|elevat|markings|cavit"
    # Devices.
    r"|cathet|line\b|tube|lead|pacem|port\b|picc|clip|wire|sternotom|valve|hardware|screw|device|stent|plate"
    # Doubt and change.
    r"|may |might|could|possib|probabl|suspic|suggest|question|cannot|likely|consider|versus|borderline|represent"
    r"|concern|unchanged|stable|resol|remov|increas|decreas|persist",
    re.IGNORECASE,
)


class Place(NamedTuple):
    """Where a sentence stands: the study, the column of its text and the sentence's number there, from 0."""

    uid: str
    column: str
    number: int


def sentences_of(text: str) -> list[str]:
    """The text cut behind each full stop, question mark or exclamation mark that ends a word."""
    return [sentence.strip() for sentence in _END.split(text) if sentence.strip()]


def short_hash(sentence: str) -> str:
    """Twelve digits by which a sentence can be known without its words being kept."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:12]


def drawn(rows: Iterable[Mapping[str, str]]) -> dict[Place, str]:
    """The sentences that were drawn from these studies, in the order of the draw, each text once.

    Most sentences of reports are normal ones. So only a part is drawn from all of them, the rest from those that do not
    begin as a normal one and hold a word of disease, of a device, of doubt or of change.
    """
    once: dict[str, Place] = {}
    for row in rows:
        for column in COLUMNS:
            for number, sentence in enumerate(sentences_of(row[column])):
                if any(map(str.isalpha, sentence)):
                    once.setdefault(sentence, Place(row["uid"], column, number))
    shuffled = sorted(once, key=_lot)
    at_random, rest = shuffled[:AT_RANDOM], shuffled[AT_RANDOM:]
    of_substance = [text for text in rest if _OF_SUBSTANCE.search(text) and not _NORMAL_FROM_THE_FIRST_WORD.match(text)]
    texts = sorted(at_random + of_substance[:OF_SUBSTANCE], key=short_hash)
    return {once[text]: text for text in texts}


def _lot(sentence: str) -> str:
    """What decides the draw: the same on every machine and in every version of Python."""
    return hashlib.sha256(f"{SEED} {sentence}".encode()).hexdigest()
