"""`trade` on several files as `generate` writes them."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.commands.conftest import Run

pytestmark = pytest.mark.thorough

HEART, CLEAR = (
    "The heart is enlarged. There is a small left pleural effusion.",
    "The lungs are clear. No acute disease.",
)


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    path = tmp_path / "studies.csv"
    path.write_text(f"uid,split,report\n1,val,{HEART}\n2,val,{CLEAR}\n3,val,{HEART}\n4,train,{CLEAR}\n")
    return path


def write_reports(path: Path, *reports: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    lines = [{"uid": str(number), "report": report} for number, report in enumerate(reports, 1)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_row_and_a_point_for_each_file(run: Run, studies: Path, tmp_path: Path) -> None:
    silent = write_reports(tmp_path / "threshold-20.jsonl", CLEAR, CLEAR, CLEAR)
    half = write_reports(tmp_path / "threshold-$\\frac$.jsonl", HEART, CLEAR, CLEAR)
    right = write_reports(tmp_path / "threshold-0.5.jsonl", HEART, CLEAR, HEART)
    plot = tmp_path / "made" / "trade.png"
    words = ("--studies", studies, "--split", "val", "--plot", plot)

    ran = run("trade", silent, half, right, *words)

    assert ran.code == 0, ran.err
    *lines, _, about = ran.out.splitlines()
    assert about == "In brackets 95 % by percentile bootstrap over studies, 2,000 draws."
    rows = [line.strip("| ").split(" | ") for line in lines]
    assert rows[0] == ["run", "micro F1, 13 findings", "BLEU-4", "ROUGE-L"]
    assert [row[0] for row in rows[2:]] == ["threshold-20", "threshold-$\\frac$", "threshold-0.5"]
    # Four findings in the references: none, two and all four of them are named, and nothing else.
    f1 = [float(row[1].split()[0]) for row in rows[2:]]
    assert f1 == pytest.approx([0, 2 / 3, 1], abs=1e-4)
    assert rows[4][2].startswith("1.0000 (1.0000 to ")
    with Image.open(plot) as picture:
        several = np.asarray(picture.convert("RGB"))
    run("trade", right, *words)
    with Image.open(plot) as picture:
        assert several.shape == np.asarray(picture.convert("RGB")).shape
        assert (several != np.asarray(picture.convert("RGB"))).any()  # the curve is drawn from the files


def test_what_cannot_be_told_apart_or_written_is_refused(run: Run, studies: Path, tmp_path: Path) -> None:
    first, second = (write_reports(tmp_path / name / "reports.jsonl", HEART) for name in ("first", "second"))
    words = ("--studies", studies, "--plot")
    assert run("trade", first, second, *words, tmp_path / "trade.png").refusal == (
        "Two of the files have the same name: points are labelled with it, so rename one."
    )
    assert run("trade", first, *words, first / "trade.png").refusal == (
        "The file given as --plot cannot be written: give another place."
    )
    assert run("trade", first, *words, studies).refusal == (
        "The file given as --plot is read or written by this command already: give another place."
    )
    assert run("trade", first, *words, tmp_path / "trade.pdf").refusal == (
        "The file given as --plot is written as PNG: let it end with .png."
    )


def test_a_run_that_is_not_finished_is_said_by_its_number(run: Run, studies: Path, tmp_path: Path) -> None:
    whole = write_reports(tmp_path / "Mustermann.jsonl", HEART, CLEAR, HEART)
    part = write_reports(tmp_path / "Mustermann-2.jsonl", HEART)
    ran = run("trade", whole, part, "--studies", studies, "--split", "val", "--plot", tmp_path / "trade.png")
    assert ran.err == "Run 2: 2 of 3 studies have no line, 0 an error: these count as empty reports.\n"
