"""The corrections that readers exported from the page, as a training takes them.

Their schema is the page's, which the library does not know. Only what is learnt from is read and checked here, in all
versions that the page has written; a line may hold more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.findings.vocabulary import may_have_side
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.studies import is_held_out
from gaze2report_core.training.run.needed import TrainingRefused

KNOWN_VERSIONS = (1, 2, 3, 4, 5)
"""Of the schema. Since 2 a line has `findings`, since 3 a `kind`; before that every line is a correction. Since 5 a
finding has the `verdict_side`, and a report may have started from no draft."""

CORRECTION, VERDICTS = "correction", "verdicts"
GAZE_ON, GAZE_OFF, EMPTY = "gaze_on", "gaze_off", "empty"
CONFIRMED, REJECTED, UNDECIDED = "confirmed", "rejected", "undecided"

HELD_OUT_IN = 5
"""One film in so many is held out, more than of a large collection: there are few corrections to choose an epoch by."""

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Correction:
    """A report that a reader signed off, and what the model knew of the study when it wrote the draft.

    Attributes
    ----------
    frontal, lateral
        The films' content hashes.
    gaze
        What the draft was written with from which the edit started; nothing for the draft without gaze. A report that
        was begun empty is as true of the film as any, and is learnt with gaze, as reports are mostly asked for.
    verdicts
        What the reader confirmed (true) or rejected (false) in the end: the report that was signed off agrees with it.
    sides
        On which side they see what they confirmed, where they said another one than the classifier's.
    submitted_at
        When the report was signed off.
    """

    study: str
    frontal: str
    lateral: str | None
    gaze: Scanpath | None
    verdicts: Mapping[Finding, bool]
    text: str = field(repr=False)
    submitted_at: datetime
    sides: Mapping[Finding, Laterality] = field(default_factory=dict)

    @property
    def films(self) -> frozenset[str]:
        """The content hashes of the films that there are."""
        return frozenset(filter(None, (self.frontal, self.lateral)))

    @property
    def held_out(self) -> bool:
        """Whether this correction is kept from training, to choose by.

        It goes by the film and not by the study: one film, opened twice, is two studies and must not be on both sides.
        """
        return is_held_out(self.frontal, HELD_OUT_IN)


@dataclass(frozen=True)
class Export:
    """The last correction of each study, and how many lines were passed over beside it.

    `superseded` are reports of studies that were signed off again later.
    """

    corrections: tuple[Correction, ...]
    superseded: int
    verdicts_alone: int


class _Unlike(ValueError):
    """How a line differs from what the page writes; goes on from "Line 3 of the corrections"."""


def read_export(corrections: Path) -> Export:
    """Read a file that the page exported, or several of them one behind the other, which may hold the same lines.

    A report that was signed off again, from other drafts of the same study, is another line; the latest one counts.

    Raises
    ------
    TrainingRefused
        With the number of the first line that is none of the page's, and nothing that stands in it.
    """
    found: dict[str, Correction | None] = {}
    for number, line in enumerate(_text_of(corrections).split("\n"), start=1):
        if line.strip() and line not in found:
            try:
                found[line] = _correction_in(line)
            except _Unlike as unlike:
                raise TrainingRefused(f"Line {number} of the corrections {unlike}.") from None
    signed_off = sorted(filter(None, found.values()), key=lambda one: one.submitted_at)
    latest = {one.study: one for one in signed_off}
    return Export(tuple(latest.values()), len(signed_off) - len(latest), len(found) - len(signed_off))


def _text_of(corrections: Path) -> str:
    try:
        return corrections.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise TrainingRefused("There is no file of corrections at the given path.") from None
    except (OSError, UnicodeDecodeError):
        raise TrainingRefused("The corrections cannot be read as a file of UTF-8 text.") from None


def _correction_in(line: str) -> Correction | None:
    """The correction that a line holds, or nothing where it holds verdicts alone."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        raise _Unlike("is no JSON: each line is one object, as the page exports it") from None
    if not isinstance(values, dict):
        raise _Unlike("is no JSON object: each line is one, as the page exports it")
    version = _entry(values, "schema_version", int)
    if version not in KNOWN_VERSIONS:
        raise _Unlike(
            f"is of a schema_version that this program does not know: it reads {KNOWN_VERSIONS[0]} to "
            f"{KNOWN_VERSIONS[-1]}"
        )
    if version >= 3 and _one_of(values, "kind", (CORRECTION, VERDICTS)) == VERDICTS:
        return None
    film = _entry(values, "film", dict)
    findings = _entry(values, "findings", dict) if version >= 2 else {}
    return Correction(
        study=_entry(values, "study", str),
        frontal=_entry(film, "frontal", str),
        lateral=None if film.get("lateral") is None else _entry(film, "lateral", str),
        gaze=None if _one_of(values, "started_from", (GAZE_ON, GAZE_OFF, EMPTY)) == GAZE_OFF else _scanpath(values),
        verdicts=_verdicts(findings),
        sides=_sides(findings),
        text=" ".join(_entry(values, "corrected", str).split()),  # the model writes no line breaks
        submitted_at=_moment(_entry(values, "submitted_at", str)),
    )


def _moment(submitted_at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(submitted_at)
    except ValueError:
        raise _Unlike("has a `submitted_at` that is no time") from None
    if moment.tzinfo is None:
        raise _Unlike("has a `submitted_at` without its time zone")
    return moment


def _scanpath(values: Mapping[str, Any]) -> Scanpath:
    fixations = _entry(values, "scanpath", list)
    source = GazeSource(_one_of(values, "gaze_source", tuple(GazeSource)))
    try:
        return Scanpath.from_fixations(fixations, source)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _Unlike("has a `scanpath` that is none: a fixation needs x and y in 0..1 and a duration") from None


def _verdicts(findings: Mapping[str, Any]) -> dict[Finding, bool]:
    if not all(name in tuple(Finding) and isinstance(judged, dict) for name, judged in findings.items()):
        raise _Unlike("has `findings` that are not those of the page")
    said = {
        Finding(name): _one_of(judged, "verdict", (CONFIRMED, REJECTED, UNDECIDED)) for name, judged in findings.items()
    }
    return {finding: verdict == CONFIRMED for finding, verdict in said.items() if verdict != UNDECIDED}


def _sides(findings: Mapping[str, Any]) -> dict[Finding, Laterality]:
    """Of findings whose verdicts were read: a side is said of one that is confirmed and can have it."""
    said = {Finding(name): judged for name, judged in findings.items() if judged.get("verdict_side") is not None}
    if not all(may_have_side(of, is_confirmed=judged["verdict"] == CONFIRMED) for of, judged in said.items()):
        raise _Unlike("has a `verdict_side` of a finding that is not confirmed or has none")
    return {finding: Laterality(_one_of(judged, "verdict_side", tuple(Laterality))) for finding, judged in said.items()}


def _one_of(values: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = _entry(values, name, str)
    if value not in known:
        raise _Unlike(f"has a `{name}` that is none of {', '.join(known)}")
    return value


def _entry(values: Mapping[str, Any], name: str, kind: type[Entry]) -> Entry:
    value = values.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):  # to Python, true is a whole number
        raise _Unlike(f"has no `{name}` as the page writes it")
    return value
