"""A small studies file and generated reports for the tests of evaluation."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

REPORTS = {
    "1": ("train", "The heart is normal in size. The lungs are clear."),
    "2": ("train", "No acute disease. The mediastinum is unremarkable."),
    "3": ("train", "There is a small left pleural effusion with adjacent atelectasis."),
    "4": ("val", "The cardiac silhouette is enlarged. Low lung volumes. No pneumothorax."),
    "5": ("val", "The lungs are clear. There is no pleural effusion or pneumothorax. The heart is normal."),
    "6": ("val", "Stable calcified granuloma in the right upper lobe. No focal consolidation."),
    "7": ("extra", ""),
}
"""uid to split and report."""


def write_studies(path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["uid", "split", "report", "frontal", "lateral"])
        writer.writerows([uid, split, report, f"{uid}.jpg", ""] for uid, (split, report) in REPORTS.items())
    return path


def write_lines(path: Path, records: Iterable[Mapping[str, str]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path
