"""Answers to two events may overtake each other on their way: what is shown is the later state, of whichever part."""

import pytest

from tests.browser.reading_room import ReadingRoom

_LATE = """
async ([part, name, shown, states]) => {
  const { mount } = await import(new URL(`page-assets/${name}.js`, document.baseURI));
  const other = part.cloneNode(true);
  const props = { value: states[0] };
  let changed;
  mount(other, { trigger: () => {}, watch: (_, told) => (changed = told), props });
  const seen = [];
  for (const state of states) {
    props.value = state;
    changed();
    await new Promise((done) => setTimeout(done));
    seen.push(other.querySelector(shown).textContent);
  }
  return seen;
}
"""
"""What stands there after each of the states has come, in this order."""


def drafts(sentence: str, number: int) -> dict[str, object]:
    sides = {"gaze_on": [], "gaze_off": [], "gaze": None, "drafts_id": None}
    return {**sides, "state": "stopped", "sentence": sentence, "film": "film", "choice": 1, "number": number}


def viewer(sentence: str, number: int) -> dict[str, object]:
    word = {"sentence": sentence, "number": number, "refused": False}
    gaze = {"adopted": None, "answer": None, "readers": [], "word": word, "file": None, "choice": None, "answered": 0}
    told = {"choice": 0, "films": {}, "takes_gaze": True, "refusal": None, "answered": 0}
    return {**told, "gaze": gaze, "number": number}


@pytest.mark.parametrize(
    ("part", "name", "shown", "told"),
    [("#drafts", "drafts", "[data-role=state]", drafts), ("#viewer", "viewer", "[data-role=gaze-word]", viewer)],
)
def test_an_answer_that_was_overtaken_does_not_take_the_place_of_a_later_one(
    room: ReadingRoom, part: str, name: str, shown: str, told: object
) -> None:
    assert callable(told)
    states = [told("Later.", 3), told("Earlier.", 2), told("Last.", 4)]
    seen = room.page.evaluate(_LATE, [room.page.locator(part).element_handle(), name, shown, states])
    assert seen == ["Later.", "Later.", "Last."]
