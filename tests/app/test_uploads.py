"""Bytes in memory: bound to one browser, bounded in size, gone after a while."""

import random
import string
import tracemalloc
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest

from app import uploads as uploads_module
from app.tally import Amount
from app.uploads import Held, TooManyLeaving, UploadGone, UploadRefused, UploadsFull, UploadStore, UploadTooLarge
from tests.clock import Clock

MEBIBYTE = 1024 * 1024


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def uploads(clock: Clock) -> UploadStore:
    return UploadStore(max_bytes=10, reader_bytes=20, total_bytes=30, lifetime=60, clock=clock)


def assert_the_books_balance(uploads: UploadStore) -> None:
    """Nothing is counted but what is held."""
    held = list(uploads._held.values())
    assert uploads._in_memory.of_all == Amount(len(held), sum(len(one.data) for one in held))
    for reader in string.ascii_letters:
        own = [one for one in held if one.reader == reader]
        assert uploads._in_memory.of(reader) == Amount(len(own), sum(len(one.data) for one in own))


def test_what_is_put_can_be_read_often_until_it_is_discarded(uploads: UploadStore) -> None:
    token = uploads.put("ada", b"film", "image/png")
    assert uploads.read("ada", token) == uploads.read("ada", token) == b"film"
    assert uploads.look("ada", token).media_type == "image/png"
    uploads.discard("ada", token)
    with pytest.raises(UploadGone, match=r"^This file is no longer held here\. Please choose it again\.$"):
        uploads.read("ada", token)


@pytest.mark.parametrize("way", [UploadStore.read, UploadStore.look])
def test_a_token_opens_nothing_for_another_browser(
    uploads: UploadStore, way: Callable[[UploadStore, str, str], object]
) -> None:
    token = uploads.put("ada", b"film")
    with pytest.raises(UploadGone):
        way(uploads, "bob", token)
    uploads.discard("bob", token)
    assert uploads.read("ada", token) == b"film"
    uploads.discard("ada", token)
    with pytest.raises(UploadGone):
        uploads.read("ada", token)


def test_bytes_are_gone_after_their_time(uploads: UploadStore, clock: Clock) -> None:
    token = uploads.put("ada", b"film")
    clock.now = 59
    assert uploads.read("ada", token) == b"film"
    clock.now = 60
    with pytest.raises(UploadGone):
        uploads.read("ada", token)
    assert uploads._held == {}, "expired bytes leave the memory"


def test_a_film_beyond_the_limit_is_refused() -> None:
    uploads = UploadStore(max_bytes=2 * MEBIBYTE, reader_bytes=8 * MEBIBYTE, total_bytes=8 * MEBIBYTE)
    with pytest.raises(UploadTooLarge, match=r"larger than 2 MB, the most that is accepted\. Please choose a single"):
        uploads.put("ada", bytes(2 * MEBIBYTE + 1))


def test_arriving_bytes_are_refused_at_the_limit_and_then_forgotten(uploads: UploadStore) -> None:
    with uploads.arrival("ada") as arrival:
        arrival.add(b"123456")
        with pytest.raises(UploadTooLarge):
            arrival.add(b"78901")
    assert_the_books_balance(uploads)
    with uploads.arrival("ada") as arrival:
        arrival.add(b"12345")
        arrival.add(b"67890")
        token = arrival.finish()
    assert uploads.read("ada", token) == b"1234567890"
    assert_the_books_balance(uploads)


def test_nothing_is_not_a_film(uploads: UploadStore) -> None:
    with (
        uploads.arrival("ada") as arrival,
        pytest.raises(UploadRefused, match=r"^This file is empty\. Please choose another"),
    ):
        arrival.finish()


def test_a_browser_that_opens_more_loses_its_oldest(uploads: UploadStore) -> None:
    first, second, third = (uploads.put("ada", bytes(10)) for _ in range(3))
    with pytest.raises(UploadGone):
        uploads.read("ada", first)
    assert len(uploads.read("ada", second)) == len(uploads.read("ada", third)) == 10


def test_one_browser_cannot_drive_out_anothers_films(uploads: UploadStore) -> None:
    adas = uploads.put("ada", bytes(10))
    for _ in range(5):
        uploads.put("bob", bytes(10))
    assert len(uploads.read("ada", adas)) == 10
    with pytest.raises(UploadsFull, match=r"holds as many files as it can\. Please try again in a few minutes\."):
        uploads.put("eve", bytes(10))


