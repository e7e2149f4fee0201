"""`python -m gaze2report_core` as a program, and what importing its parts brings along."""

import ast
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from gaze2report_core import __version__
from gaze2report_core.cli import main
from tests.drawn_films import LARGE_HEART, write_film
from tests.small_model import REPORTS

REPOSITORY = Path(__file__).resolve().parents[1]


def program(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=REPOSITORY, capture_output=True, text=True, timeout=300
    )


@pytest.mark.thorough
def test_the_program_prints_json_alone_and_says_the_rest_on_the_other_output(
    small_model_folder: Path, tmp_path: Path
) -> None:
    film = write_film(tmp_path / "Mustermann_Erika.png", LARGE_HEART)
    ran = program("-m", "gaze2report_core", "report", film, "--json", "--model", small_model_folder)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["report"] == REPORTS[LARGE_HEART, None, True]
    assert ran.stdout.count("\n") == 1
    assert "Mustermann" not in ran.stdout + ran.stderr
    assert ran.stderr == ""


def test_a_refusal_of_the_program_ends_with_one_and_one_sentence(tmp_path: Path) -> None:
    ran = program("-m", "gaze2report_core", "evaluate", tmp_path / "absent.jsonl", "--studies", tmp_path / "absent.csv")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "Measuring …\ngaze2report: There is no studies file at the given path.\n"


def test_help_names_every_command_without_loading_what_commands_need() -> None:
    ran = program("-X", "importtime", "-m", "gaze2report_core", "--help")
    assert ran.returncode == 0
    for command in ("report", "generate", "evaluate", "train"):
        assert f"\n    {command} " in ran.stdout
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "gaze2report_core.cli" in imported
    assert not imported & {"torch", "transformers", "numpy", "cv2", "matplotlib", "pydicom", "huggingface_hub"}


SAYING_WHAT_THEY_DO = (
    "report", "generate", "findings", "scanpath", "evaluate", "evaluate-findings", "evaluate-gaze", "trade", "ablate",
    "train", "train encoder", "train phrases", "train corrections",
)  # fmt: skip


