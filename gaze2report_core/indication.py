"""Why a study was asked for, in the words of who asked: the indication that a radiologist reads before the film."""

import re

LONGEST = 300
"""Characters that are read of an indication; those of IU X-Ray are shorter but for a few."""

_AGE = re.compile(r"\b\d{1,3}(?=[\s-]*(?:years?|yrs?|y\.?\s?o\b|y/o\b))", re.IGNORECASE)
_HIDDEN = "XXXX"


def plain_indication(text: str) -> str:
    """One line as the training collection has it, where ages are hidden behind `XXXX`; empty where nothing is said."""
    return _AGE.sub(_HIDDEN, " ".join(text.split()))[:LONGEST].strip()


def indication_prompt(indication: str) -> str:
    """What Gaze2Report is told of an indication, such as `indication: chest pain`; empty for an empty one."""
    said = plain_indication(indication).rstrip(".,;: ")
    return f"indication: {said}" if said else ""
