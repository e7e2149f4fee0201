"""What the records refuse, each with a sentence for the reader and fields for the page."""

import difflib
import re
from dataclasses import dataclass

from app.records.reasons import StartedFrom


class UnknownRecord(LookupError):
    """No such case, draft or correction among this reader's own."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what} among your own. Please open the film again.")


class AlreadySignedOff(LookupError):
    """There is nothing left to go on with in this study."""

    def __init__(self) -> None:
        super().__init__("A report of this film was signed off meanwhile. You find it among your corrections.")


class TextTooLong(ValueError):
    def __init__(self, limit: int) -> None:
        super().__init__(f"This text is longer than {limit:,} characters, the most that is kept. Please shorten it.")


@dataclass(frozen=True)
class Change:
    """A run of words that differs: `before` in the text the edit was based on, `after` in what is stored now."""

    before: str
    after: str

    def __str__(self) -> str:
        if not self.before:
            return f"“{_shortened(self.after)}” was added"
        if not self.after:
            return f"“{_shortened(self.before)}” was removed"
        return f"“{_shortened(self.before)}” became “{_shortened(self.after)}”"


def changes_between(before: str, after: str, most_words: int = 5000) -> list[Change]:
    """The runs of words that differ, in reading order. Beyond `most_words` the differing middle is one change."""
    old, new = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    if len(old) + len(new) > most_words:
        return _changed_middle(old, new)
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [
        Change("".join(old[i:j]).strip(), "".join(new[k:end]).strip()) for tag, i, j, k, end in blocks if tag != "equal"
    ]


@dataclass(frozen=True)
class NewerText:
    """The text that stands in the records: its revision, the draft it began with, and whether it was signed off."""

    revision: int
    text: str
    started_from: StartedFrom
    submitted: bool


class StaleEdit(ValueError):
    """The text was changed, in another window or by another save, after this edit began. Nothing was overwritten."""

    def __init__(self, *, base_text: str, newer: NewerText) -> None:
        self.newer = newer
        changes = changes_between(base_text, newer.text)
        told = "; ".join(map(str, changes[:3])) or "only white space"
        more = f"; and {len(changes) - 3} more" if len(changes) > 3 else ""
        super().__init__(
            f"This report was changed {'and submitted ' if newer.submitted else ''}elsewhere since you began (now "
            f"revision {newer.revision}): {told}{more}. Your text was not saved over it."
        )


def _changed_middle(old: list[str], new: list[str]) -> list[Change]:
    shortest = min(len(old), len(new))
    start = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    end = next((i for i in range(shortest - start) if old[-1 - i] != new[-1 - i]), shortest - start)
    before, after = "".join(old[start : len(old) - end]).strip(), "".join(new[start : len(new) - end]).strip()
    return [Change(before, after)] if before or after else []


def _shortened(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