@pytest.mark.parametrize("command", SAYING_WHAT_THEY_DO)
def test_help_of_a_command_begins_with_what_it_does(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == 0
    usage, purpose, *_ = capsys.readouterr().out.split("\n\n")
    assert usage.startswith(f"usage: python -m gaze2report_core {command}")
    assert not purpose.endswith(":") and ":\n" not in purpose


@pytest.mark.parametrize("command", ["report", "generate"])
def test_help_says_what_options_of_decoding_are_without_a_value(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = {paragraph.split()[0]: " ".join(paragraph.split()) for paragraph in capsys.readouterr().out.split("\n  --")}
    for option in ("guidance", "length-penalty"):
        assert said[option].endswith("(default: as the model's configuration has it)")
    assert "gaze, findings and indication" in said["guidance"]
    assert said["findings-threshold"].endswith("(default: 1)")


HEAVY = {"torch", "transformers", "gradio", "fastapi", "sqlalchemy", "app"}
LIGHT = ("imaging", "gaze", "gaze.recordings", "evaluation", "findings", "studies", "report_text", "cli")


def test_films_gaze_evaluation_findings_studies_and_the_command_line_do_without_torch() -> None:
    code = (
        "import importlib, sys\n"
        f"for name in {LIGHT}:\n"
        "    importlib.import_module(f'gaze2report_core.{name}')\n"
        f"    print(name, sorted({HEAVY} & set(sys.modules)))\n"
    )
    ran = program("-c", code)
    assert ran.stdout.splitlines() == [f"{name} []" for name in LIGHT], ran.stderr


def test_the_core_never_imports_the_application_or_what_it_is_made_of() -> None:
    of_the_application = {"app", "gradio", "fastapi", "starlette", "uvicorn", "sqlalchemy", "pydantic_settings"}
    for path in (REPOSITORY / "gaze2report_core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & of_the_application, path.name


@pytest.mark.parametrize("words", [[], ["abacus"], ["report"], ["generate", "--gaze", "perhaps"]])
def test_words_that_are_no_command_end_with_two_and_the_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: python -m gaze2report_core")


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"{__version__}\n"


def test_whoever_stops_a_command_gets_a_line_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from gaze2report_core import evaluation

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluation, "evaluate", interrupted)
    assert main(["evaluate", str(tmp_path), "--studies", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "Measuring …\ngaze2report: stopped.\n"


def test_whoever_stops_a_command_while_a_library_is_imported_gets_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """transformers, for one, may say then that a module is missing, and not why."""
    from gaze2report_core import evaluation

    def importing(*_: object) -> None:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise ModuleNotFoundError("Could not import module")

    monkeypatch.setattr(evaluation, "evaluate", importing)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # which tests run in the background do not have
    try:
        assert main(["evaluate", str(tmp_path), "--studies", str(tmp_path)]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "Measuring …\ngaze2report: stopped.\n"


def test_a_module_that_is_missing_is_no_stop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from gaze2report_core import evaluation

    def importing(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'bert_score'")

    monkeypatch.setattr(evaluation, "evaluate", importing)
    with pytest.raises(ModuleNotFoundError):
        main(["evaluate", str(tmp_path), "--studies", str(tmp_path)])


INTERRUPTED_WHILE_IT_IS_IMPORTED = (
    "import runpy, sys\n"
    "class Interrupting:\n"
    "    def find_spec(self, name, path, target=None):\n"
    "        if name == {module!r}:\n"
    "            raise KeyboardInterrupt\n"
    "sys.meta_path.insert(0, Interrupting())\n"
    "runpy.{run}({program!r}, run_name='__main__')\n"
)


@pytest.mark.parametrize(
    ("run", "started", "module", "ended"),
    [
        ("run_module", "gaze2report_core", "gaze2report_core.cli", (130, "gaze2report: stopped.\n")),
        ("run_module", "gaze2report_core", "gaze2report_core.commands", (130, "gaze2report: stopped.\n")),
        ("run_path", "app.py", "app.command_line", (0, "")),
        ("run_path", "app.py", "app.server", (0, "")),
    ],
)
def test_whoever_stops_a_program_in_its_first_moments_gets_no_traceback(
    run: str, started: str, module: str, ended: tuple[int, str]
) -> None:
    ran = program("-c", INTERRUPTED_WHILE_IT_IS_IMPORTED.format(run=run, program=started, module=module))
    assert (ran.returncode, ran.stderr) == ended


def test_a_closed_output_is_refused_before_the_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from gaze2report_core import evaluation

    def working(*_: object) -> None:
        raise AssertionError("the work has begun")

    monkeypatch.setattr(evaluation, "evaluate", working)
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["evaluate", str(tmp_path), "--studies", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "gaze2report: Standard output is closed, so nothing can be printed: send it to a file or /dev/null.\n"
    )


ENDS_WITH = {
    "sys.stdout.write('a line\\n')": (0, "a line\n"),
    "say('a warning')": (0, ""),
    "next(iter(progress_bar([])), None)": (0, ""),
    "refuse()": (1, ""),
    "stop()": (130, ""),
}
UNHEARD = (
    "import sys\n"
    "from gaze2report_core.cli import main\n"
    "from gaze2report_core.commands import common, evaluate\n"
    "from gaze2report_core.commands.common import say\n"
    "from gaze2report_core.progress import progress_bar\n"
    "def refuse():\n    raise common.CommandRefused('no')\n"
    "def stop():\n    raise KeyboardInterrupt\n"
    "evaluate.run = lambda arguments: {work}\n"
    "sys.exit(main(['evaluate', 'reports.jsonl', '--studies', 'studies.csv']))\n"
)


@pytest.mark.parametrize("work", ENDS_WITH)
def test_a_command_ends_as_always_where_nobody_hears_what_it_says(work: str) -> None:
    without_standard_error = ["sh", "-c", 'exec "$0" "$@" 2>&-']
    ran = subprocess.run(
        [*without_standard_error, sys.executable, "-c", UNHEARD.format(work=work)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
    )
    assert (ran.returncode, ran.stdout) == ENDS_WITH[work]


PRINTS_A_LINE = (
    "import sys\n"
    "from gaze2report_core.cli import main\n"
    "from gaze2report_core.commands import evaluate\n"
    "evaluate.run = lambda arguments: sys.stdout.write('a line\\n')\n"
    "sys.exit(main(['evaluate', 'reports.jsonl', '--studies', 'studies.csv']))\n"
)


def printing_into(output: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRINTS_A_LINE],
        cwd=REPOSITORY,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
    )


def test_a_reader_of_the_output_who_has_seen_enough_gets_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = printing_into(writing)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_said_in_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        ran = printing_into(full.fileno())
    assert (ran.returncode, ran.stderr) == (
        1,
        "gaze2report: There is no room left where the output goes: make some, and run this again.\n",
    )


def test_a_path_that_cannot_be_used_is_not_quoted(tmp_path: Path) -> None:
    long = "Mustermann" * 40
    studies = tmp_path / "studies.csv"
    studies.write_text("uid,frontal,lateral,report\n")
    (tmp_path / "loop_Mustermann").symlink_to("loop_Mustermann")
    film = write_film(tmp_path / "film.png", LARGE_HEART)
    for words in (
        ("generate", "--studies", studies, "--images", long, "--output", tmp_path / "out.jsonl"),
        ("report", film, "--model", long),
        ("report", film, "--overlay", tmp_path / "loop_Mustermann" / "overlay.png"),
        ("train", "encoder", "--data", long, "--out", tmp_path / "run"),
        ("train", "encoder", "--data", tmp_path, "--out", studies / "Mustermann"),
    ):
        ran = program("-m", "gaze2report_core", *words)
        assert ran.returncode in (1, 2)
        assert "Traceback" not in ran.stderr
        assert "Mustermann" not in ran.stdout + ran.stderr


def test_a_file_that_fails_in_the_midst_of_the_work_is_said_in_a_sentence_without_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from gaze2report_core import evaluation

    def taken_away(*_: object) -> None:
        (tmp_path / "Mustermann.jsonl").read_bytes()

    monkeypatch.setattr(evaluation, "evaluate", taken_away)
    assert main(["evaluate", str(tmp_path), "--studies", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "cannot be read or written (No such file or directory)" in said
    assert "Mustermann" not in said


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_help_is_printed_whatever_the_terminals_encoding(encoding: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "gaze2report_core", "report", "--help"],
        cwd=REPOSITORY,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert "…" in ran.stdout.decode("utf-8")


def test_a_defect_of_a_library_shows_where_it_came_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from gaze2report_core import evaluation

    def broken(*_: object) -> None:
        raise ValueError("not for people")

    monkeypatch.setattr(evaluation, "evaluate", broken)
    with pytest.raises(ValueError, match="not for people"):
        main(["evaluate", str(tmp_path), "--studies", str(tmp_path)])
