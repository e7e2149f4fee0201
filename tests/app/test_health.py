"""`GET /health` while the database answers, while it does not, and while nobody knows."""

import asyncio
import socket
from pathlib import Path

import pytest
from fastapi import Response
from sqlalchemy import create_engine

from app.records import RecordStore
from app.web import health
from app.web.health import Health
from tests.waiting import PATIENCE

SENTENCE = "The database does not answer: nothing can be kept or read until it does."


def told(answer: Response) -> tuple[int, str]:
    return answer.status_code, bytes(answer.body).decode()


def test_a_database_that_answers_is_healthy_and_one_that_does_not_is_told_of(store: RecordStore) -> None:
    assert told(asyncio.run(Health(store).tell())) == (200, "ok")


def test_who_asks_the_moment_that_another_is_answered_takes_nothing_from_them(store: RecordStore) -> None:
    asked = Health(store)

    async def ask_again_and_again() -> list[tuple[int, str]]:
        return [told(await asked.tell()) for _ in range(40)]

    async def ask() -> list[list[tuple[int, str]]]:
        return await asyncio.gather(*(ask_again_and_again() for _ in range(20)))

    assert {answer for answers in asyncio.run(ask()) for answer in answers} == {(200, "ok")}


def test_a_damaged_file_is_told_of(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite3"
    store = RecordStore(f"sqlite:///{file}", tmp_path / "films")
    store.close()
    file.write_bytes(b"no database " * 4096)
    assert told(asyncio.run(Health(store).tell())) == (503, SENTENCE)
    store.close()


def test_a_database_that_is_silent_is_waited_for_only_a_little_and_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg", reason="needs psycopg: `pip install 'psycopg[binary]'`")
    monkeypatch.setattr(health, "SECONDS_TO_ANSWER", 0.3)
    store = RecordStore(f"sqlite:///{tmp_path / 'records.sqlite3'}", tmp_path / "films")
    store.close()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store.engine = create_engine(f"postgresql+psycopg://ada@127.0.0.1:{silent.getsockname()[1]}/records")

        async def ask() -> list[Response]:
            asked = Health(store)
            async with asyncio.timeout(PATIENCE):  # the database itself would be waited for for ever
                return [*await asyncio.gather(*(asked.tell() for _ in range(50))), await asked.tell()]

        assert {told(answer) for answer in asyncio.run(ask())} == {(503, SENTENCE)}
        silent.settimeout(PATIENCE)
        silent.accept()[0].close()
        silent.settimeout(0.2)
        with pytest.raises(TimeoutError):
            silent.accept()
    store.close()
