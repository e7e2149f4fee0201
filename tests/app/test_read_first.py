"""Cases in which gaze, findings and drafts were withheld: what is kept of that, and what the export says of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.records import DraftPair, KeptText, ReadFirst, RecordStore, StartedFrom, TextTooLong
from app.records.text import MOST_CHARACTERS
from gaze2report_core.imaging import Radiograph
from tests.app.test_unfinished_studies import study_of

pytestmark = pytest.mark.thorough

BEGUN = datetime(2026, 1, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WITHHELD = ReadFirst(BEGUN)
OTHER = ReadFirst(BEGUN + timedelta(seconds=1))
"""Another reading."""
SHOWN = ReadFirst(BEGUN, BEGUN + 3 * MINUTE, "The heart is enlarged.")


@dataclass
class Reader:
    """Ada, who opens films and writes reports of them at times that the test says."""

    store: RecordStore
    drafts: DraftPair

    def opens(self, film: Radiograph, at: datetime, *more: ReadFirst, lateral: Radiograph | None = None) -> str:
        """What is read first is given in the order in which it became known. Returns the id of the drafts."""
        self.at(at)
        case = self.store.open_case("ada", film, lateral)
        drafts = self.store.add_drafts(case, "ada", self.drafts)
        for one in more:
            self.store.keep_read_first(case, "ada", one)
        self.case = case
        return drafts

    def at(self, moment: datetime) -> None:
        self.store._now = lambda: moment

    def signs_off(self, drafts: str, text: str, at: datetime, started_from: str = "empty", base: int = 0) -> Any:
        """Returns what the export says of it."""
        self.at(at)
        self.store.submit(drafts, "ada", text, started_from, [], base)
        return self.line_of(drafts)["read_first"]

    def line_of(self, drafts: str) -> dict[str, Any]:
        lines = [json.loads(line) for line in self.store.correction_lines("ada")]
        (line,) = (one for one in lines if one["study"] == study_of(self.store, drafts))
        return dict(line)

    def reopened(self, drafts: str) -> ReadFirst | None:
        return self.store.unfinished_study(study_of(self.store, drafts), "ada").read_first


@pytest.fixture
def ada(store: RecordStore, drafts: DraftPair) -> Reader:
    return Reader(store, drafts)


def test_a_report_that_was_signed_off_without_the_machine_is_blind(ada: Reader, film: Radiograph) -> None:
    drafts = ada.opens(film, BEGUN, WITHHELD)
    said = ada.signs_off(drafts, "Normal.", BEGUN + MINUTE)
    assert said == {"blind": True, "shown_at": None, "text": "Normal.", "seen_before": False}
    line = ada.line_of(drafts)
    assert (line["draft"], line["started_from"]) == ("", "empty")
    ada.store.keep_read_first(ada.case, "ada", SHOWN)
    said = ada.line_of(drafts)["read_first"]
    assert said["blind"] and said["text"] == SHOWN.text, "it was shown afterwards, when more had been written"
    assert said["shown_at"] == "2026-01-02T08:03:00.000Z"


@pytest.mark.parametrize(
    ("text", "started_from", "blind"),
    [
        (SHOWN.text, "empty", True),  # it was on its way when the rest was shown
        ("The heart is normal.", "empty", False),
        ("The heart is normal.", "gaze_on", False),
    ],
)
def test_a_report_that_was_changed_since_is_not(
    ada: Reader, film: Radiograph, text: str, started_from: str, blind: bool
) -> None:
    said = ada.signs_off(ada.opens(film, BEGUN, WITHHELD, SHOWN), text, BEGUN + 4 * MINUTE, started_from)
    assert said["blind"] is blind and said["text"] == SHOWN.text


def test_what_was_shown_at_once_is_none(ada: Reader, film: Radiograph) -> None:
    drafts = ada.opens(film, BEGUN)
    assert ada.reopened(drafts) is None
    assert ada.signs_off(drafts, "Normal.", BEGUN + MINUTE) is None


def test_the_first_time_counts(ada: Reader, film: Radiograph) -> None:
    drafts = ada.opens(film, BEGUN, WITHHELD, WITHHELD)
    assert ada.reopened(drafts) == WITHHELD
    for read_first in (SHOWN, ReadFirst(BEGUN, BEGUN + 9 * MINUTE, "Later.")):
        ada.store.keep_read_first(ada.case, "ada", read_first)
    assert ada.reopened(drafts) == SHOWN


def test_what_was_shown_is_shown_in_every_case_of_the_film_each_with_its_own_text(
    ada: Reader, film_of: Callable[[int], Radiograph]
) -> None:
    film, lateral, other = film_of(1), film_of(2), film_of(3)
    alone = ada.opens(film, BEGUN, WITHHELD)
    another_tab = ada.opens(film, BEGUN, ReadFirst(BEGUN + MINUTE))
    ada.store.save_revision(another_tab, "ada", "In another tab.", "empty", 0)
    other_film = ada.opens(other, BEGUN, OTHER)
    with_lateral = ada.opens(film, BEGUN, WITHHELD, SHOWN, lateral=lateral)
    assert ada.reopened(alone) == ada.reopened(with_lateral) == SHOWN
    assert ada.reopened(another_tab) == ReadFirst(BEGUN + MINUTE, SHOWN.shown_at, "In another tab.")
    assert ada.reopened(other_film) == OTHER


@pytest.mark.parametrize(
    ("before", "seen"),
    [((), True), ((WITHHELD, SHOWN), True), ((WITHHELD,), False)],
    ids=["all of it", "read first, then all of it", "read first alone"],
)
def test_who_was_shown_it_of_the_same_film_before_is_not_blind(
    ada: Reader, film_of: Callable[[int], Radiograph], before: tuple[ReadFirst, ...], seen: bool
) -> None:
    ada.opens(film_of(1), BEGUN, *before)
    later = BEGUN + 60 * MINUTE
    again = ada.opens(film_of(1), later, ReadFirst(later))
    said = ada.signs_off(again, "Normal.", later + MINUTE)
    assert (said["blind"], said["seen_before"]) == (not seen, seen)
    other = ada.opens(film_of(2), later, ReadFirst(later + MINUTE))
    assert ada.signs_off(other, "Normal.", later + MINUTE)["blind"], "another film"


def test_the_same_reading_has_not_seen_it_before_when_a_lateral_is_added(
    ada: Reader, film_of: Callable[[int], Radiograph]
) -> None:
    ada.opens(film_of(1), BEGUN, WITHHELD, SHOWN)
    drafts = ada.opens(film_of(1), BEGUN + 5 * MINUTE, SHOWN, lateral=film_of(2))
    said = ada.signs_off(drafts, "Another.", BEGUN + 6 * MINUTE)
    assert not said["seen_before"] and not said["blind"]


def test_who_opens_the_film_with_all_of_it_in_another_tab_reads_it_first_nowhere(
    ada: Reader, film_of: Callable[[int], Radiograph]
) -> None:
    drafts, other = ada.opens(film_of(1), BEGUN, WITHHELD), ada.opens(film_of(2), BEGUN, OTHER)
    ada.signs_off(drafts, "Normal.", BEGUN + MINUTE)
    ada.opens(film_of(1), BEGUN + 2 * MINUTE)
    ada.store.keep_read_first(ada.case, "ada", None)
    assert ada.line_of(drafts)["read_first"]["blind"], "it was signed off before"
    said = ada.signs_off(drafts, "A nodule.", BEGUN + 3 * MINUTE, base=1)
    assert (said["blind"], said["text"]) == (False, "Normal.")
    assert ada.reopened(other) == OTHER


@pytest.mark.parametrize(
    "elsewhere", [(), (ReadFirst(BEGUN + MINUTE), ReadFirst(BEGUN + MINUTE, BEGUN + 2 * MINUTE, ""))]
)
@pytest.mark.parametrize("is_there", [True, False], ids=["adds its lateral", "opens its first case"])
def test_what_was_shown_in_another_tab_is_shown_in_a_case_that_opens_after_that(
    ada: Reader, film_of: Callable[[int], Radiograph], elsewhere: tuple[ReadFirst, ...], is_there: bool
) -> None:
    if is_there:
        ada.store.save_revision(ada.opens(film_of(1), BEGUN, WITHHELD), "ada", "By then.", "empty", 0)
    ada.opens(film_of(1), BEGUN + 2 * MINUTE, *elsewhere)
    if not elsewhere:
        ada.store.keep_read_first(ada.case, "ada", None)
    ada.opens(film_of(3), BEGUN + 3 * MINUTE)
    lateral = film_of(2) if is_there else None
    later = ada.opens(film_of(1), BEGUN + 5 * MINUTE, WITHHELD, lateral=lateral)
    text = "By then." if is_there else ""
    assert ada.reopened(later) == ReadFirst(BEGUN, BEGUN + 2 * MINUTE, text)
    said = ada.signs_off(later, "A nodule.", BEGUN + 6 * MINUTE)
    assert (said["blind"], said["text"], said["seen_before"]) == (False, text, False)


def test_what_was_shown_first_counts_where_it_is_asked_for_in_both_tabs(ada: Reader, film: Radiograph) -> None:
    ada.opens(film, BEGUN, WITHHELD, SHOWN)
    earlier = ReadFirst(BEGUN - MINUTE, BEGUN + 2 * MINUTE, "Own.")
    assert ada.reopened(ada.opens(film, BEGUN + 5 * MINUTE, earlier)) == earlier
    later = ReadFirst(BEGUN - 2 * MINUTE, BEGUN + 4 * MINUTE, "Own.")
    assert ada.reopened(ada.opens(film, BEGUN + 5 * MINUTE, later)) == ReadFirst(later.begun_at, earlier.shown_at, "")


@pytest.mark.parametrize("in_the_other", ["read first", "at once"])
def test_films_that_are_exchanged_or_inverted_are_of_the_same_reading(
    ada: Reader, film_of: Callable[[int], Radiograph], in_the_other: str
) -> None:
    before = ada.opens(film_of(1), BEGUN, WITHHELD)
    since = ada.opens(film_of(2), BEGUN + MINUTE, WITHHELD)
    if in_the_other == "read first":
        ada.store.keep_read_first(ada.case, "ada", SHOWN)
        assert ada.reopened(before) == ada.reopened(since) == SHOWN
    else:
        ada.opens(film_of(1), BEGUN + 2 * MINUTE)
        ada.store.keep_read_first(ada.case, "ada", None)
        assert ada.reopened(before) == ada.reopened(since) == ReadFirst(BEGUN, BEGUN + 2 * MINUTE, "")
    assert not ada.signs_off(before, "A nodule.", BEGUN + 4 * MINUTE)["blind"]
    again = ada.opens(film_of(1), BEGUN + 60 * MINUTE, ReadFirst(BEGUN + 60 * MINUTE))
    assert ada.signs_off(again, "A nodule.", BEGUN + 61 * MINUTE)["seen_before"]


def test_whoever_is_handed_out_the_line_is_shown_by_it_what_was_withheld(
    ada: Reader, film_of: Callable[[int], Radiograph]
) -> None:
    another_tab = ada.opens(film_of(1), BEGUN, OTHER)
    drafts = ada.opens(film_of(1), BEGUN, WITHHELD)
    not_in_it = ada.opens(film_of(2), BEGUN, ReadFirst(BEGUN - MINUTE))
    ada.signs_off(drafts, "Normal.", BEGUN + MINUTE)
    ada.store.save_revision(drafts, "ada", "Normal, I think.", "empty", 1)
    ada.at(BEGUN + 3 * MINUTE)
    (line,) = map(json.loads, ada.store.handed_out_lines("ada"))
    assert line["read_first"] == {"blind": True, "shown_at": None, "text": "Normal.", "seen_before": False}
    kept = {"shown_at": "2026-01-02T08:03:00.000Z", "text": "Normal, I think.", "seen_before": False}
    assert ada.line_of(drafts)["read_first"] == kept | {"blind": True}, "it was signed off before"
    assert ada.signs_off(drafts, "A nodule.", BEGUN + 4 * MINUTE, base=2) == kept | {"blind": False}
    assert ada.signs_off(another_tab, "A nodule.", BEGUN + 4 * MINUTE) == kept | {"blind": False, "text": ""}
    assert ada.reopened(not_in_it) == ReadFirst(BEGUN - MINUTE)


def test_what_the_operator_exports_shows_the_reader_nothing(ada: Reader, film: Radiograph) -> None:
    drafts = ada.opens(film, BEGUN, WITHHELD)
    ada.signs_off(drafts, "Normal.", BEGUN + MINUTE)
    assert len(ada.store.study_lines("ada")) == 1
    assert ada.signs_off(drafts, "A nodule.", BEGUN + 2 * MINUTE, base=1)["blind"]


def test_a_text_that_began_empty_has_nothing_before_it(ada: Reader, film: Radiograph) -> None:
    drafts = ada.opens(film, BEGUN)
    save = ada.store.save_revision
    assert save(drafts, "ada", "", "empty", 0) == 0, "nothing was written"
    assert save(drafts, "ada", "Normal.", "empty", 0) == 1
    texts = ada.store.unfinished_study(study_of(ada.store, drafts), "ada").texts
    assert texts == tuple(
        KeptText(drafts, StartedFrom.EMPTY, number, text) for number, text in enumerate(("", "Normal."))
    )


def test_a_text_longer_than_any_report_is_refused(ada: Reader, film: Radiograph) -> None:
    ada.opens(film, BEGUN)
    with pytest.raises(TextTooLong):
        ada.store.keep_read_first(ada.case, "ada", ReadFirst(BEGUN, BEGUN, "a" * (MOST_CHARACTERS + 1)))


def test_records_from_before_get_the_tables(tmp_path: Path, film: Radiograph, drafts: DraftPair) -> None:
    address = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    store = RecordStore(address, tmp_path / "films")
    old = Reader(store, drafts).opens(film, BEGUN)
    with store.engine.begin() as connection:
        for table in ("machine_shown", "read_first"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    store.close()
    ada = Reader(RecordStore(address, tmp_path / "films"), drafts)
    assert ada.reopened(old) is None
    assert ada.reopened(ada.opens(film, BEGUN + MINUTE, OTHER)) == OTHER
    ada.store.close()
