"""More unfinished studies than are listed at once: what was typed comes first, and all of them can be reached."""

from datetime import UTC, datetime

import numpy as np
from playwright.sync_api import expect
from sqlalchemy import select

from app.records import DraftPair, RecordStore
from app.records.tables import Case, Drafts
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph
from tests.browser.films import png
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_discarding import press_twice
from tests.browser.test_unfinished import begin, expect_listed, leave, studies

MORE_THAN_AT_ONCE = 26
UNTOUCHED = "Nothing was edited."


def only_look_at(films: int, room: ReadingRoom, records: RecordStore) -> None:
    """Leave so many studies of the reader of this page, as if drafts of each had been written and nothing edited."""
    drafts_id = room.part("drafts").get_attribute("data-drafts-id")
    with records.engine.connect() as connection:
        reader = connection.scalars(select(Case.reader).join(Drafts).where(Drafts.id == drafts_id)).one()
    gaze = Scanpath.from_fixations([{"x": 0.5, "y": 0.5, "duration": 0.4}], GazeSource.PREDICTED)
    drafts = DraftPair(
        gaze_on="The lungs are clear.",
        gaze_off="No effusion.",
        scanpath=gaze,
        model_id="owner/name",
        model_revision="0123abcd",
        settings={"method": "greedy"},
        started_at=datetime.now(UTC),
    )
    noise = np.random.default_rng(21)
    for _ in range(films):
        film = Radiograph.from_bytes(png(noise.integers(0, 256, (40, 40), dtype=np.uint8)))
        records.add_drafts(records.open_case(reader, film), reader, drafts)


def test_what_was_typed_is_first_and_the_rest_is_unfolded_by_keys_and_stays_so(
    reading: ReadingRoom, records: RecordStore
) -> None:
    room, more, keyboard = reading, reading.part("unfinished-more"), reading.page.keyboard
    text = begin(room, " Typed before all the others were opened.")
    only_look_at(MORE_THAN_AT_ONCE, room, records)
    leave(room)
    expect_listed(room, text, *[UNTOUCHED] * 4)
    expect(room.part("unfinished")).to_contain_text("27, the first 5 below")
    studies(room).locator("summary").click()

    expect(more).to_have_text("Show 20 more of 27")
    more.focus()
    keyboard.down("Enter")
    expect(room.part("open-again").nth(5)).to_be_focused()
    keyboard.down("Enter")  # still held, which opens no study
    keyboard.up("Enter")
    expect(studies(room)).to_have_count(25)
    expect(studies(room).locator("details p")).to_contain_text("Typed before all the others")  # still unfolded
    expect(more).to_have_text("Show all 27")
    more.press("Enter")
    expect(room.part("open-again").nth(25)).to_be_focused()
    expect(studies(room)).to_have_count(27)
    expect(more).to_be_hidden()
    expect(room.part("unfinished").get_by_text("27", exact=True)).to_be_visible()

    press_twice(room, room.part("discard").nth(9))
    expect(studies(room)).to_have_count(26)
    expect(room.part("open-again").nth(9)).to_be_focused()
    room.part("open-again").first.click()
    expect(room.report).to_have_value(text)
    expect(studies(room)).to_have_count(25)
    expect(room.part("drop-zone")).to_be_hidden()


_TOLD_OF_FEWER_BY_THE_WAY = """
async (part) => {
  const { mount } = await import(new URL("page-assets/unfinished.js", document.baseURI));
  const other = part.cloneNode(true);
  const told = { opened_at: "2026-01-31T09:30:00Z", has_lateral: false, text: null, is_whole: true, submitted: null };
  const value = (listed, number) => ({
    studies: Array.from({ length: listed }, (_, place) => ({ ...told, study: String(place) })), count: 7, number,
  });
  const props = { value: value(5, 1) };
  const asked = [];
  let changed;
  mount(other, { trigger: (name, { most }) => asked.push(most), watch: (_, hear) => (changed = hear), props });
  const rows = () => other.querySelectorAll("li").length;
  const seen = [rows()];
  [...other.querySelectorAll(".unfinished-more")].at(-1).click(); // not the copy of the one that stands on the page
  for (const [number, listed] of [7, 5].entries()) {
    props.value = value(listed, number + 2);
    changed();
    seen.push(rows());
  }
  props.value = value(7, 4);
  changed();
  return [seen, asked];
}
"""


def test_a_list_that_is_unfolded_is_not_folded_by_an_answer_to_something_else(room: ReadingRoom) -> None:
    """As when a study could not be opened again, whose text is to be read there."""
    part = room.page.locator("#unfinished").element_handle()
    seen, asked = room.page.evaluate(_TOLD_OF_FEWER_BY_THE_WAY, part)
    assert seen == [5, 7, 7]
    assert asked == [25, 25], "and it is asked for anew"
