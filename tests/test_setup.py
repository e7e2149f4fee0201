"""The set-up keeps what README.md and the pages in docs/ promise: commands, examples, settings and requirements."""

import ast
import csv
import importlib
import importlib.metadata
import io
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pydicom
import pytest

from app.command_line import read_settings
from app.erase import erase_parser
from app.export import export_parser
from app.passwords import main as make_account
from app.records import CorrectionLine, Reason
from app.records.lines import VerdictsLine
from app.settings import Settings
from gaze2report_core.cli import _parser
from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.gaze.recordings import read_recording
from gaze2report_core.imaging import refusal

REPOSITORY = Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text("utf-8")
DOCS = sorted((REPOSITORY / "docs").glob("*.md"))
PAGES = {page: page.read_text("utf-8") for page in (REPOSITORY / "README.md", *DOCS)}
TEXT = "\n".join(PAGES.values())
"""README.md and every page in docs/, in one: what moves from one to another is checked as before."""

PYTHON = PAGES[REPOSITORY / "docs" / "python.md"]
MAKEFILE = (REPOSITORY / "Makefile").read_text("utf-8")

USED_WITHOUT_IMPORT = {
    "torchvision": "timm imports it",
    "pydicom-data": "the sample film; pydicom finds it",
}
IMPORTED_BY_NAME = {"bert-score": "evaluate does where it is installed, and does without it elsewhere"}
"""Of what is required for training."""


def blocks(language: str, text: str = TEXT) -> list[str]:
    """The code blocks of one language, of all pages."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(program: str) -> list[list[str]]:
    """The arguments of each command on the pages that begins with `program`."""
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    return [shlex.split(line.removeprefix(program)) for line in lines if line.startswith(f"{program} ")]


def required(name: str) -> set[str]:
    """The packages that one file of requirements names itself, by their normalised names."""
    lines = (REPOSITORY / name).read_text("utf-8").splitlines()
    names = [re.match(r"[A-Za-z0-9._-]+", line) for line in lines if line and not line.startswith(("#", "-r"))]
    return {normalised(match[0]) for match in names if match}


def normalised(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def imported(*paths: str) -> set[str]:
    """The packages that Python files import, at their top or within functions."""
    files = [file for path in paths for file in ([REPOSITORY / path] if path.endswith(".py") else python_files(path))]
    modules = {module.partition(".")[0] for file in files for module in modules_of(file)}
    packages_of = importlib.metadata.packages_distributions()
    foreign = modules - sys.stdlib_module_names - {"app", "gaze2report_core", "tests"}
    return {normalised(packages_of[module][0]) if module in packages_of else module for module in foreign}


def python_files(folder: str) -> list[Path]:
    return sorted((REPOSITORY / folder).rglob("*.py"))


def modules_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pydicom_film: Callable[[str], Path]) -> Path:
    """A folder with the files that the pages' examples name, as the folder that they are given in."""
    shutil.copy(pydicom_film("RG1_UNCR.dcm"), tmp_path / "chest.dcm")
    lateral = pydicom.dcmread(tmp_path / "chest.dcm")
    lateral.ViewPosition = "LL"
    (tmp_path / "work").mkdir()
    for folder in (
        "images",
        "../shared/data",
        "runs/encoder",
        "runs/language",
        "runs/sides",
        "runs/scanpath",
        "runs/geometry",
        "runs/deep-tower",
        "runs/findings",
        "runs/report/model",
        "runs/whole/model",
        "runs/obedience/model",
        "runs/reward/model",
        "runs/full",
        "runs/full-scanpath",
        "handed-over/films",
        "weights/gaze2report-tiny",
    ):
        (tmp_path / "work" / folder).mkdir(parents=True, exist_ok=True)
    shutil.move(tmp_path / "chest.dcm", tmp_path / "work" / "chest.dcm")
    lateral.save_as(tmp_path / "work" / "lateral.dcm")
    [recording] = blocks("csv")
    (tmp_path / "work" / "gaze.csv").write_text(recording, "utf-8")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def make_targets(text: str) -> set[str]:
    """The targets of make that a text names in its commands, in blocks or within sentences."""
    named = "\n".join([*blocks("bash", text), *re.findall("`[^`\n]+`", text)])
    return set(re.findall(r"\bmake ([a-z-]+)(?=[`\s])", named))


