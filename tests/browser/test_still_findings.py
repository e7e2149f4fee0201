"""A finding that is about to be pressed stays where it is, whatever comes of the verdict before."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reading_room import ReadingRoom

_PLACES = "(rows) => rows.map((row) => [row.dataset.finding, row.getBoundingClientRect().top])"


def places(room: ReadingRoom) -> list[list[str | float]]:
    """Each row by its finding, and how far it is from the top."""
    told: list[list[str | float]] = room.part("finding").evaluate_all(_PLACES)
    return told


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768)])
def test_a_note_on_verdicts_comes_and_goes_without_moving_a_row(reading: ReadingRoom, width: int, height: int) -> None:
    room, word = reading, reading.part("findings-word")
    room.page.set_viewport_size({"width": width, "height": height})
    confirm = {
        name: room.page.locator(f"[data-finding='{name}'] [data-verdict=confirmed]")
        for name in ("Support Devices", "Lung Opacity", "No Finding")
    }
    with room.drafts_written_anew():
        confirm["No Finding"].click()
    confirm["Lung Opacity"].scroll_into_view_if_needed()
    confirm["Lung Opacity"].hover()
    before = places(room)
    with room.drafts_written_anew():
        room.page.mouse.down()
        room.page.mouse.up()
        expect(word).to_have_text("You confirmed Lung Opacity, so No Finding is undecided again.")
        expect(word).to_be_in_viewport(ratio=1)
        assert places(room) == before
    with room.drafts_written_anew():
        room.page.mouse.down()
        room.page.mouse.up()
        expect(confirm["Lung Opacity"]).to_have_attribute("aria-pressed", "false")
        expect(word).to_be_hidden()
        assert places(room) == before


@pytest.mark.parametrize("width", [390, 1024, 1280, 1920])
def test_no_row_grows_as_it_comes_to_look_present(reading: ReadingRoom, width: int) -> None:
    reading.page.set_viewport_size({"width": width, "height": 900})
    toggled = """(rows, there) => rows.map((row) => {
      row.classList.toggle("there", there);
      return [row.dataset.finding, row.getBoundingClientRect().height];
    })"""
    absent, present = (reading.part("finding").evaluate_all(toggled, there) for there in (False, True))
    assert absent == present


_WATCH_THE_LAST_ROW = """
(rows) => {
  globalThis.tops = new Set();
  const look = () => {
    globalThis.tops.add(Math.round(rows.at(-1).getBoundingClientRect().top));
    requestAnimationFrame(look);
  };
  look();
}
"""


def test_a_list_that_is_scrolled_to_its_end_stays_under_the_pointer_while_drafts_are_written_again(
    reading: ReadingRoom,
) -> None:
    """What the drafts disagree in is gone meanwhile, which leaves the list more room."""
    room = reading
    expect(room.part("disagreements")).to_be_visible()
    last = room.part("finding").last
    last.scroll_into_view_if_needed()
    last.get_by_test_id("reject").hover()
    room.part("finding").evaluate_all(_WATCH_THE_LAST_ROW)
    with room.drafts_written_anew():
        room.page.mouse.down()
        room.page.mouse.up()
    expect(last).to_have_attribute("data-verdict", "rejected")
    assert len(room.page.evaluate("[...globalThis.tops]")) == 1
    room.part("report-text").hover()
    expect(room.part("finding-list")).not_to_have_attribute("style", re.compile("padding"))


_PROBABILITIES_CHANGE_UNDER_THE_POINTER = """
async (part) => {
  const { mount } = await import(new URL("page-assets/findings_panel.js", document.baseURI));
  const other = part.cloneNode(true);
  const list = other.querySelector("[data-role=list]");
  list.replaceChildren();
  const rest = { low: 0, high: 1, threshold: 0.5, side: null, regions: [], gaze_seconds: null, verdict: "undecided" };
  const panel = { state: "ready", sentence: "", film: "film", regions: {}, incidental: [], attention: {} };
  const value = (...likelihoods) => ({
    ...panel, disagreements: [], judged: 0, failure: null,
    findings: likelihoods.map(([finding, probability]) => ({ ...rest, finding, probability })),
  });
  const props = { value: value(["Edema", 0.9], ["Fracture", 0.2]) };
  let changed;
  mount(other, { trigger: () => {}, watch: (_, told) => (changed = told), props });
  const rows = () => [...list.children].map((row) => {
    const number = row.querySelector(".finding-number").textContent;
    return [row.dataset.finding, number, row.classList.contains("above")];
  });
  list.firstElementChild.dispatchEvent(new PointerEvent("pointerenter"));
  props.value = value(["Fracture", 0.8], ["Edema", 0.3]);
  changed();
  const under = rows();
  list.dispatchEvent(new PointerEvent("pointerleave"));
  return [under, rows()];
}
"""


def test_rows_change_places_only_once_the_pointer_has_left_them(reading: ReadingRoom) -> None:
    panel = reading.page.locator("#findings_panel").element_handle()
    under, left = reading.page.evaluate(_PROBABILITIES_CHANGE_UNDER_THE_POINTER, panel)
    assert under == [["Edema", "0.30", True], ["Fracture", "0.80", False]]
    assert left == [["Fracture", "0.80", True], ["Edema", "0.30", False]]


_ROWS_CHANGE_PLACES_UNDER_THE_FOCUS = """
async ([part, held]) => {
  const { mount } = await import(new URL("page-assets/findings_panel.js", document.baseURI));
  const other = part.cloneNode(true);
  const list = other.querySelector("[data-role=list]");
  list.replaceChildren();
  document.body.append(other);
  const rest = { low: 0, high: 1, threshold: 0.5, side: null, regions: [], gaze_seconds: null, verdict: "undecided" };
  const panel = { state: "ready", sentence: "", film: "film", regions: {}, incidental: [], attention: {} };
  const value = (...likelihoods) => ({
    ...panel, disagreements: [], judged: 0, failure: null,
    findings: likelihoods.map(([finding, probability]) => ({ ...rest, finding, probability })),
  });
  const props = { value: value(["Edema", 0.9], ["Fracture", 0.2]) };
  let changed;
  mount(other, { trigger: () => {}, watch: (_, told) => (changed = told), props });
  const focused = list.querySelector(`[data-finding=Fracture]${held}`);
  focused.focus();
  props.value = value(["Fracture", 0.8], ["Edema", 0.3]);
  changed();
  const kept = document.activeElement === focused && focused.tabIndex === 0;
  const order = [...list.children].map((row) => row.dataset.finding);
  other.remove();
  return [kept, order];
}
"""


@pytest.mark.parametrize("held", ["", " [data-verdict=confirmed]"], ids=["row", "button"])
def test_what_has_the_focus_keeps_it_when_rows_change_places(reading: ReadingRoom, held: str) -> None:
    panel = reading.page.locator("#findings_panel").element_handle()
    kept, order = reading.page.evaluate(_ROWS_CHANGE_PLACES_UNDER_THE_FOCUS, [panel, held])
    assert kept and order == ["Fracture", "Edema"]
