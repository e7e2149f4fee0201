"""Which words differ between two drafts."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Run:
    """A run of words, with the white space that follows it, that both drafts have or that only this one has."""

    text: str
    differs: bool

    def to_dict(self) -> dict[str, str | bool]:
        return {"text": self.text, "differs": self.differs}


def plain(text: str) -> list[Run]:
    """A draft with nothing marked, as it is shown while it is written."""
    return [Run(text, differs=False)] if text else []


def differing_runs(one: str, other: str) -> tuple[list[Run], list[Run]]:
    """Both texts cut where they begin or cease to differ, word by word; joined again the runs are the texts unchanged.

    Case and punctuation count: "No effusion." and "no effusion" differ to a reader who compares.
    """
    words, other_words = _words(one), _words(other)
    matcher = SequenceMatcher(None, [word.strip() for word in words], [word.strip() for word in other_words], False)
    runs: list[Run] = []
    other_runs: list[Run] = []
    for operation, begin, end, other_begin, other_end in matcher.get_opcodes():
        differs = operation != "equal"
        runs += _run(words[begin:end], differs)
        other_runs += _run(other_words[other_begin:other_end], differs)
    return runs, other_runs


def _words(text: str) -> list[str]:
    return re.findall(r"^\s+|\S+\s*", text)


def _run(words: list[str], differs: bool) -> list[Run]:
    """The white space after the last differing word belongs to neither text's difference."""
    text = "".join(words)
    if not differs or not text:
        return [Run(text, differs)] if text else []
    body = text.rstrip()
    runs = [Run(body, differs=True)] if body else []
    return [*runs, Run(text[len(body) :], differs=False)] if len(body) < len(text) else runs
