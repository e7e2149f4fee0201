"""The studies that training and evaluation read: a CSV as IU X-Ray's, one line a study."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

HELD_OUT_SHARE = 10
"""One study in ten of the training splits is held out, to choose epochs and settings by; val stays unseen."""


@dataclass(frozen=True)
class Study:
    """One examination: its films and, for training, its text and the annotators' labels."""

    uid: str
    split: str
    frontal: str | None
    lateral: str | None
    report: str
    findings: str
    impression: str
    mesh: tuple[str, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """The annotators' labels without their qualifiers, such as `Pleural Effusion` of `Pleural Effusion/left`."""
        return tuple(dict.fromkeys(label.split("/")[0].strip() for label in self.mesh))

    @property
    def films(self) -> tuple[str, ...]:
        """The file names of the films that are used: at most one of each view."""
        return tuple(name for name in (self.frontal, self.lateral) if name)

    @property
    def held_out(self) -> bool:
        """Whether this study of a training split is kept from training, to choose by. The same on every machine."""
        return int(hashlib.sha256(self.uid.encode()).hexdigest(), 16) % HELD_OUT_SHARE == 0


def read_studies(csv_path: Path, splits: tuple[str, ...] | None = None) -> list[Study]:
    """Read the studies of some splits (all without `splits`); columns that are absent count as empty."""
    with csv_path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    studies = [_study(row) for row in rows]
    return [study for study in studies if splits is None or study.split in splits]


def _study(row: dict[str, str | None]) -> Study:
    def text(column: str) -> str:
        return (row.get(column) or "").strip()

    return Study(
        uid=text("uid"),
        split=text("split"),
        frontal=text("frontal").split("|")[0] or None,
        lateral=text("lateral").split("|")[0] or None,
        report=text("report"),
        findings=text("findings"),
        impression=text("impression"),
        mesh=tuple(label for label in text("mesh").split(";") if label),
    )
