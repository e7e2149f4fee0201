"""Accounts: what the command writes lets in, all else does not, and guessing takes ever longer."""

import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.accounts import Accounts, AccountsUnreadable, Brake, hash_password, is_password, read_accounts, write_account
from app.passwords import main as passwords
from tests.clock import Clock

pytestmark = pytest.mark.thorough

REPOSITORY = Path(__file__).parents[2]
PASSWORD = "correct horse battery"


def add_account(file: Path, name: str, password: str) -> None:
    command = [sys.executable, "-m", "app.passwords", str(file), name, "--stdin"]
    subprocess.run(command, input=f"{password}\n", text=True, cwd=REPOSITORY, check=True, timeout=60)


def test_an_account_that_the_command_made_lets_in(tmp_path: Path) -> None:
    file = tmp_path / "accounts"
    add_account(file, "ada", PASSWORD)
    accounts = Accounts(file)
    assert accounts.check("ada", PASSWORD)
    assert not accounts.check("ada", PASSWORD + "!")
    assert not accounts.check("bob", PASSWORD)
    assert not accounts.check("", "")
    assert PASSWORD not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 or os.name != "posix"


def test_a_new_password_and_a_removed_account_count_at_once(tmp_path: Path) -> None:
    file = tmp_path / "accounts"
    give = lambda file, name, password: write_account(file, name, hash_password(password))  # noqa: E731
    give(file, "ada", PASSWORD)
    give(file, "bob", PASSWORD)
    accounts = Accounts(file)
    assert accounts.check("bob", PASSWORD)
    give(file, "bob", "another long password")
    assert not accounts.check("bob", PASSWORD)
    assert accounts.check("bob", "another long password")
    file.write_text("\n".join(line for line in file.read_text().splitlines() if not line.startswith("bob:")))
    assert not accounts.check("bob", "another long password")
    assert accounts.check("ada", PASSWORD)
    file.unlink()
    assert not accounts.check("ada", PASSWORD)


@pytest.mark.parametrize("password", ["x" * 10, "Größe und Ähre 🙂", "with:colon$and$dollars", "\ud800 surrogate"])
def test_any_password_is_known_again(password: str) -> None:
    password_hash = hash_password(password)
    assert is_password(password, password_hash)
    assert not is_password(password[:-1], password_hash)
    assert hash_password(password) != password_hash, "each has a salt of its own"


MORE_MEMORY_THAN_IS_GIVEN = "scrypt$131072$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA=="
"""Its table alone fills what is given, and it needs some kilobytes beside that."""


def test_a_hash_that_needs_more_memory_than_is_given_could_not_be_checked() -> None:
    with pytest.raises(ValueError, match="memory"):
        is_password("a password", MORE_MEMORY_THAN_IS_GIVEN)


@pytest.mark.parametrize(
    "line",
    [
        "ada",
        "ada:secret",
        "ada:scrypt$32768$8$1$AAAA$BBBB",
        "ada:scrypt$3$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==",
        "ada:scrypt$1073741824$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==",
        f"ada:scrypt${'9' * 5000}$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==",
        "ada:bcrypt$32768$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==",
        "ada:scrypt$32768$0$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==",
        "ada:scrypt$1024$33$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==",
        "ada:scrypt$1024$8$17$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==",
        f"ada:{MORE_MEMORY_THAN_IS_GIVEN}",
        "ada:scrypt$32768$8$1$Größe$AAAAAAAAAAAAAAAAAAAAAA==",
        "reader-1:scrypt$32768$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==",
        "../ada:scrypt$32768$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==",
    ],
)
def test_a_line_that_is_no_account_is_refused_by_number_and_not_quoted(tmp_path: Path, line: str) -> None:
    file = tmp_path / "accounts"
    file.write_text(f"# comment\n\n{line}\n")
    with pytest.raises(AccountsUnreadable, match=r"^Line 3 of the file of accounts is not `name:scrypt") as refusal:
        read_accounts(file)
    assert "secret" not in str(refusal.value)


def test_a_file_that_is_no_text_is_refused_with_a_sentence_and_not_quoted(tmp_path: Path) -> None:
    file = tmp_path / "accounts-of-mustermann"
    file.write_bytes(b"secret \xff\n")
    with pytest.raises(
        AccountsUnreadable, match=r"^The file of accounts cannot be read \(UnicodeDecodeError\)"
    ) as refusal:
        Accounts(file)
    assert "secret" not in str(refusal.value) and "mustermann" not in str(refusal.value)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["reader-1", "--stdin"], "begins with one of the first two, but not with reader-"),
        ([".jones", "--stdin"], "begins with one of the first two, but not with reader-"),
        (["ada:bob", "--stdin"], "letters, digits and . _ @ -"),
        (["ada", "--stdin"], "a password is 10 to 256 characters long"),
    ],
)
def test_the_command_refuses_with_a_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.setattr("sys.stdin", (tmp_path / "input").open("w+"))
    with pytest.raises(SystemExit), sys.stdin:
        passwords([str(tmp_path / "accounts"), *arguments])
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "accounts").exists()


