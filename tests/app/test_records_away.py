"""While the database cannot be reached, whoever needs it is told so in a sentence, and served again afterwards."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.accounts import hash_password, write_account
from app.records import EventKind, RecordStore, RecordsUnavailable
from gaze2report_core.imaging import Radiograph
from tests.app.postgresql_server import PostgresqlServer, postgresql_server
from tests.app.running_server import RunningServer, start_server

SENTENCE = (
    "The records cannot be reached at the moment, so nothing is kept or read. Please try again in a minute; if that "
    "does not help, tell whoever runs this server that the database does not answer."
)
DOES_NOT_ANSWER = "The database does not answer: nothing can be kept or read until it does."
ADA = {"name": "ada", "password": "correct horse battery"}


@pytest.fixture
def database() -> Iterator[PostgresqlServer]:
    """A server that the test stops and starts again."""
    with postgresql_server() as server:
        yield server


@pytest.fixture
def server(database: PostgresqlServer, tmp_path: Path) -> Iterator[RunningServer]:
    accounts = tmp_path / "accounts"
    write_account(accounts, ADA["name"], hash_password(ADA["password"]))
    address = database.new_schema()
    running = start_server(tmp_path, "--auth-file", str(accounts), GAZE2REPORT_DATABASE_URL=address)
    yield running
    running.stop()


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers["retry-after"]


@pytest.mark.thorough
def test_a_stopped_database_is_told_of_and_a_started_one_serves_again(
    database: PostgresqlServer, server: RunningServer
) -> None:
    with server.browser() as signed_in, server.browser() as outside:
        assert signed_in.post("login", data=ADA).status_code == 303
        assert signed_in.get("corrections.jsonl").status_code == 200
        database.stop()
        answer = signed_in.get("corrections.jsonl")
        assert (told(answer), answer.json()) == ((503, "60"), {"detail": SENTENCE})
        assert "content-disposition" not in answer.headers
        wrong = outside.post("login", data=ADA | {"password": "wrong password"})
        assert wrong.status_code == 401 and "Name or password is wrong." in wrong.text
        refused = outside.post("login", data=ADA)
        assert told(refused) == (503, "60") and f'<p role="alert">{SENTENCE}</p>' in refused.text
        assert outside.get("corrections.jsonl").status_code == 401  # nobody was let in
        left = signed_in.post("logout")
        assert told(left) == (503, "60") and f"You are signed out. {SENTENCE}" in left.text
        assert signed_in.get("corrections.jsonl").status_code == 401
        assert outside.get("login").status_code == 200
        health = outside.get("health")
        assert (health.status_code, health.text) == (503, DOES_NOT_ANSWER)
        database.start()
        for _ in range(6):  # more often than a wrong password may be given: none of these was one
            assert outside.post("login", data=ADA).status_code == 303
        assert outside.get("corrections.jsonl").status_code == outside.get("health").status_code == 200
    assert '"status": 500' not in server.log.read_text()


@pytest.mark.thorough
def test_a_database_that_only_reads_is_told_of_by_whoever_would_write(
    database: PostgresqlServer, tmp_path: Path, film: Radiograph
) -> None:
    store = RecordStore(database.new_schema(), tmp_path / "films")
    store.record_event("ada", EventKind.EXPORTED)
    database.let_nobody_write()
    with pytest.raises(RecordsUnavailable) as unavailable:
        store.open_case("ada", film)
    assert str(unavailable.value) == SENTENCE
    assert list(store.correction_lines("ada")) == []
    store.close()


@pytest.mark.parametrize("damage", ["another file", "a folder"])
def test_an_sqlite_file_that_cannot_be_read_is_told_of(tmp_path: Path, film: Radiograph, damage: str) -> None:
    file = tmp_path / "records.sqlite3"
    store = RecordStore(f"sqlite:///{file}", tmp_path / "films")
    store.record_event("ada", EventKind.EXPORTED)
    store.close()
    file.unlink()
    if damage == "a folder":
        file.mkdir()
    else:
        file.write_bytes(b"no database " * 4096)
    for asked in (
        lambda: store.correction_lines("ada"),
        lambda: store.corrections("ada"),
        lambda: store.record_event("ada", EventKind.EXPORTED),
        lambda: store.open_case("ada", film),
    ):
        with pytest.raises(RecordsUnavailable) as unavailable:
            asked()
        assert str(unavailable.value) == SENTENCE
    store.close()
