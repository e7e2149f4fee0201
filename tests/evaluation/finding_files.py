"""Findings of forty small studies as `findings` and as `train findings` write them."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.incidental import IncidentalFinding

STUDIES = 40
SICK = range(0, STUDIES, 4)
"""Ten studies have a large heart, by hand and by text; the others have nothing."""


def write_studies(path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ("uid", "split", "report", "mesh", "frontal"))
        writer.writeheader()
        for number in range(STUDIES):
            sick = number in SICK
            writer.writerow(
                {
                    "uid": str(number),
                    "split": "train" if number % 5 else "extra",
                    "report": "The heart is enlarged." if sick else "The heart is normal. The lungs are clear.",
                    "mesh": "Cardiomegaly/mild" if sick else "normal",
                    "frontal": f"{number}.png",
                }
            )
    return path


def line(number: int, *, sure: float, seed: int = 0) -> dict[str, Any]:
    """A classifier that is right about the heart with some noise; the surer, the less."""
    noise = float(np.random.default_rng([seed, number]).normal(0, 1 - sure)) if sure < 1 else 0.0
    heart = float(np.clip((0.8 if number in SICK else 0.2) + noise, 0, 1))
    likely = {finding.value: 0.05 for finding in Finding}
    likely |= {Finding.CARDIOMEGALY.value: heart, Finding.NO_FINDING.value: 1 - heart}
    return {"findings": likely, "present": [name for name, probability in likely.items() if probability >= 0.5]}


def write_lines(path: Path, *, sure: float, has_intervals: bool = False, has_incidental: bool = False) -> Path:
    """With intervals a tenth of the way to 0 and to 1 and with incidental findings, which are likely on every second
    film, or without, as earlier versions wrote it."""
    lines = [{"uid": str(number)} | line(number, sure=sure) for number in range(STUDIES)]
    for one in lines if has_intervals else ():
        one["intervals"] = {name: (0.9 * likely, 0.9 * likely + 0.1) for name, likely in one["findings"].items()}
    for one in lines:
        one["incidental"] = None
        if has_incidental:
            one["incidental"] = {finding.value: 0.5 + int(one["uid"]) % 2 / 4 for finding in IncidentalFinding}
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return path


def write_out_of_fold(path: Path, *, sure: float, attention: Sequence[float] = ()) -> Path:
    """Right with gaze, a guess without; `attention` is the correlation on the first of the sick studies."""
    by_uid: dict[str, dict[str, Any]] = {}
    for number in range(STUDIES):
        by_uid[str(number)] = {
            "with_gaze": [],
            "without_gaze": [],
            "lines": {"with_gaze": line(number, sure=sure), "without_gaze": line(number, sure=0, seed=1)},
        }
    for number, correlation in zip(SICK, attention, strict=False):
        by_uid[str(number)]["attention_correlation"] = {Finding.CARDIOMEGALY.value: correlation}
    path.write_text(json.dumps(by_uid), encoding="utf-8")
    return path