@pytest.mark.parametrize("stopped", [EOFError, KeyboardInterrupt])
def test_a_terminal_that_gives_no_password_is_told_so(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    stopped: type[BaseException],
) -> None:
    def typed(_: str) -> str:
        raise stopped

    monkeypatch.setattr("getpass.getpass", typed)
    with pytest.raises(SystemExit):
        passwords([str(tmp_path / "accounts"), "ada"])
    assert "error: no password was given: type it at the terminal, or pass it with --stdin" in capsys.readouterr().err
    assert not (tmp_path / "accounts").exists()


def test_a_file_that_the_command_cannot_write_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    with pytest.raises(SystemExit):
        passwords([str(tmp_path / "no such folder" / "accounts"), "ada", "--stdin"])
    assert "error: the file of accounts cannot be written (FileNotFoundError)" in capsys.readouterr().err


def test_a_new_password_leaves_the_file_its_owners_and_a_link_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "kept" / "accounts", tmp_path / "accounts"
    file.parent.mkdir()
    write_account(file, "ada", hash_password(PASSWORD))
    if os.geteuid() == 0:
        os.chown(file, 65534, 65534)
    owner = (file.stat().st_uid, file.stat().st_gid)
    link.symlink_to(file)
    write_account(link, "bob", hash_password(PASSWORD))
    assert link.is_symlink() and (file.stat().st_uid, file.stat().st_gid) == owner
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [line.partition(":")[0] for line in file.read_text().splitlines()] == ["ada", "bob"]


def test_waits_double_with_each_wrong_try_up_to_the_longest() -> None:
    clock = Clock()
    brake = Brake(free=2, first=1, longest=5, clock=clock)
    assert [brake.try_once("ada") for _ in range(2)] == [0, 0]
    waits = []
    for _ in range(5):
        waits.append(brake.try_once("ada"))
        clock.now += waits[-1]
        assert brake.try_once("ada") == 0
    assert waits == [1, 2, 4, 5, 5]
    assert brake.try_once("bob") == 0


def test_a_try_during_the_wait_does_not_count() -> None:
    clock = Clock()
    brake = Brake(free=1, first=1, clock=clock)
    assert brake.try_once("ada") == 0
    assert [brake.try_once("ada") for _ in range(10)] == [1] * 10
    clock.now += 1
    assert brake.try_once("ada") == 0
    assert brake.try_once("ada") == 2


def test_a_right_password_frees_the_account_and_the_address_only_by_one() -> None:
    clock = Clock()
    brake = Brake(free=2, clock=clock)
    brake.try_once("ada"), brake.try_once("ada")
    assert brake.try_once("ada") > 0
    brake.forget("ada")
    assert brake.try_once("ada") == 0
    for _ in range(2):
        brake.try_once("address")
    brake.take_back("address")
    assert brake.try_once("address") == 0
    assert brake.try_once("address") > 0


def test_right_tries_of_others_neither_renew_a_wait_nor_keep_wrong_ones_from_being_forgotten() -> None:
    clock = Clock()
    brake = Brake(free=2, first=30, forget_after=3600, clock=clock)
    for _ in range(2):
        brake.try_once("address")
    for _ in range(3):
        clock.now += 30
        assert brake.try_once("address") == 0  # the wait is over, and what was right begins none
        brake.take_back("address")
        assert brake.try_once("address") == 0
        brake.take_back("address")
    clock.now += 3600 - 90
    for _ in range(2):
        assert brake.try_once("address") == 0  # as if nobody had tried before
    assert brake.try_once("address") == 30


def test_wrong_tries_are_forgotten_after_an_hour() -> None:
    clock = Clock()
    brake = Brake(free=1, longest=300, forget_after=3600, clock=clock)
    brake.try_once("ada")
    clock.now += 3601
    assert brake.try_once("ada") == 0


def test_why_nobody_gets_in_is_logged_once_for_each_version_of_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "accounts-of-mustermann"
    write_account(file, "ada", hash_password(PASSWORD))
    good = file.read_text()
    accounts = Accounts(file)

    def reasons_after(content: bytes | None) -> list[str]:
        caplog.clear()
        file.unlink() if content is None else file.write_bytes(content)
        assert [accounts.password_hash("ada") for _ in range(3)] == [None] * 3
        return [record.fields["reason"] for record in caplog.records]  # type: ignore[attr-defined]

    (first,) = reasons_after(b"ada:secret\n")
    assert first.startswith("Line 1 of the file of accounts is not ")
    (second,) = reasons_after(b"# comment\nada:secret\n")
    assert second.startswith("Line 2 ")
    (third,) = reasons_after(b"secret \xff\n")
    assert third.startswith("The file of accounts cannot be read (UnicodeDecodeError)")
    assert reasons_after(None) == ["FileNotFoundError"]
    file.write_text(good)
    assert accounts.password_hash("ada") is not None
    assert reasons_after(None) == ["FileNotFoundError"], "it was there again meanwhile"
    assert "secret" not in caplog.text and "mustermann" not in caplog.text