def anchors(text: str) -> set[str]:
    """What links can lead to within a page: its headings as GitHub writes them in addresses."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def first_cells(text: str, heading: str) -> list[str]:
    """The names in the first column of the one table whose heading this is."""
    [rows] = re.findall(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [name for row in rows.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def local_links(document: Path) -> list[str]:
    return [target for target in re.findall(r"\]\(([^)]+)\)", PAGES[document]) if "://" not in target]


def test_the_pages_name_only_make_targets_that_there_are() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert {"start", "setup", "test"} <= make_targets(README)
    assert make_targets(TEXT) <= targets


def test_make_explains_each_of_its_targets() -> None:
    declared = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert declared
    explained = re.findall(r'echo "make ([a-z-]+) ', MAKEFILE)
    assert sorted(explained) == sorted(set(declared[1].split()) - {"help"})


def test_ci_runs_make_test() -> None:
    assert re.search(r"^(exec )?make test\b", (REPOSITORY / ".ci" / "run").read_text("utf-8"), re.MULTILINE)


def test_the_plain_pytest_commands_are_those_that_make_runs() -> None:
    of_make, of_pages = (re.findall(r"pytest -m (\"[^\"]+\")", text) for text in (MAKEFILE, TEXT))
    assert len(of_make) == 2
    assert set(of_make) == set(of_pages)


@pytest.mark.usefixtures("desk")
def test_the_examples_of_the_library_parse() -> None:
    examples = commands("python -m gaze2report_core")
    parsed = [_parser().parse_args(words) for words in examples]
    assert {example[0] for example in examples} >= {"report", "generate", "evaluate", "train"}
    assert len(parsed) == len(examples)


@pytest.mark.usefixtures("desk")
def test_the_examples_of_accounts_and_application_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    [account] = commands("python -m app.passwords")
    monkeypatch.setattr(sys, "stdin", io.StringIO("a long password\n"))
    assert make_account([*account, "--stdin"]) == 0
    exports = [export_parser().parse_args(words).out.name for words in commands("python -m app.export")]
    assert set(exports) == {"handed-over"}
    assert [erase_parser().parse_args(words).yes for words in commands("python -m app.erase")] == [False, False]
    examples = [read_settings(words) for words in commands("python app.py")]
    assert [(settings.host, settings.port) for settings in examples if settings.auth_file] == [("0.0.0.0", 8000)]  # noqa: S104


def test_the_example_of_a_recording_is_read(desk: Path) -> None:
    [example] = blocks("csv")
    scanpath = read_recording(desk / "gaze.csv", width=1, height=1).scanpath
    durations = [float(row["duration"]) for row in csv.DictReader(io.StringIO(example))]
    assert scanpath.duration.tolist() == durations


@pytest.mark.thorough
@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "page", [page for page, text in PAGES.items() if blocks("python", text)], ids=lambda page: page.name
)
def test_the_examples_in_python_run(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those of a page go on from one another."""
    names: dict[str, object] = {}
    for example in blocks("python", PAGES[page]):
        exec(compile(example, page.name, "exec"), names)  # noqa: S102 - the pages' own code
    assert "'duration': " in capsys.readouterr().out


def test_the_tables_for_python_list_every_reason_and_every_setting() -> None:
    assert first_cells(PYTHON, "`reason`") == list(get_args(refusal.Reason))
    assert sorted(first_cells(PYTHON, "setting")) == sorted(field.name for field in fields(DecodingSettings))


@pytest.mark.thorough
def test_errors_are_where_the_page_for_python_says() -> None:
    rows = re.findall(r"^\| (`.+`) \| `(gaze2report_core\.[\w.]+)` \|", PYTHON, re.MULTILINE)
    named = [(module, name) for names, module in rows for name in re.findall(r"`(\w+)`", names)]
    assert ("gaze2report_core.imaging", "FilmRefused") in named
    for module, name in named:
        assert issubclass(getattr(importlib.import_module(module), name), ValueError), name


def test_the_table_of_settings_is_complete() -> None:
    rows = re.findall(r"^\| `--([a-z-]+)` \| `([A-Z0-9_]+)` \|", TEXT, re.MULTILINE)
    expected = {name.replace("_", "-"): f"GAZE2REPORT_{name.upper()}" for name in Settings.options()}
    assert dict(rows) == expected
    assert len(rows) == len(expected)


def test_the_table_of_settings_gives_the_true_defaults() -> None:
    defaults = dict(re.findall(r"^\| `--([a-z-]+)` \| `[A-Z0-9_]+` \| `([^`]+)` \|", TEXT, re.MULTILINE))
    fields = Settings.model_fields
    assert defaults == {name: str(fields[name.replace("-", "_")].default) for name in ("host", "port", "data-dir")}


def test_the_fields_of_an_exported_correction_are_listed_in_their_order() -> None:
    [listed] = re.findall(r"^`corrections\.jsonl`(.*?)\n\n", TEXT, re.MULTILINE | re.DOTALL)
    assert re.findall(r"`([a-z_]+)`", listed) == list(CorrectionLine.model_fields)


def test_the_fields_of_an_exported_correction_are_explained() -> None:
    page = PAGES[REPOSITORY / "docs" / "page.md"]
    explained = first_cells(page, "key")
    assert sorted(explained) == sorted({*CorrectionLine.model_fields, *VerdictsLine.model_fields})
    [reasons] = re.findall(r"^\| `reasons` \|(.*)$", page, re.MULTILINE)
    assert {f"`{reason}`" for reason in Reason} <= set(re.findall(r"`\w+`", reasons))


def test_the_configuration_of_a_space_fits() -> None:
    settings = dict(line.split(": ", 1) for line in README.split("---\n")[1].splitlines())
    requirements = (REPOSITORY / "requirements.txt").read_text("utf-8")
    assert settings["sdk"] == "gradio"
    assert (REPOSITORY / settings["app_file"]).is_file()
    assert f"gradio>={settings['sdk_version'].removesuffix('.0')},<" in requirements
    assert len(settings["short_description"]) <= 60


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_local_links_of_the_pages_lead_somewhere(document: Path) -> None:
    for target in local_links(document):
        path, _, anchor = target.partition("#")
        linked = (document.parent / path).resolve() if path else document
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked.read_text("utf-8")), target


def test_the_readme_links_every_page() -> None:
    linked = {(REPOSITORY / target).resolve() for target in local_links(REPOSITORY / "README.md")}
    assert set(PAGES) - linked == {REPOSITORY / "README.md"}


def test_what_is_imported_is_required_and_what_is_required_is_used() -> None:
    to_run = required("requirements.txt")
    for_training = required("requirements-train.txt")
    imports = imported("app.py", "app", "gaze2report_core")
    in_training = imported("gaze2report_core/training")
    assert imports - in_training - to_run == set()
    assert imports - to_run == for_training - set(IMPORTED_BY_NAME)
    assert to_run - imports == set(USED_WITHOUT_IMPORT)


def test_what_tests_import_is_required() -> None:
    every_file = ("requirements.txt", "requirements-train.txt", "requirements-test.txt")
    assert imported("tests") - set().union(*map(required, every_file)) == set()
