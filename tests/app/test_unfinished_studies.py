"""Studies that were left without being signed off: which are listed, for whom, and what brings one back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select

from app.records import (
    AlreadySignedOff,
    DraftPair,
    GazeQuery,
    Grounds,
    KeptText,
    Reason,
    RecordStore,
    StartedFrom,
    UnknownRecord,
    Verdict,
    Word,
    unfinished_study,
)
from app.records.tables import Case, Drafts, GivenReasons
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.gaze import GazeSource
from gaze2report_core.imaging import Radiograph

pytestmark = pytest.mark.thorough

FilmOf = Callable[[int], Radiograph]


def study_of(store: RecordStore, drafts_id: str) -> str:
    with store.engine.connect() as connection:
        query = select(Case.study).join(Drafts, Drafts.case_id == Case.id).where(Drafts.id == drafts_id)
        return connection.execute(query).scalar_one()


def texts(store: RecordStore, reader: str = "ada", **more: Any) -> list[str | None]:
    return [one.text for one in store.unfinished(reader, **more).listed]


@pytest.fixture
def leave(store: RecordStore, film_of: FilmOf, drafts: DraftPair) -> Callable[..., str]:
    """Opens a film, has drafts written, and types the texts one after the other. Returns the drafts' id."""

    def left(film: int, *typed: str, reader: str = "ada") -> str:
        drafts_id = store.add_drafts(store.open_case(reader, film_of(film)), reader, drafts)
        for base, text in enumerate(typed):
            store.save_revision(drafts_id, reader, text, "gaze_on", base)
        return drafts_id

    return left


def test_what_was_left_is_listed_with_its_last_text_and_what_nobody_edited_after_it(
    store: RecordStore, leave: Callable[..., str], film_of: FilmOf, drafts: DraftPair
) -> None:
    leave(1, "One.", "One, and more.")
    leave(2)
    both = store.open_case("ada", film_of(3), film_of(4))
    store.save_revision(store.add_drafts(both, "ada", drafts), "ada", "Three.", "gaze_off", 0)
    store.open_case("ada", film_of(5))  # without drafts there is nothing to come back to
    unfinished = store.unfinished("ada")
    assert [(one.text, one.has_lateral) for one in unfinished.listed] == [
        ("Three.", True),
        ("One, and more.", False),
        (None, False),
    ]
    times = [one.opened_at for one in unfinished.listed]
    assert times[0] > times[2] > times[1] and all(time.tzinfo for time in times)
    assert unfinished.count == 3


def test_a_handful_is_listed_and_all_are_counted(store: RecordStore, leave: Callable[..., str]) -> None:
    for number in range(7):
        leave(number, f"Text {number}.")
    assert texts(store) == [f"Text {number}." for number in (6, 5, 4, 3, 2)]
    assert store.unfinished("ada").count == 7
    assert texts(store, most=7)[5:] == ["Text 1.", "Text 0."], "as many as are asked for"
    assert store.unfinished("bob").listed == () and store.unfinished("bob").count == 0


def test_a_text_is_found_before_all_that_was_only_opened_since(store: RecordStore, leave: Callable[..., str]) -> None:
    """Else whoever opens enough films finds what they typed no more."""
    leave(1, "An early text.")
    leave(2, "A later text.", "")
    for number in range(3, 15):
        leave(number)
    assert texts(store) == ["", "An early text.", None, None, None]
    times = [one.opened_at for one in store.unfinished("ada").listed[2:]]
    assert times == sorted(times, reverse=True)
    assert store.unfinished("ada").count == 14