def test_a_film_that_has_arrived_was_at_no_moment_held_twice() -> None:
    most = 32 * MEBIBYTE
    uploads = UploadStore(max_bytes=most, reader_bytes=most, total_bytes=most)
    chunk = bytes(MEBIBYTE)
    tracemalloc.start()
    try:
        with uploads.arrival("ada") as arrival:
            for _ in range(32):
                arrival.add(chunk)
            token = arrival.finish()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert uploads.read("ada", token) == bytes(most)
    assert peak < 1.25 * most


def test_too_much_on_its_way_from_one_reader_is_refused(uploads: UploadStore) -> None:
    with uploads.arrival("ada") as one, uploads.arrival("ada") as two, uploads.arrival("ada") as three:
        one.add(bytes(10))
        two.add(bytes(10))
        with pytest.raises(UploadsFull, match="Please wait until they have arrived"):
            three.add(b"1")


def test_what_has_arrived_leaves_what_is_still_on_its_way_counted(uploads: UploadStore) -> None:
    with uploads.arrival("ada") as first, uploads.arrival("ada") as second:
        first.add(b"0123456789")
        second.add(b"0123456789")
        uploads.discard("ada", second.finish())
        with uploads.arrival("ada") as third:
            third.add(b"0123456789")
            with pytest.raises(UploadsFull), uploads.arrival("ada") as fourth:
                fourth.add(b"0")


