"""A server in a process of its own, on a free port of the loopback interface."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.waiting import PATIENCE

REPOSITORY = Path(__file__).parents[2]
WATCHED = Path(__file__).with_name("watched.py")
SMALL_PAGE = Path(__file__).with_name("small_page.py")


@dataclass
class RunningServer:
    """`said` is what the server wrote to standard output up to its address; `log` is its standard error."""

    address: str
    said: str
    process: subprocess.Popen[str]
    log: Path
    data_dir: Path

    def browser(self, **headers: str) -> httpx.Client:
        """A client with a cookie jar of its own, like one browser."""
        return httpx.Client(base_url=self.address, timeout=PATIENCE, trust_env=False, headers=headers)

    def last_words(self) -> str:
        """The end of its log."""
        return "".join(self.log.read_text().splitlines(keepends=True)[-60:])

    def stop(self) -> str:
        """End the server. Returns what else it wrote to standard output."""
        self.process.terminate()
        rest, _ = self.process.communicate(timeout=PATIENCE)
        return rest


def start_server(folder: Path, *options: str, script: Path = SMALL_PAGE, **environment: str) -> RunningServer:
    """Start the script, watched, and wait until it says where it is, or ends."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GAZE2REPORT", "GRADIO"))}
    log = folder / "stderr.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, str(WATCHED), str(script), "--port", "0", "--data-dir", str(folder / "data"), *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            env=inherited | {"PYTHONPATH": str(REPOSITORY)} | environment,
        )
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(r"http://\S+/", said)
    if found is None:
        process.kill()
        process.communicate()
        raise AssertionError(f"the server did not start: {said!r} {log.read_text()[-2000:]}")
    return RunningServer(found.group(), said, process, log, folder / "data")