def test_what_was_typed_on_after_a_submission_is_listed_with_the_revision_that_is_submitted(
    store: RecordStore, leave: Callable[..., str], drafts: DraftPair
) -> None:
    typed_on, _, _ = leave(1, "One."), leave(2, "Another."), leave(3)
    store.submit(typed_on, "ada", "One.", "gaze_on", [], 1)
    store.save_revision(typed_on, "ada", "One, on second thoughts.", "gaze_on", 1)
    store.submit(typed_on, "ada", "One, on second thoughts.", "gaze_on", [], 2)
    store.save_revision(typed_on, "ada", "And on third ones.", "gaze_on", 2)
    told = {one.text: one.submitted for one in store.unfinished("ada").listed}
    assert told == {"Another.": None, "And on third ones.": 2, None: None}
    with store.engine.connect() as connection:
        case_id = connection.execute(select(Drafts.case_id).where(Drafts.id == typed_on)).scalar_one()
    again = store.add_drafts(case_id, "ada", drafts)
    store.submit(again, "ada", "Of drafts that were written since.", "gaze_off", [], 0)
    store.save_revision(typed_on, "ada", "And on fourth ones.", "gaze_on", 3)
    assert [one.submitted for one in store.unfinished("ada").listed] == [None, 1, None]


def test_a_study_that_is_signed_off_leaves_the_list_until_its_text_is_changed_again(
    store: RecordStore, leave: Callable[..., str]
) -> None:
    drafts_id = leave(1, "One.")
    leave(2, "Another.")
    store.submit(drafts_id, "ada", "One.", "gaze_on", [], 1)
    assert texts(store) == ["Another."]
    with pytest.raises(AlreadySignedOff, match="signed off meanwhile"):
        store.unfinished_study(study_of(store, drafts_id), "ada")
    store.save_revision(drafts_id, "ada", "One, on second thoughts.", "gaze_on", 1)
    assert texts(store) == ["Another.", "One, on second thoughts."]
    assert store.unfinished_study(study_of(store, drafts_id), "ada").texts[-1].text == "One, on second thoughts."


def test_a_draft_that_is_signed_off_as_it_is_leaves_the_list(store: RecordStore, leave: Callable[..., str]) -> None:
    drafts_id = leave(1)
    store.submit(drafts_id, "ada", "The lungs are clear.", "gaze_off", [], 0)
    assert texts(store) == []
    with pytest.raises(AlreadySignedOff):
        store.unfinished_study(study_of(store, drafts_id), "ada")


def test_of_a_film_that_was_opened_several_times_nothing_typed_is_lost_and_nothing_else_is_repeated(
    store: RecordStore, leave: Callable[..., str], film_of: FilmOf, drafts: DraftPair
) -> None:
    leave(1)
    typed = leave(1, "Typed.")
    leave(1, reader="bob")
    leave(1)
    with_lateral = store.add_drafts(store.open_case("ada", film_of(1), film_of(2)), "ada", drafts)
    assert texts(store) == ["Typed.", None]
    store.submit(with_lateral, "ada", "Signed off.", "gaze_on", [], 0)
    assert texts(store) == [], "a report of this film was signed off after all of that"
    with pytest.raises(AlreadySignedOff):
        store.unfinished_study(study_of(store, typed), "ada")
    assert texts(store, "bob") == [None]
    leave(1)
    assert texts(store) == [None]


def test_what_is_open_in_this_tab_is_not_offered(store: RecordStore, leave: Callable[..., str]) -> None:
    open_here, _ = leave(1, "Open here."), leave(2, "Left.")
    assert texts(store, open_here=[open_here]) == ["Left."]
    assert store.unfinished("ada", open_here=[open_here]).count == 1


def test_what_is_discarded_is_not_offered_unless_its_text_changes_again(
    store: RecordStore, leave: Callable[..., str]
) -> None:
    discarded, untouched = leave(1, "Discarded."), leave(2)
    leave(3, "Kept.")
    for drafts_id in (discarded, untouched):
        with pytest.raises(UnknownRecord):
            store.discard_study(study_of(store, drafts_id), "bob")
        store.discard_study(study_of(store, drafts_id), "ada")
    assert texts(store) == ["Kept."] and store.unfinished("ada").count == 1
    assert store.unfinished_study(study_of(store, discarded), "ada").texts[-1].text == "Discarded.", (
        "it is all still there"
    )
    store.save_revision(discarded, "ada", "Gone on with in another tab.", "gaze_on", 1)
    assert texts(store) == ["Kept.", "Gone on with in another tab."]


