"""The file of generated reports: one JSON object a line, with `uid` and either `report` or `error`.

A line may also have `findings_prompt`, the list of findings that the model was told of before it wrote, and
`sides_told`, the sides that it was told of each; `gaze` is `on` where it was written with gaze.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaze2report_core.findings.revision.laterality import Told
from gaze2report_core.findings.vocabulary import Finding, Side


class GenerationsRefused(ValueError):
    """A generations file cannot be used; the message names the line and what is wrong with it."""


@dataclass(frozen=True)
class Generation:
    uid: str
    report: str | None  # None where the study ended in an error
    error: str | None = None
    findings_prompt: frozenset[Finding] | None = None  # None where the model was told of none
    sides_told: Told | None = None  # None where the file does not say
    with_gaze: bool = False  # where the file says so

    @property
    def text(self) -> str:
        """The text to score: an error counts as an empty report."""
        return self.report or ""


def read_generations(path: Path | str) -> dict[str, Generation]:
    """Generations by uid, in the file's order.

    A report takes the place of an earlier error line for the same uid, as a resumed run leaves it. Raises
    GenerationsRefused for a missing file, a broken line or two reports for one study.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise GenerationsRefused("There is no file of generated reports at the given path.") from None
    except (OSError, UnicodeDecodeError):
        raise GenerationsRefused("The file of generated reports cannot be read as UTF-8 text.") from None

    generations: dict[str, Generation] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        generation = _parse(line, number)
        earlier = generations.get(generation.uid)
        if earlier is not None and earlier.error is None:
            raise GenerationsRefused(
                f"Line {number} of the generated reports is a second line for its study: keep one of them."
            )
        generations[generation.uid] = generation
    return generations


def _parse(line: str, number: int) -> Generation:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):  # also numbers of too many digits, and lists in lists without end
        raise GenerationsRefused(
            f"Line {number} of the generated reports is not JSON: it may have been cut off; "
            "remove it or run generate again to resume."
        ) from None
    if not isinstance(record, dict):
        raise GenerationsRefused(f"Line {number} of the generated reports is not a JSON object.")

    uid, report, error = record.get("uid"), record.get("report"), record.get("error")
    if isinstance(uid, int) and not isinstance(uid, bool):
        uid = str(uid)
    if not isinstance(uid, str) or not uid.strip():
        raise GenerationsRefused(f"Line {number} of the generated reports has no `uid`.")
    if error is not None:
        return Generation(uid.strip(), report=None, error=str(error))
    if not isinstance(report, str):
        raise GenerationsRefused(f"Line {number} of the generated reports has neither a `report` text nor an `error`.")
    if not _is_text(report):
        raise GenerationsRefused(
            f"Line {number} of the generated reports has a `report` that no file can hold as text."
        )
    return Generation(
        uid.strip(),
        report,
        findings_prompt=_findings_prompt(record, number),
        sides_told=_sides_told(record, number),
        with_gaze=record.get("gaze") == "on",
    )


def _is_text(report: str) -> bool:
    """Whether no half of a character is in it: JSON can escape what UTF-16 makes characters from in pairs."""
    try:
        report.encode()
    except UnicodeEncodeError:
        return False
    return True


def _findings_prompt(record: dict[str, Any], number: int) -> frozenset[Finding] | None:
    names = record.get("findings_prompt")
    if names is None:
        return None
    if not isinstance(names, list) or not all(name in list(Finding) for name in names):
        raise GenerationsRefused(
            f"Line {number} of the generated reports has a `findings_prompt` that is not a list of the 14 findings."
        )
    return frozenset(Finding(name) for name in names)


def _sides_told(record: dict[str, Any], number: int) -> Told | None:
    told = record.get("sides_told")
    if told is None:
        return None
    try:
        return {Finding(name): frozenset(Side(side) for side in sides) for name, sides in told.items()}
    except (AttributeError, TypeError, ValueError):
        raise GenerationsRefused(
            f"Line {number} of the generated reports has `sides_told` that do not name left or right for findings."
        ) from None
