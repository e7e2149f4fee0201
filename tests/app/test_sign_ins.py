"""Who is signed in, and for how long."""

import errno
import logging
import os
import stat
from pathlib import Path

import pytest

from app.sign_ins import BETWEEN_NOTES, SIGNED_IN_SECONDS, SignIns


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "signed-in.json"


def same(name: str) -> str | None:
    return "hash"


def test_who_signed_in_is_known_to_the_next_process_until_the_time_is_over(file: Path) -> None:
    clock = Clock()
    SignIns(file, clock=clock).add("session", "ada", "hash")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    after = SignIns(file, clock=clock)
    assert after.name_of("session", same) == "ada"
    assert after.name_of("another session", same) is None
    clock.now += SIGNED_IN_SECONDS
    assert after.name_of("session", same) is None
    after.add("later", "bob", "hash")
    assert "ada" not in file.read_text()


def test_who_has_signed_out_is_not_known_to_the_next_process_either(file: Path) -> None:
    signed_in = SignIns(file, clock=Clock())
    signed_in.add("session", "ada", "hash")
    signed_in.add("another session", "bob", "hash")
    signed_in.remove("session")
    after = SignIns(file, clock=Clock())
    assert (after.name_of("session", same), after.name_of("another session", same)) == (None, "bob")


def test_who_signed_out_on_a_full_disk_is_not_signed_in_again_by_the_next_process(
    file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    signed_in = SignIns(file, clock=Clock())
    signed_in.add("session", "ada", "hash")
    signed_in.add("another session", "bob", "hash")
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _no_space)
        signed_in.remove("session")
    assert [record.message for record in caplog.records] == [
        "who is signed in cannot be kept: a server that is started anew will not know them"
    ]
    assert not file.exists()
    assert signed_in.name_of("another session", same) == "bob"
    signed_in.add("a third session", "eve", "hash")  # there is room again
    after = SignIns(file, clock=Clock())
    assert [after.name_of(one, same) for one in ("session", "another session")] == [None, "bob"]


def _no_space(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "no space")


def test_who_does_nothing_for_a_while_is_signed_out_and_stays_so_in_the_next_process(file: Path) -> None:
    clock = Clock()
    signed_in = SignIns(file, idle_seconds=600, clock=clock)
    signed_in.add("session", "ada", "hash")
    for _ in range(3):
        clock.now += 599
        assert signed_in.name_of("session", same) == "ada", "being asked for does not count"
        signed_in.see("session")
    clock.now += 599
    assert SignIns(file, idle_seconds=600, clock=clock).name_of("session", same) == "ada"
    clock.now += 1
    signed_in.see("session")
    signed_in.see("session of nobody")
    for known in (signed_in, SignIns(file, idle_seconds=600, clock=clock)):
        assert known.name_of("session", same) is None, "who comes too late comes back by a password alone"


def test_who_is_seen_all_the_time_is_noted_now_and_then_and_signed_out_after_twelve_hours_all_the_same(
    file: Path,
) -> None:
    clock = Clock()
    signed_in = SignIns(file, clock=clock)
    signed_in.add("session", "ada", "hash")
    file.unlink()
    clock.now += BETWEEN_NOTES - 1
    signed_in.see("session")
    assert not file.exists()
    for _ in range(int(SIGNED_IN_SECONDS / 1000)):
        clock.now += 1000
        signed_in.see("session")
    assert file.exists() and signed_in.name_of("session", same) == "ada"
    clock.now += 1000
    assert signed_in.name_of("session", same) is None


def test_who_signed_out_is_not_known_to_the_next_process(file: Path) -> None:
    signed_in = SignIns(file)
    signed_in.add("session", "ada", "hash")
    signed_in.remove("session")
    signed_in.remove("session of nobody")
    assert signed_in.name_of("session", same) is None
    assert SignIns(file).name_of("session", same) is None


@pytest.mark.parametrize("password_hash", ["hash of another password", None])
def test_another_password_or_a_removed_account_ends_it_also_after_the_process(
    file: Path, password_hash: str | None
) -> None:
    SignIns(file).add("session", "ada", "hash")
    assert SignIns(file).name_of("session", lambda name: password_hash) is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"session": {"name": "ada"}}', b"\xff"])
def test_a_broken_file_signs_everybody_out_and_is_replaced(
    file: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        signed_in = SignIns(file)
    assert "everybody has to sign in again" in caplog.text and "ada" not in caplog.text
    signed_in.add("session", "bob", "hash")
    assert SignIns(file).name_of("session", same) == "bob"


def test_where_the_file_cannot_be_written_one_is_signed_in_all_the_same(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.write_text("no folder")
    signed_in = SignIns(file)
    with caplog.at_level(logging.ERROR):
        signed_in.add("session", "ada", "hash")
    assert signed_in.name_of("session", same) == "ada"
    assert "cannot be kept" in caplog.text and str(file) not in caplog.text
