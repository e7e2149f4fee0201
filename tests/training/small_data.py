"""A data folder in small, in the layout that the trainers take: IU X-Ray, NIH ChestX-ray14, GazeSearch, SIIM gaze."""

import csv
import json
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from gaze2report_core.training.run.data_folder import films_folder
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS, drawn_chest

HELD_OUT = ("18", "72", "74", "87", "96")
"""Studies that `Study.held_out` keeps from training."""

TRAINING = tuple(str(uid) for uid in range(19, 49))
VAL = "1"

SECRET_OF_VAL = "The quagga sign is present."


def write_small_data(folder: Path) -> Path:
    """Write the folder and return it: 36 studies, 14 other films, 24 scanpaths and 4 searches."""
    images = folder / "iu_xray" / "images"
    images.mkdir(parents=True)
    rows = []
    for number, uid in enumerate((VAL, *HELD_OUT, *TRAINING)):
        kind = LARGE_HEART if number % 2 else CLEAR_LUNGS
        _write(images / f"{uid}_front.jpg", kind, number)
        has_lateral = number % 4 == 0
        if has_lateral:
            _write(images / f"{uid}_side.jpg", SIDEWAYS, number)
        rows.append(
            {
                "uid": uid,
                "split": "val" if uid == VAL else "train" if number % 4 else "extra",
                "report": SECRET_OF_VAL if uid == VAL else _report(kind, number),
                "impression": "Cardiomegaly." if kind == LARGE_HEART else "No acute disease.",
                "mesh": "Cardiomegaly/mild;Pleural Effusion/left" if kind == LARGE_HEART else "normal",
                "frontal": f"{uid}_front.jpg",
                "lateral": f"{uid}_side.jpg" if has_lateral else "",
            }
        )
    _write_table(folder / "iu_xray" / "studies.csv", rows)
    _write_nih(folder / "nih")
    _write_gazesearch(folder / "gazesearch")
    _write_siim_gaze(folder / "siim_gaze")
    return folder


def write_marked_films(folder: Path) -> None:
    """Write a drawn chest for each film that was marked by hand, under its name; the marks are of the real ones."""
    marks = json.loads(
        files("gaze2report_core.findings.places").joinpath("thorax_marks.json").read_text(encoding="utf-8")
    )
    for number, mark in enumerate(marks):
        images = films_folder(folder, mark["collection"])
        images.mkdir(parents=True, exist_ok=True)
        _write(images / mark["file"], LARGE_HEART if number % 2 else CLEAR_LUNGS, number)


def _report(kind: int, number: int) -> str:
    lungs = ("The lungs are clear.", "There is no pneumothorax.", "No focal consolidation is seen.")[number % 3]
    heart = "The heart is enlarged." if kind == LARGE_HEART else "The heart size is normal."
    return f"{heart} {lungs} Stable since XXXX."


def _write(path: Path, kind: int, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 30, (96, 80), dtype=np.uint8)
    cv2.imwrite(str(path), drawn_chest(kind, 96, 80) // 2 + noise)


def _write_table(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _write_nih(folder: Path) -> None:
    (folder / "images256").mkdir(parents=True)
    rows = []
    for number in range(14):
        name = f"{number:08}_000.png"
        _write(folder / "images256" / name, LARGE_HEART if number < 13 else CLEAR_LUNGS, 100 + number)
        rows.append({"file": name, "finding_labels": "Cardiomegaly|Effusion" if number < 13 else "No Finding"})
    _write_table(folder / "labels.csv", rows)


def _write_gazesearch(folder: Path) -> None:
    folder.mkdir()
    random = np.random.default_rng(0)
    entries = []
    for number in range(24):
        task, across = (("cardiomegaly", 0.5), ("pleural effusion", 0.8), ("atelectasis", 0.2))[number % 3]
        count = int(random.integers(3, 7))
        entries.append(
            {
                "name": number,
                "task": task,
                "X": (224 * np.clip(across + random.normal(0, 0.05, count), 0, 1)).tolist(),
                "Y": (224 * random.uniform(0.3, 0.9, count)).tolist(),
                "T": random.uniform(0.1, 0.6, count).tolist(),
                "split": "valid" if number < 8 else "train",
            }
        )
    (folder / "scanpaths.json").write_text(json.dumps(entries))


def _write_siim_gaze(folder: Path) -> None:
    folder.mkdir()
    random = np.random.default_rng(1)
    entries = [
        {
            "image_id": f"film-{number}",
            "gaze_x": random.uniform(0.1, 0.9, 12).tolist(),
            "gaze_y": random.uniform(0.1, 0.9, 12).tolist(),
            "time": random.integers(1, 4, 12).tolist(),
        }
        for number in range(4)
    ]
    (folder / "gaze.json").write_text(json.dumps(entries))
