"""Which words are marked."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.page.difference import differing_runs, plain

words = st.lists(st.sampled_from(["The", "heart", "is", "normal.", "enlarged.", "\n", "  "]), max_size=20).map(" ".join)


def marked(runs: list) -> list[str]:
    return [run.text for run in runs if run.differs]


def test_only_what_differs_is_marked() -> None:
    on, off = differing_runs("The heart is enlarged. No effusion.", "The heart is normal. No effusion.")
    assert marked(on) == ["enlarged."]
    assert marked(off) == ["normal."]


def test_words_of_one_side_alone_are_marked_there() -> None:
    on, off = differing_runs("No acute effusion.", "No effusion.")
    assert marked(on) == ["acute"]
    assert marked(off) == []


def test_equal_texts_have_no_marks_whatever_their_white_space() -> None:
    on, off = differing_runs("Clear  lungs.\nNo effusion.", "Clear lungs. No effusion.")
    assert marked(on) == marked(off) == []


def test_case_and_punctuation_count() -> None:
    on, off = differing_runs("No effusion", "no effusion.")
    assert marked(on) == ["No effusion"]
    assert marked(off) == ["no effusion."]


def test_an_empty_draft_differs_in_every_word() -> None:
    on, off = differing_runs("", "Clear lungs.")
    assert on == []
    assert marked(off) == ["Clear lungs."]


def test_nothing_is_marked_while_it_is_written() -> None:
    assert marked(plain("The heart")) == []
    assert plain("") == []


@settings(deadline=None)  # the machine that tests may be busy
@given(words, words)
def test_the_texts_themselves_are_never_changed(one: str, other: str) -> None:
    runs, other_runs = differing_runs(one, other)
    assert "".join(run.text for run in runs) == one
    assert "".join(run.text for run in other_runs) == other


@settings(deadline=None)  # the machine that tests may be busy
@given(words, words)
def test_what_is_not_marked_is_the_same_on_both_sides(one: str, other: str) -> None:
    kept = ["".join(run.text for run in runs if not run.differs).split() for runs in differing_runs(one, other)]
    assert kept[0] == kept[1]
