"""What a script in a process of its own may meet, and what is made of its failures."""

import subprocess
from pathlib import Path

import pytest

from gaze2report_core.imaging import separate_process
from gaze2report_core.imaging.separate_process import answer_of


def worker_of(folder: Path, script: str) -> Path:
    worker = folder / "worker.py"
    worker.write_text(script)
    return worker


def test_a_script_that_fails_gives_no_answer_and_its_complaints_are_not_heard(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    worker = worker_of(tmp_path, "import sys; sys.stdout.write('half'); sys.stdout.flush(); sys.exit('it is damaged')")
    with pytest.raises(subprocess.SubprocessError):
        answer_of(worker, b"frame")
    assert capfd.readouterr().err == ""


def test_a_script_that_takes_too_long_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separate_process, "_LONGEST", 0.1)
    with pytest.raises(subprocess.SubprocessError):
        answer_of(worker_of(tmp_path, "import time; time.sleep(600)"), b"frame")


def test_what_lies_beside_a_script_is_not_mistaken_for_a_library(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('not the one that was meant')")
    worker = worker_of(tmp_path, "import json, sys; sys.stdout.write(json.dumps(sys.stdin.read()))")
    assert answer_of(worker, b"frame") == b'"frame"'
