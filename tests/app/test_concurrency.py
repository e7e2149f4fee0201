"""Several threads and several processes write at once: nothing is lost, nothing is written twice."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from app.records import RecordStore, StaleEdit
from gaze2report_core.imaging import Radiograph

pytestmark = pytest.mark.thorough

REPOSITORY = Path(__file__).parents[2]
WRITERS = 6

WRITE_IN_A_PROCESS = """
import sys
from pathlib import Path
from app.records import RecordStore, StaleEdit
url, folder, drafts_id, writer = sys.argv[1:]
store = RecordStore(url, Path(folder))
sys.stdin.readline()
base, saved = 0, 0
while saved < 10:
    try:
        base = store.save_revision(drafts_id, "ada", f"{writer} wrote {saved}", "gaze_on", base)
        saved += 1
    except StaleEdit as stale:
        base = stale.newer.revision
store.close()
"""


def run_at_once(*commands: list[str]) -> None:
    """Run each in a process that begins with a line from standard input, and see that all end well."""
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY)
        for command in commands
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors


def test_of_many_edits_of_one_text_exactly_one_is_kept(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    drafts_id, together = drafts_of("ada"), Barrier(WRITERS)

    def save(writer: int) -> str | None:
        together.wait()
        try:
            store.save_revision(drafts_id, "ada", f"Text of writer {writer}.", "gaze_on", 0)
        except StaleEdit as stale:
            return str(stale)
        return None

    with ThreadPoolExecutor(WRITERS) as pool:
        refusals = list(pool.map(save, range(WRITERS)))
    assert refusals.count(None) == 1
    kept = f"became “Text of writer {refusals.index(None)}.”"
    assert all(kept in refusal for refusal in refusals if refusal), "all but one were told the text that won"


def test_many_readers_at_once_keep_their_own(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    together = Barrier(WRITERS)

    def work(number: int) -> None:
        reader = f"reader {number}"
        together.wait()
        for text in ("First.", "Second."):
            store.submit(drafts_of(reader), reader, f"{text} {reader}", "gaze_on", ["style"], 0)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    for number in range(WRITERS):
        texts = [one.corrected for one in store.corrections(f"reader {number}")]
        assert texts == [f"Second. reader {number}", f"First. reader {number}"]


def test_the_same_film_opened_by_many_at_once_is_stored_once(
    store: RecordStore, film_of: Callable[[int], Radiograph]
) -> None:
    together = Barrier(WRITERS)

    def open_case(number: int) -> str:
        together.wait()
        return store.open_case(f"reader {number}", film_of(5))

    with ThreadPoolExecutor(WRITERS) as pool:
        cases = list(pool.map(open_case, range(WRITERS)))
    assert len(set(cases)) == WRITERS
    assert [file.suffix for file in store.films.folder.iterdir()] == [".png"]


def test_two_processes_take_turns(
    store: RecordStore, records_url: str, drafts_of: Callable[[str], str], tmp_path: Path
) -> None:
    drafts_id = drafts_of("ada")
    arguments = [sys.executable, "-c", WRITE_IN_A_PROCESS, records_url, str(tmp_path / "films"), drafts_id]
    run_at_once([*arguments, "one"], [*arguments, "two"])
    with pytest.raises(StaleEdit, match="now revision 20"):
        store.save_revision(drafts_id, "ada", "Late.", "gaze_on", 0)


def test_two_processes_may_make_the_tables_at_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from app.records import RecordStore; sys.stdin.readline(); " \
        "RecordStore(sys.argv[1], Path(sys.argv[2])).close()"  # fmt: skip
    arguments = [sys.executable, "-c", code, f"sqlite:///{tmp_path / 'records.sqlite3'}", str(tmp_path / "films")]
    run_at_once(arguments, arguments, arguments)
