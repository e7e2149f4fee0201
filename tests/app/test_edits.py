"""An edit is kept if it was based on the newest text, and refused with what changed if it was not."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.records import NewerText, Reason, RecordStore, StaleEdit, StartedFrom, TextTooLong, UnknownRecord
from app.records.errors import changes_between

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)  # with NUL, lone surrogates, every kind of line separator
same_store = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)


def as_kept(text: str) -> str:
    return "".join("\ufffd" if sign == "\0" or "\ud800" <= sign <= "\udfff" else sign for sign in text)


def test_revisions_are_numbered_and_an_unchanged_text_is_not_kept_again(
    store: RecordStore, drafts_of: Callable[[str], str]
) -> None:
    drafts_id = drafts_of("ada")
    save = lambda text, base: store.save_revision(drafts_id, "ada", text, "gaze_on", base)  # noqa: E731
    assert save("The heart is enlarged. No pleural effusion.", 0) == 0  # the draft itself
    assert save("The heart is large.", 0) == 1
    assert save("The heart is large.", 1) == 1
    assert save("The heart is large.", 0) == 1  # the same edit from another window
    assert save("The heart is normal.", 1) == 2
    assert save("The heart is large.", 2) == 3  # undone


def test_a_stale_edit_is_refused_with_what_changed(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    drafts_id = drafts_of("ada")
    store.save_revision(drafts_id, "ada", "The heart is normal. Small pleural effusion.", "gaze_on", 0)
    with pytest.raises(StaleEdit) as refusal:
        store.save_revision(drafts_id, "ada", "The heart is enlarged.", "gaze_on", 0)
    assert str(refusal.value) == (
        "This report was changed elsewhere since you began (now revision 1): “enlarged. No” became “normal. Small”. "
        "Your text was not saved over it."
    )
    newer = NewerText(1, "The heart is normal. Small pleural effusion.", StartedFrom.GAZE_ON, submitted=False)
    assert refusal.value.newer == newer
    with pytest.raises(StaleEdit, match="now revision 1"):
        store.submit(drafts_id, "ada", "The heart is enlarged.", "gaze_on", [], 0)
    assert store.corrections("ada") == []


def test_who_is_refused_hears_that_the_newer_text_was_signed_off(
    store: RecordStore, drafts_of: Callable[[str], str]
) -> None:
    drafts_id = drafts_of("ada")
    store.submit(drafts_id, "ada", "Normal.", "gaze_on", [], 0)
    with pytest.raises(StaleEdit, match="changed and submitted elsewhere") as refusal:
        store.save_revision(drafts_id, "ada", "The heart is enlarged.", "gaze_on", 0)
    assert refusal.value.newer.submitted
    store.save_revision(drafts_id, "ada", "Normal chest.", "gaze_on", 1)
    with pytest.raises(StaleEdit, match="changed elsewhere"):
        store.save_revision(drafts_id, "ada", "The heart is enlarged.", "gaze_on", 0)


def test_an_edit_based_on_a_revision_that_never_was_is_refused(
    store: RecordStore, drafts_of: Callable[[str], str]
) -> None:
    with pytest.raises(UnknownRecord, match="no such revision"):
        store.save_revision(drafts_of("ada"), "ada", "Text.", "gaze_on", 7)


def test_a_draft_can_be_signed_off_as_it_is(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    store.submit(drafts_of("ada"), "ada", "The lungs are clear.", "gaze_off", [], 0)
    [kept] = store.corrections("ada")
    assert (kept.corrected, kept.started_from) == ("The lungs are clear.", StartedFrom.GAZE_OFF)


def test_submitting_twice_is_one_correction_and_a_later_one_supersedes(
    store: RecordStore, drafts_of: Callable[[str], str]
) -> None:
    drafts_id = drafts_of("ada")
    submit = lambda text, reasons, base: store.submit(drafts_id, "ada", text, "gaze_on", reasons, base)  # noqa: E731
    first = submit("One.", ["style"], 0)
    assert submit("One.", ["style"], 1) == first
    second = submit("One.", ["style", "wrong_severity"], 1)
    third = submit("Two.", ["style"], 1)
    assert len({first, second, third}) == 3
    assert [one.corrected for one in store.corrections("ada")] == ["Two."]
    assert len(list(store.correction_lines("ada"))) == 1


def test_corrections_are_listed_newest_first(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    for text in ("One.", "Two.", "Three."):
        store.submit(drafts_of("ada"), "ada", text, "gaze_on", [], 0)
    assert [one.corrected for one in store.corrections("ada")] == ["Three.", "Two.", "One."]


def test_the_last_corrections_are_listed_and_all_are_counted(
    store: RecordStore, drafts_of: Callable[[str], str]
) -> None:
    for number in range(5):
        drafts_id = drafts_of("ada")
        store.submit(drafts_id, "ada", f"Text {number}.", ("gaze_on", "gaze_off")[number % 2], ["style"], 0)
    store.submit(drafts_id, "ada", "Text 4, corrected.", "gaze_on", ["style"], 1)
    store.submit(drafts_of("bob"), "bob", "Bob's text.", "gaze_on", ["style"], 0)
    listed = store.corrections("ada", most=2)
    assert [(one.corrected, one.started_from) for one in listed] == [
        ("Text 4, corrected.", StartedFrom.GAZE_ON),
        ("Text 3.", StartedFrom.GAZE_OFF),
    ]
    assert (store.count_corrections("ada"), store.count_corrections("bob"), store.count_corrections("eve")) == (5, 1, 0)
    assert len(store.corrections("ada")) == len(list(store.correction_lines("ada"))) == 5


def test_reasons_are_a_closed_list_and_a_note_goes_with_other(
    store: RecordStore, drafts_of: Callable[[str], str]
) -> None:
    drafts_id = drafts_of("ada")
    with pytest.raises(ValueError, match="'bored' is not a valid Reason"):
        store.submit(drafts_id, "ada", "Text.", "gaze_on", ["bored"], 0)
    store.submit(drafts_id, "ada", "Text.", "gaze_on", ["style", "false_finding", "style"], 0, note=" The tube. ")
    [kept] = store.corrections("ada")
    assert kept.reasons == (Reason.FALSE_FINDING, Reason.STYLE, Reason.OTHER)
    assert kept.note == "The tube."
    assert [reason.label for reason in Reason] == [
        "False finding", "Missed finding", "Wrong location", "Wrong severity", "Style", "Other",
    ]  # fmt: skip


def test_a_started_from_that_is_no_side_is_refused(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    with pytest.raises(ValueError, match="'added_at' is not a valid StartedFrom"):
        store.save_revision(drafts_of("ada"), "ada", "Text.", "added_at", 0)


@same_store
@given(text=ANY_TEXT, note=ANY_TEXT)
def test_any_text_is_kept(store: RecordStore, drafts_of: Callable[[str], str], text: str, note: str) -> None:
    store.submit(drafts_of("ada"), "ada", text, "gaze_on", ["other"], 0, note=note)
    kept = store.corrections("ada")[0]
    assert kept.corrected == as_kept(text)
    assert kept.note == as_kept(note.strip())


def test_the_longest_text_is_kept_and_its_stale_edit_answered(
    store: RecordStore, drafts_of: Callable[[str], str]
) -> None:
    drafts_id, text = drafts_of("ada"), "No effusion. " * 1500
    assert store.save_revision(drafts_id, "ada", text, "gaze_on", 0) == 1
    assert store.save_revision(drafts_id, "ada", text + "End.", "gaze_on", 1) == 2
    with pytest.raises(StaleEdit, match=r"“End\.” was added"):
        store.save_revision(drafts_id, "ada", "Short.", "gaze_on", 1)


def test_a_text_beyond_the_limit_is_refused(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    with pytest.raises(TextTooLong, match=r"longer than 20,000 characters, the most that is kept"):
        store.save_revision(drafts_of("ada"), "ada", "x" * 20_001, "gaze_on", 0)


def test_a_note_beyond_the_limit_is_refused(store: RecordStore, drafts_of: Callable[[str], str]) -> None:
    with pytest.raises(TextTooLong):
        store.submit(drafts_of("ada"), "ada", "No effusion.", "gaze_on", [Reason.OTHER], 0, note="x" * 20_001)


@settings(max_examples=100, deadline=None)
@given(before=st.lists(st.sampled_from("abc")), after=st.lists(st.sampled_from("abc")), most_words=st.integers(0, 20))
def test_changes_are_told_for_any_two_texts(before: list[str], after: list[str], most_words: int) -> None:
    changes = changes_between(" ".join(before), " ".join(after), most_words)
    assert bool(changes) == (before != after)
    old = " ".join(before).split()
    for change in changes:
        assert set(change.before.split()) <= set(old)
        assert str(change)
