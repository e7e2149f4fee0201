"""Takes findings out of a sentence that denies several, so that what it rightly denies is still denied.

`There is no pleural effusion, pneumothorax or consolidation` becomes, where an effusion was told, `There is no
pneumothorax or consolidation`.
"""

import re
from collections.abc import Set

from gaze2report_core.findings.labelling.labeller import Mention, label_sentence
from gaze2report_core.findings.revision.denial import denied
from gaze2report_core.findings.vocabulary import Finding
from gaze2report_core.report_text import capitalised

_DENIAL = re.compile(
    r"\b(?:no|without|negative for|free of|clear of)\b"
    r"(?: (?:\w+ )?(?:evidence|signs?|findings) (?:of|for|to suggest)(?: an?)?)?",
    re.IGNORECASE,
)
_BETWEEN_ITEMS = re.compile(r"(,? (?:or|and|nor) |, )")
_END = re.compile(
    r"(?: (?:is|are|was|were))?(?: (?:seen|identified|noted|present|evident|demonstrated|visuali[sz]ed|detected"
    r"|appreciated))?\W*$",
    re.IGNORECASE,
)
_ANOTHER_CLAUSE = re.compile(r"\b(?:is|are|has|have|appears?|remains?|the|there|with)\b", re.IGNORECASE)
_PLURAL = re.compile(r"(?<![ius])s\b|thoraces\b", re.IGNORECASE)
_JOINT = re.compile(r"(?:[\s,;]|\b(?:and|with|but)\b)+$", re.IGNORECASE)
_UNFINISHED = re.compile(r"\W*\w*\W*|.*\b(?:is|are)", re.IGNORECASE | re.DOTALL)


def without_denials_of(findings: Set[Finding], sentence: str) -> str | None:
    """The sentence without those items of its denials that speak against the findings.

    Nothing where it says nothing else, where it is no list, or where it speaks against them by other words too.
    """
    for denial in _DENIAL.finditer(sentence):
        shorter = _shortened(sentence, denial, findings)
        if shorter and not denied(shorter) & findings:
            return shorter
    return None


def _shortened(sentence: str, denial: re.Match[str], findings: Set[Finding]) -> str | None:
    """The sentence without these items of one denial, if all else that it says stays."""
    listed = _END.sub("", sentence[denial.end() :])
    end = sentence[denial.end() + len(listed) :]
    parts = _BETWEEN_ITEMS.split(listed.strip())
    denied_by = {item: denied(f"no {item}") for item in parts[::2]}
    if any(_ANOTHER_CLAUSE.search(item) for item in denied_by):
        return None
    kept = [item for item, against in denied_by.items() if not against & findings]
    if kept:
        begin = sentence[: denial.start() if _DENIAL.match(kept[0]) else denial.end()]
        shorter = _with_items(begin, kept, parts[-2] if len(kept) > 1 else "", end)
    else:
        shorter = _said_before(sentence[: denial.start()])
    taken_out = {
        (finding, Mention.NEGATIVE) for against in denied_by.values() if against & findings for finding in against
    }
    before, after = _said(sentence), _said(shorter)
    return shorter if after <= before <= after | taken_out else None


def _said_before(begin: str) -> str:
    """What a sentence says before its denial, as a sentence, or nothing where it only leads up to it."""
    rest = _JOINT.sub("", begin)
    return "" if _UNFINISHED.fullmatch(rest) else f"{rest}."


def _with_items(begin: str, items: list[str], last_separator: str, end: str) -> str:
    if len(items) == 2:
        last_separator = last_separator.replace(", ", " ") if last_separator != ", " else last_separator
    elif len(items) == 1 and not _PLURAL.search(items[0]):
        begin, end = re.sub(r"\bare no$", "is no", begin), re.sub(r"\bare\b", "is", end)
    listed = f"{', '.join(items[:-1])}{last_separator}{items[-1]}"
    return capitalised(f"{begin.strip()} {listed}{end}".strip())


def _said(sentence: str) -> set[tuple[Finding, Mention]]:
    return {(finding, mention) for finding, mention, _ in label_sentence(sentence)}
