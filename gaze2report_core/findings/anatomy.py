"""Anatomical places that chest reports speak of, and the words that they are spoken of by."""

import re

_ANATOMY = {
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
ANATOMY = {place: re.compile(rf"\b(?:{words})\b") for place, words in _ANATOMY.items()}
"""Anatomical words of chest reports, under one name for all forms of a word."""
