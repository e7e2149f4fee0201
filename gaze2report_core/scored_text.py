"""Report text as the literature on IU X-Ray scores it, and what figures of it are made with."""

import re

METEOR_ALPHA, METEOR_BETA, METEOR_GAMMA = 0.85, 0.2, 0.6
"""METEOR's parameters for English, as METEOR 1.5 has them (Denkowski and Lavie 2014)."""

_SENTENCE_SIGNS = re.compile(r"""[.,?;*!%^&_+():\-\[\]{}"/\\']""")


def clean_report(text: str) -> str:
    """Text in R2Gen's form for IU X-Ray: lower case, without enumeration and signs, sentences joined by ``" . "``.

    After ``clean_report_iu_xray`` in R2Gen (Chen et al., EMNLP 2020). The hyphen goes too, although R2Gen's own
    pattern keeps it by reading ``:-[`` as a range: the figures that this project compares with were measured so.
    White space, line breaks included, becomes single spaces, as R2Gen's split into tokens makes it.
    """
    for _ in range(3):
        text = text.replace("..", ".")
    text = text.replace("1. ", "")
    for number in "2345":
        text = text.replace(f". {number}. ", ". ")
    for number in "2345":
        text = text.replace(f" {number}. ", ". ")
    sentences = [_SENTENCE_SIGNS.sub("", sentence) for sentence in text.strip().lower().split(". ")]
    return " ".join((" . ".join(sentences) + " .").split())


def clean_candidate(text: str) -> str:
    """A cleaned candidate; a blank one stays empty, for cleaning would give it a full stop, which earns a match."""
    return clean_report(text) if text.strip() else ""
