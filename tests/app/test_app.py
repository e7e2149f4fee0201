"""`python app.py` itself, with the embedded model and the real page."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.temporary_files import FOLDER
from tests.app.running_server import REPOSITORY, RunningServer, start_server
from tests.app.watched import REACHED

APP = REPOSITORY / "app.py"

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    server = start_server(tmp_path_factory.mktemp("app"), script=APP)
    yield server
    assert server.stop() == "", "nothing but the address is said"


def test_the_page_is_served_with_its_own_looks(running: RunningServer) -> None:
    with running.browser() as browser:
        page = browser.get("").raise_for_status().text
        assert "Gaze2Report" in page
        assets = set(re.findall(r"page-assets/[\w./-]+", page))
        assert assets
        for asset in assets:
            browser.get(asset).raise_for_status()


def test_the_page_can_do_with_what_the_gate_lets_pass(running: RunningServer) -> None:
    with running.browser() as browser:
        config = browser.get("config").json()
    assert config["analytics_enabled"] is False
    kinds = {component["type"] for component in config["components"]}
    assert not kinds & {"file", "image", "uploadbutton", "downloadbutton", "gallery", "multimodaltextbox"}


def test_starting_asks_no_other_host(running: RunningServer) -> None:
    assert REACHED not in running.log.read_text()


def test_films_of_patients_are_for_the_owner_of_the_data_folder_alone(running: RunningServer) -> None:
    for name in ("", "films", "gradio", FOLDER, "server.lock", "records.sqlite3"):
        path = running.data_dir / name
        assert path.stat().st_mode & 0o077 == 0


def ended(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(APP), "--data-dir", str(folder / "data"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=folder)


def test_a_port_in_use_is_one_sentence(running: RunningServer, tmp_path: Path) -> None:
    port = running.address.rstrip("/").rpartition(":")[2]
    refused = ended(tmp_path, "--port", port)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Cannot listen on 127.0.0.1 port {port}: Address already in use. "
        "Stop the other program, or choose another with --port and --host.\n"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param(["--model", "/films/Mustermann"], "There is no model folder at the given", marks=pytest.mark.slow),
        (["--database-url", "mysql://reader@host/x"], "The database address is not understood: give sqlite:///"),
    ],
)
def test_what_cannot_be_started_ends_with_a_sentence(tmp_path: Path, options: list[str], sentence: str) -> None:
    refused = ended(tmp_path, "--port", "0", *options)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines()[-1].startswith(sentence)
    assert "Traceback" not in refused.stderr
    assert "Mustermann" not in refused.stderr