def test_reasons_come_back_as_they_were_given_last_for_whichever_drafts_of_the_study(
    store: RecordStore, leave: Callable[..., str], drafts: DraftPair
) -> None:
    first, other = leave(1, "Typed."), leave(2, "Of another film.")
    study = study_of(store, first)
    assert store.unfinished_study(study, "ada").grounds == Grounds((), "")
    for reasons, note in ((["style"], ""), (["style"], ""), (["other", "style"], " the hilum "), (["style"], "")):
        store.give_reasons(first, "ada", reasons, note=note)
    with store.engine.connect() as connection:
        numbers = connection.execute(select(GivenReasons.number).order_by(GivenReasons.number)).scalars().all()
        case_id = connection.execute(select(Drafts.case_id).where(Drafts.id == first)).scalar_one()
    assert numbers == [1, 2, 3]
    assert store.unfinished_study(study, "ada").grounds == Grounds((Reason.STYLE,), "")
    again = store.add_drafts(case_id, "ada", drafts)
    store.give_reasons(again, "ada", [], note="the hilum")
    assert store.unfinished_study(study, "ada").grounds == Grounds((Reason.OTHER,), "the hilum")
    assert store.unfinished_study(study_of(store, other), "ada").grounds == Grounds((), "")
    with pytest.raises(UnknownRecord):
        store.give_reasons(first, "bob", ["style"])


def test_reasons_that_are_taken_back_on_other_drafts_of_the_study_do_not_come_back(
    store: RecordStore, leave: Callable[..., str], drafts: DraftPair
) -> None:
    first = leave(1, "Typed.")
    store.give_reasons(first, "ada", ["style"])
    with store.engine.connect() as connection:
        case_id = connection.execute(select(Drafts.case_id).where(Drafts.id == first)).scalar_one()
    again = store.add_drafts(case_id, "ada", drafts)
    store.give_reasons(again, "ada", [])
    study = study_of(store, first)
    assert store.unfinished_study(study, "ada").grounds == Grounds((), "")
    store.give_reasons(first, "ada", ["style"])
    assert store.unfinished_study(study, "ada").grounds == Grounds((Reason.STYLE,), ""), "what stood for these before"


def test_a_case_is_edited_once_its_reader_has_saved_a_text_or_given_reasons(
    store: RecordStore, leave: Callable[..., str]
) -> None:
    untouched, typed, reasoned = leave(1), leave(2, "Typed."), leave(3)
    store.give_reasons(reasoned, "ada", ["style"])
    with store.engine.connect() as connection:
        cases = {row.id: row.case_id for row in connection.execute(select(Drafts.id, Drafts.case_id))}
    assert [store.is_edited(cases[one], "ada") for one in (untouched, typed, reasoned)] == [False, True, True]
    assert not store.is_edited(cases[typed], "bob")