def test_the_books_balance_after_many_at_once() -> None:
    uploads = UploadStore(max_bytes=1000, reader_bytes=4000, total_bytes=8000)
    together = Barrier(8)
    failures: list[str] = []

    def work(seed: int) -> None:
        chance, session = random.Random(seed), string.ascii_letters[seed % 3]  # noqa: S311
        together.wait()
        for _ in range(200):
            data = chance.randbytes(chance.randint(1, 900))
            try:
                with uploads.arrival(session) as arrival:
                    arrival.add(data[:400])
                    arrival.add(data[400:])
                    token = arrival.finish()
                if uploads.read(session, token) != data:
                    failures.append("other bytes came back")
                uploads.discard(session, token)
            except (UploadsFull, UploadGone):
                pass

    workers = [Thread(target=work, args=(seed,)) for seed in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert_the_books_balance(uploads)


@pytest.fixture
def signed_in() -> dict[str, str]:
    return {"ward": "ada", "home": "ada", "office": "bob"}


@pytest.fixture
def of_readers(signed_in: dict[str, str], clock: Clock) -> UploadStore:
    """Each reader may hold as much as two files, all of them three."""
    return UploadStore(max_bytes=10, reader_bytes=20, total_bytes=30, whose=signed_in.get, clock=clock)


def test_whoever_signs_in_from_several_browsers_holds_no_more_than_from_one(of_readers: UploadStore) -> None:
    first = of_readers.put("ward", bytes(10))
    others = [(session, of_readers.put(session, bytes(10))) for session in ("home", "ward")]
    with pytest.raises(UploadGone):
        of_readers.read("ward", first)
    assert [len(of_readers.read(*one)) for one in others] == [10, 10]
    assert of_readers.put("office", bytes(10)), "a third of all is left to another reader"
    with (
        of_readers.arrival("ward") as one,
        of_readers.arrival("home") as two,
        of_readers.arrival("home") as three,
    ):
        one.add(bytes(10))
        two.add(bytes(10))
        with pytest.raises(UploadsFull):
            three.add(b"1")


def test_what_a_reader_held_who_signed_out_is_let_go_where_another_needs_the_room(
    of_readers: UploadStore, signed_in: dict[str, str]
) -> None:
    token = of_readers.put("ward", bytes(10))
    home = of_readers.put("home", bytes(10))
    del signed_in["ward"]
    for _ in range(2):
        of_readers.put("office", bytes(10))
    with pytest.raises(UploadGone):
        of_readers.read("ward", token)
    assert len(of_readers.read("home", home)) == 10, "there the same reader is still signed in"


def test_what_a_reader_held_who_signed_out_goes_with_the_next_sweep(
    of_readers: UploadStore, signed_in: dict[str, str]
) -> None:
    of_readers.put("ward", bytes(10))
    kept = of_readers.put("home", bytes(10))
    del signed_in["ward"]
    of_readers.drop_expired()
    assert list(of_readers._held) == [kept]


def test_many_small_files_are_as_good_as_too_much(of_readers: UploadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads_module, "MOST_FILES", 3)
    for _ in range(5):
        of_readers.put("ward", b"1")
    assert len(of_readers._held) == 3


def test_small_files_of_many_readers_are_too_many_as_well(
    uploads: UploadStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without accounts each request without a cookie is another reader."""
    monkeypatch.setattr(uploads_module, "MOST_FILES_OF_ALL", 3)
    tokens = {session: uploads.put(session, b"1") for session in "abc"}
    with pytest.raises(UploadsFull, match="holds as many files as it can"):
        uploads.put("d", b"1")
    with pytest.raises(UploadsFull), uploads.arrival("d") as arrival:
        arrival.add(b"1")
    assert [uploads.read(*one) for one in tokens.items()] == [b"1"] * 3
    uploads.discard("a", tokens["a"])
    with uploads.arrival("d") as arrival:
        for part in (b"1", b"2"):
            arrival.add(part)
        with pytest.raises(UploadsFull):
            uploads.put("e", b"1")
        arrival.finish()
    assert_the_books_balance(uploads)
    clock.now = 60
    uploads.put("e", b"1")
    assert_the_books_balance(uploads)


def test_where_much_is_held_it_is_not_looked_through_with_each_part_of_a_film(uploads: UploadStore) -> None:
    class NeverLookedThrough(dict[str, Held]):
        def values(self) -> Any:
            raise AssertionError

        items = values

    for session in string.ascii_letters[:20]:
        uploads.put(session, b"1")
    uploads._held = NeverLookedThrough(uploads._held)
    with uploads.arrival("Ada") as arrival:
        for part in (b"123", b"456"):
            arrival.add(part)
        assert uploads.read("Ada", arrival.finish()) == b"123456"


def test_nothing_is_dropped_for_what_would_be_refused_all_the_same(of_readers: UploadStore) -> None:
    leaving, kept = ((session, of_readers.put(session, bytes(size))) for session, size in (("ward", 10), ("home", 5)))
    with of_readers.leaving(*leaving), of_readers.arrival("home") as arrival:
        arrival.add(bytes(5))
        with pytest.raises(UploadsFull, match="Please wait until they have arrived"):
            of_readers.put("ward", bytes(10))
    assert [len(of_readers.read(*one)) for one in (leaving, kept)] == [10, 5]


def test_nothing_is_dropped_where_all_would_hold_too_much_all_the_same(of_readers: UploadStore) -> None:
    kept = [
        (session, of_readers.put(session, bytes(size)))
        for session, size in (("ward", 5), ("ward", 10), ("office", 5), ("office", 10))
    ]
    with pytest.raises(UploadsFull, match="holds as many files as it can"):
        of_readers.put("ward", bytes(10))
    assert [len(of_readers.read(*one)) for one in kept] == [5, 10, 5, 10]


def test_what_is_leaving_counts_until_it_has_left_also_where_it_is_held_no_longer(of_readers: UploadStore) -> None:
    token = of_readers.put("ward", bytes(10))
    with of_readers.leaving("ward", token), of_readers.leaving("ward", token) as held:
        of_readers.discard("ward", token)
        assert len(held.data) == 10
        first, second = (of_readers.put("home", bytes(10)) for _ in range(2))
        with pytest.raises(UploadGone):
            of_readers.read("home", first)
        assert len(of_readers.read("home", second)) == 10
    assert_the_books_balance(of_readers)
    of_readers.put("home", bytes(10))
    assert len(of_readers.read("home", second)) == 10


def test_more_than_a_few_pages_ask_for_does_not_leave_at_a_time(
    of_readers: UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads_module, "MOST_LEAVING", 2)
    ward, home, office = ((session, of_readers.put(session, b"film")) for session in ("ward", "home", "office"))
    with of_readers.leaving(*ward):
        with (
            of_readers.leaving(*ward),
            of_readers.leaving(*office),
            pytest.raises(TooManyLeaving, match="try again when they have arrived"),
            of_readers.leaving(*home),
        ):
            pass
        with of_readers.leaving(*home) as held:
            assert held.data == b"film"


def test_expired_bytes_can_be_dropped_without_being_asked_for(uploads: UploadStore, clock: Clock) -> None:
    uploads.put("ada", b"film")
    clock.now = 30
    token = uploads.put("bob", b"other")
    clock.now = 60
    uploads.drop_expired()
    assert list(uploads._held) == [token]
