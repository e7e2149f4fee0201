"""What gaze is asked for, in the words that the scanpath predictor was taught.

The predictor learnt where readers look for findings by their names, now and then with a side ("left pleural effusion").
Other words for the same finding it does not know: the gaze that it predicts for "pacemaker" lies where it lies for a
consolidation. So the findings that a query names are put in the place of its words, but for a search through the whole
film, which it learnt as such from readings for pneumothorax. What was typed is what is kept and shown everywhere else.
"""

import re

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.labelling.labeller import label_sentence

NO_FINDING_KNOWN = "The model knows no finding by these words: where a reader would look for them is a guess."

_ASKED_FOR = tuple(
    (re.compile(rf"\b(?:{words})\b"), phrase)
    for words, phrase in (
        ("ptx", "pneumothorax"),
        ("pna", "pneumonia"),
        (r"broken (?:\w+ )?(?:ribs?|bones?|clavicles?)", "fracture"),
        ("cancers?", "mass"),
        ("(?:costophrenic|cp) (?:angles?|sulcus|sulci)", "pleural effusion"),
        ("ett|ngt|ogt|cvc|cvl|cvp", "catheter"),
        (str(Finding.PLEURAL_OTHER).lower(), "pleural thickening"),
    )
)
"""What readers type and reports do not say, which the labeller of reports so does not know."""


_WHOLE_FILM = re.compile(r"\bwhole film\b", re.IGNORECASE)


def is_general(query: str | None) -> bool:
    """Whether nothing in particular is asked for: a general reading."""
    return not (query or "").strip()


def in_the_models_words(query: str | None) -> str | None:
    """The names of the findings that a query names, each with the side that it names; the query where it names none.

    Findings are joined by "and", for which the predictor looks in the places of each. Nothing stays nothing: a general
    reading.
    """
    if _WHOLE_FILM.search(query or ""):
        return query
    named = _findings_named(query or "")
    return " and ".join(f"{side} {finding}".lower() if side else finding.lower() for finding, side in named) or query


def caution_about(query: str | None) -> str | None:
    """What is to be said of gaze for a query that names no finding; nothing of a general reading."""
    return None if is_general(query) or _findings_named(query or "") else NO_FINDING_KNOWN


def _findings_named(query: str) -> list[tuple[Finding, Side | None]]:
    """Each finding once, in the order of the words, with its side where one is named; denied ones are asked for too."""
    sentence = query.lower()
    for words, phrase in _ASKED_FOR:
        sentence = words.sub(phrase, sentence)
    named: dict[Finding, Side | None] = {}
    for finding, _, side in label_sentence(sentence):
        named.setdefault(finding, side)
    return list(named.items())
