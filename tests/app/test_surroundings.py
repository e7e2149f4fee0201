"""What the page stands on, put together from the settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.passwords import hash_password, write_account
from app.settings import Settings
from app.surroundings import Surroundings
from app.uploads import UploadGone


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    for name in ("ada", "bob"):
        write_account(tmp_path / "accounts", name, hash_password("correct horse battery"))
    opened = Surroundings.of(Settings(data_dir=tmp_path / "data", auth_file=tmp_path / "accounts"))
    yield opened
    opened.store.close()


def test_bytes_are_counted_by_account_and_let_go_once_their_sign_in_has_ended(around: Surroundings) -> None:
    ward, home = (around.visitors.known_by(around.visitors.sign_in("ada")) for _ in range(2))
    office = around.visitors.known_by(around.visitors.sign_in("bob"))
    for store in (around.uploads, around.views):
        store.reader_bytes, store.total_bytes = 2, 3
        first = store.put(ward.session, b"1")
        second, third = (store.put(home.session, b"1") for _ in range(2))
        with pytest.raises(UploadGone):
            store.read(ward.session, first)
        assert store.read(home.session, second) == store.read(home.session, third) == b"1"
    around.visitors.sign_out(home)
    for store in (around.uploads, around.views):
        for _ in range(2):
            store.put(office.session, b"1")
        assert {held.session for held in store._held.values()} == {office.session}, "it goes as the room is needed"
        store.put(ward.session, b"1")
    around.visitors.sign_out(office)
    for store in (around.uploads, around.views):
        store.drop_expired()
        assert {held.session for held in store._held.values()} == {ward.session}, "and with a sweep"