def test_the_list_reads_no_film(store: RecordStore, leave: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    leave(1, "Typed.")
    monkeypatch.setattr("app.records.films.FilmFolder.values_of", lambda *_: pytest.fail("a film was read"))
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert texts(store) == ["Typed."]
    assert len([one for one in asked if one != "BEGIN"]) == 1, "and it is one question to the database"


def test_a_study_comes_back_with_gaze_drafts_verdicts_and_texts(
    store: RecordStore, film: Radiograph, drafts: DraftPair
) -> None:
    case_id = store.open_case("ada", film)
    asked = GazeQuery(query="cardiomegaly", share=0.5)
    sides = {Finding.FRACTURE: Laterality.BOTH}
    drafts_id = store.add_drafts(case_id, "ada", replace(drafts, asked=asked, settings={"stopped": True}, sides=sides))
    for finding, verdict in (
        (Finding.EDEMA, Verdict.CONFIRMED),
        (Finding.EDEMA, Verdict.REJECTED),
        (Finding.FRACTURE, Verdict.CONFIRMED),
    ):
        store.give_verdict(case_id, "ada", finding, Word(verdict))
    store.give_verdict(case_id, "ada", Finding.FRACTURE, Word(Verdict.CONFIRMED, Laterality.LEFT))
    store.give_verdict(store.open_case("ada", film), "ada", Finding.PNEUMONIA, Word(Verdict.CONFIRMED))
    for base, text in enumerate(("The heart is large.", "The heart is normal.")):
        store.save_revision(drafts_id, "ada", text, "gaze_off", base)
    left = store.unfinished_study(study_of(store, drafts_id), "ada")
    assert left.case_id == case_id
    assert (left.drafts.drafts_id, left.drafts.finished, left.drafts.asked) == (drafts_id, False, asked)
    assert (left.drafts.gaze_on, left.drafts.gaze_off) == (drafts.gaze_on, drafts.gaze_off)
    assert left.drafts.scanpath.to_fixations() == drafts.scanpath.to_fixations()
    assert left.drafts.scanpath.source is GazeSource.EDITED
    fractured = Word(Verdict.CONFIRMED, Laterality.LEFT)
    assert left.words == {Finding.EDEMA: Word(Verdict.REJECTED), Finding.FRACTURE: fractured}
    assert left.drafts.sides == sides
    assert left.texts == tuple(
        KeptText(drafts_id, StartedFrom.GAZE_OFF, revision, text)
        for revision, text in enumerate((drafts.gaze_off, "The heart is large.", "The heart is normal."))
    )
    assert left.revisions == {drafts_id: 2}


def test_nothing_edited_is_no_text(store: RecordStore, leave: Callable[..., str]) -> None:
    left = store.unfinished_study(study_of(store, drafts_id := leave(1)), "ada")
    assert left.texts == () and left.revisions == {drafts_id: 0}
    assert left.drafts.finished


def test_drafts_that_were_written_again_are_shown_and_the_text_of_those_before_stands(
    store: RecordStore, film: Radiograph, drafts: DraftPair
) -> None:
    case_id = store.open_case("ada", film)
    first, second, last = (
        store.add_drafts(case_id, "ada", replace(drafts, gaze_on=f"Draft {number}.")) for number in (1, 2, 3)
    )
    store.save_revision(second, "ada", "Of the second.", "gaze_on", 0)
    store.save_revision(first, "ada", "Of the first.", "gaze_on", 0)
    left = store.unfinished_study(study_of(store, first), "ada")
    assert left.drafts.drafts_id == last and left.drafts.gaze_on == "Draft 3."
    assert [(one.drafts_id, one.text) for one in left.texts] == [
        (second, "Draft 2."),
        (second, "Of the second."),
        (first, "Of the first."),
    ]
    assert left.revisions == {first: 1, second: 1, last: 0}
    assert texts(store) == ["Of the first."]


def test_of_many_revisions_the_last_can_be_undone(
    store: RecordStore, leave: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished_study, "MOST_STEPS", 3)
    drafts_id = leave(1, *(f"Text {number}." for number in range(6)))
    left = store.unfinished_study(study_of(store, drafts_id), "ada")
    assert [one.text for one in left.texts] == ["Text 3.", "Text 4.", "Text 5."]
    assert left.revisions == {drafts_id: 6}


def test_another_readers_study_is_unknown(store: RecordStore, leave: Callable[..., str]) -> None:
    drafts_id = leave(1, "Ada's text.")
    with pytest.raises(UnknownRecord):
        store.unfinished_study(study_of(store, drafts_id), "bob")


def test_a_study_without_drafts_is_unknown(store: RecordStore, film: Radiograph) -> None:
    case_id = store.open_case("ada", film)
    with store.engine.connect() as connection:
        study = connection.execute(select(Case.study).where(Case.id == case_id)).scalar_one()
    with pytest.raises(UnknownRecord, match="no such draft"):
        store.unfinished_study(study, "ada")


def test_texts_are_in_no_description(store: RecordStore, leave: Callable[..., str]) -> None:
    drafts_id = leave(1, "Zwiebelfisch.")
    left = store.unfinished_study(study_of(store, drafts_id), "ada")
    assert "Zwiebelfisch" not in repr((left, store.unfinished("ada")))
    assert "pleural effusion" not in repr(left)
