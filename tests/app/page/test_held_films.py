"""Films of many tabs at a time: where they are too many, those that are missed least go."""

from collections.abc import Callable

import pytest

from app.page.editing import EditKeeper
from app.page.held_films import HeldFilms
from app.page.session import EditState, OpenFilm, ReadingSession
from app.page.viewer import viewer_value
from app.records import DraftPair, RecordStore
from app.visitors import Visitors
from gaze2report_core.imaging import Radiograph, View
from tests.app.page.tabs import page_of
from tests.app.page.test_editing import answer_of, edit

Reading = Callable[[], ReadingSession]


@pytest.fixture
def reading(film: Radiograph) -> Reading:
    """Makes a tab with a film open."""

    def made() -> ReadingSession:
        session = ReadingSession()
        rows, columns = film.values.shape
        session.choice = 1
        session.place(OpenFilm(film, "token", columns, rows, 1.0, 0.0), View.FRONTAL)
        return session

    return made


def those_that_stay(tabs: dict[str, ReadingSession], newcomer: str, open_tabs: set[str], films: int) -> set[str]:
    most_bytes = films * tabs[newcomer].film_bytes
    HeldFilms(page_of(tabs), open_tabs, most_bytes).make_room(tabs[newcomer])
    return {name for name, session in tabs.items() if session.frontal is not None}


def test_as_many_stay_as_fit_and_those_not_heard_of_for_long_go_first(reading: Reading) -> None:
    tabs = {name: reading() for name in ("first", "second", "third", "newcomer")}
    assert those_that_stay(tabs, "newcomer", set(tabs), films=4) == set(tabs)
    assert those_that_stay(tabs, "newcomer", set(tabs), films=2) == {"third", "newcomer"}


def test_those_of_closed_tabs_go_before_those_of_open_ones(reading: Reading) -> None:
    tabs = {name: reading() for name in ("open", "closed", "newcomer")}
    assert those_that_stay(tabs, "newcomer", {"open", "newcomer"}, films=2) == {"open", "newcomer"}


def test_whoever_opens_a_film_keeps_it_however_large_it_is(reading: Reading) -> None:
    tabs = {name: reading() for name in ("newcomer", "another")}
    assert those_that_stay(tabs, "newcomer", {"another"}, films=0) == {"newcomer"}


def test_a_tab_whose_study_was_let_go_is_like_one_that_the_server_has_not_met(reading: Reading) -> None:
    session, fresh = reading(), ReadingSession()
    stop = session.begin_writing()
    session.let_go()
    assert stop.is_set() and not session.is_writing(stop), "what was being written is abandoned"
    assert session.case_id is None and not session.needs_drafts
    for told, told_of_fresh in ((session.drafts, fresh.drafts), (viewer_value(session), viewer_value(fresh))):
        assert told | {"number": 0} == told_of_fresh | {"number": 0}


def test_what_is_typed_after_its_film_was_let_go_is_kept(
    reading: Reading, records: RecordStore, film: Radiograph, drafts: DraftPair, request_of: Callable[[str], object]
) -> None:
    keeper, session = EditKeeper(records, Visitors(None)), reading()
    drafts_id = records.add_drafts(records.open_case("reader", film), "reader", drafts)
    session.edits[drafts_id] = EditState()
    keeper.save(session, request_of("reader"), edit(drafts_id, "The heart is large.", 1))  # type: ignore[arg-type]
    session.let_go()
    told = keeper.save(session, request_of("reader"), edit(drafts_id, "The heart is huge.", 2))  # type: ignore[arg-type]
    assert answer_of(told) | {"failure": None, "revision": 2} == answer_of(told)
