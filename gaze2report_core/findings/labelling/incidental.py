"""Incidental findings: what reports mention most often beside the 14 labels, in texts and in hand-given labels.

A language model mentions them by habit, since many reports do. So a probe of its own says how likely each is on the
films (`findings.incidental_probe`), and reports follow that.
"""

import re
from collections.abc import Iterable, Set
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.labelling.assertion import Assertions, Mention
from gaze2report_core.report_text import sentences


class IncidentalFinding(StrEnum):
    """What the labels of CheXpert leave out and open collections have hundreds of studies of."""

    DEGENERATIVE_SPINE = "Degenerative Spine"
    TORTUOUS_AORTA = "Tortuous Aorta"
    HYPERINFLATION = "Hyperinflated Lungs"


INCIDENTAL_FINDINGS = tuple(IncidentalFinding)
"""All of them, in the order that they have wherever they are K columns."""

NAMES = {
    IncidentalFinding.DEGENERATIVE_SPINE: re.compile(r"degenerat|spondylo|osteophyt"),
    IncidentalFinding.TORTUOUS_AORTA: re.compile(r"tortuo|\becta(?:sia|tic)|(?:unfold|uncoil|elongat)(?:ed|ing)"),
    IncidentalFinding.HYPERINFLATION: re.compile(
        r"hyper-?(?:inflat|expan|aerat|disten|lucen)|(?<!subcutaneous )emphysem|\bcopd\b|obstructive pulmonary"
    ),
}
"""What names each, in lower case: no atelectatic lung is an ectatic aorta, and no air below the skin is in a lung."""

_SPEAKS_AGAINST = {
    IncidentalFinding.DEGENERATIVE_SPINE: re.compile(
        r"(?:osseous|bony|skelet\w*|bones|spine|vertebra\w*)\b.*\b(?:normal|unremarkable)"
    ),
    IncidentalFinding.TORTUOUS_AORTA: re.compile(r"\baort(?:a|ic)\b.*\b(?:normal|unremarkable)|\bnormal (?:\w+ )?aort"),
    IncidentalFinding.HYPERINFLATION: re.compile(
        r"\b(?:(?:normal(?:ly)?|well|hypo|poorly)[- ]?(?:inflat|expan|aerat)|(?:normal|low) lung volume)"
    ),
}
"""What a report would not say beside it."""

_MESH = {
    IncidentalFinding.DEGENERATIVE_SPINE: re.compile(
        r"(?:spine|vertebrae|bones?)\b.*/degenerative|osteophyte(?!.*(?:shoulder|humerus))|spondylosis"
    ),
    IncidentalFinding.TORTUOUS_AORTA: re.compile(r"aorta.*/(?:tortuous|ectasia|dilatation)"),
    IncidentalFinding.HYPERINFLATION: re.compile(
        r"lung/.*hyperdistention|lung, hyperlucent|^(?:pulmonary )?emphysema|pulmonary disease, chronic obstructive"
    ),
}


SENTENCES = {
    IncidentalFinding.DEGENERATIVE_SPINE: "There are degenerative changes of the spine.",
    IncidentalFinding.TORTUOUS_AORTA: "The thoracic aorta is tortuous.",
    IncidentalFinding.HYPERINFLATION: "The lungs are hyperexpanded.",
}
"""How a report mentions each where the language model does not, in words that reports use most."""


def incidental_in_text(text: str) -> frozenset[IncidentalFinding]:
    """What a text mentions and does not deny; what it only doubts is mentioned too."""
    return frozenset(
        finding
        for sentence in sentences(text)
        for finding, mention in incidental_mentions(sentence)
        if mention is not Mention.NEGATIVE
    )


def incidental_of_mesh(labels: Iterable[str]) -> frozenset[IncidentalFinding]:
    """What annotators named, by labels of IU X-Ray such as `Aorta/tortuous/mild`."""
    lower = [label.lower() for label in labels]
    return frozenset(finding for finding, name in _MESH.items() if any(name.search(label) for label in lower))


def columns_of_incidental(studies: Iterable[Set[IncidentalFinding]]) -> NDArray[np.bool_]:
    """Which incidental findings each of S studies has, `(S, K)`."""
    return np.array([[finding in study for finding in INCIDENTAL_FINDINGS] for study in studies])


def speaks_against(sentence: str, told: Set[IncidentalFinding]) -> bool:
    """Whether a sentence denies any of what was told, or calls normal what would not be."""
    lower = sentence.lower()
    mentioned = dict(incidental_mentions(sentence))
    return any(
        mentioned[finding] is Mention.NEGATIVE if finding in mentioned else _SPEAKS_AGAINST[finding].search(lower)
        for finding in told
    )


def incidental_mentions(sentence: str) -> list[tuple[IncidentalFinding, Mention]]:
    """Each incidental finding that a sentence names, as it is said where it is named first."""
    lower = sentence.lower()
    named = [(finding, name.search(lower)) for finding, name in NAMES.items()]
    assertions = Assertions(lower)
    return [(finding, assertions.of(match.start())) for finding, match in named if match is not None]
