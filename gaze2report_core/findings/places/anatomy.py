"""Anatomical places that chest reports speak of, and the words that they are spoken of by."""

import re

_WORDS = {
    "lungs": r"lungs?|pulmonary",
    "upper lung": r"(?:upper|upper lung) (?:lobes?|zones?|fields?|lungs?)",
    "middle lung": r"(?:middle|mid) (?:lobes?|zones?|fields?|lungs?|lung zones?)|lingula\w*",
    "lower lung": r"(?:lower|lower lung) (?:lobes?|zones?|fields?|lungs?)",
    "apex": r"ap(?:ex|ices|ical)|biapical",
    "base": r"bas(?:e|es|al|ilar)|bibasilar|bibasal",
    "hilum": r"(?:peri)?hil(?:um|a|ar)",
    "pleura": r"pleura\w*",
    "costophrenic angle": r"costophrenic \w+",
    "diaphragm": r"(?:hemi)?diaphragm\w*",
    "heart": r"hearts?|cardi(?:ac|omegaly)|cardio\w+",
    "mediastinum": r"\w*mediastin\w+",
    "aorta": r"aort\w+",
    "trachea": r"trache\w+",
    "vessels": r"vascula\w+|vessels?",
    "spine": r"spin(?:e|al)|vertebra\w*|paraspinal",
    "ribs": r"ribs?",
    "clavicle": r"clavic\w+",
    "bones": r"bon(?:e|es|y)|osseous|skeletal",
    "soft tissues": r"soft tissues?",
}
"""Anatomical words of chest reports, under one name for all forms of a word."""

_PATTERNS = {place: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for place, words in _WORDS.items()}


def places_in(text: str) -> frozenset[str]:
    """The places that a text speaks of, by those names."""
    return frozenset(place for place, words in _PATTERNS.items() if words.search(text))
