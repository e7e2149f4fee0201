"""How drafts are written: by which words, stopped, drawn again, and where they differ."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.records import RecordStore
from app.records.tables import Drafts
from tests.app.running_server import RunningServer
from tests.browser.reading_room import ReadingRoom


def test_words_that_differ_are_marked_and_only_those(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    for seed in range(13, 40):  # gaze seldom changes a draw of the embedded model; here it does
        if room.draft("on") != room.draft("off"):
            break
        room.sample_text(temperature=1.5, seed=seed)
        room.rewrite()
    on, off = room.draft("on").split(), room.draft("off").split()
    assert on != off
    marked = {side: room.part(f"draft-gaze-{side}").locator("mark").all_inner_texts() for side in ("on", "off")}
    marks = {side: " ".join(texts).split() for side, texts in marked.items()}
    assert marks["on"] or marks["off"]
    assert len(on) - len(marks["on"]) == len(off) - len(marks["off"])
    for mark in room.part("drafts").locator("mark").all():
        expect(mark).to_have_css("text-decoration-line", "underline")


_STOP_AT_FIRST_WORD = """
() => {
  const part = (name) => document.querySelector(`[data-testid=${name}]`);
  clearInterval(window.stopTimer);
  window.stopTimer = setInterval(() => {
    const stop = document.querySelector("button#stop, #stop button");
    const isWriting = part("drafts-state")?.innerText.startsWith("Writing") && part("draft-gaze-on")?.innerText.trim();
    if (stop && !stop.disabled && isWriting) { stop.click(); clearInterval(window.stopTimer); }
  }, 5);
}
"""


def test_stop_ends_the_stream_and_the_computing(room: ReadingRoom, application: RunningServer) -> None:
    room.open_sample()
    room.expect_drafts()
    expect(room.stop).to_be_disabled()
    for seed in range(7, 19):  # a short report may have ended before the click arrives
        room.sample_text(temperature=2, seed=seed)
        room.page.evaluate(_STOP_AT_FIRST_WORD)
        panel = room.part("drafts")
        before = panel.get_attribute("data-drafts-id")
        room.write_again()
        expect(panel).not_to_have_attribute("data-drafts-id", before or "")
        ended = room.page.locator(".drafts:is([data-state=stopped], [data-state=finished])")
        expect(ended).to_be_visible()
        if ended.get_attribute("data-state") == "stopped":
            break
    else:
        pytest.skip("this machine writes a report faster than a browser can stop it")
    written = room.draft("on"), room.draft("off")
    expect(room.stop).to_be_disabled()
    expect(room.page.get_by_role("button", name="Regenerate")).to_be_enabled()
    room.page.wait_for_timeout(1000)
    assert (room.draft("on"), room.draft("off")) == written
    store = RecordStore(f"sqlite:///{application.data_dir / 'records.sqlite3'}", application.data_dir / "films")
    with store.engine.connect() as connection:
        last = connection.execute(select(Drafts).order_by(Drafts.added_at.desc()).limit(1)).one()
    store.close()
    assert last.settings["stopped"] is True
    assert (last.gaze_on, last.gaze_off) == written


def test_numbers_that_cannot_be_used_are_refused_in_words_and_only_where_they_count(room: ReadingRoom) -> None:
    room.sample_text(temperature=9)
    room.open_sample()
    room.expect_drafts("failed")
    expect(room.part("drafts-state")).to_have_text("The variety must be between 0.05 and 5.")
    room.page.get_by_role("radio", name="Likely words").check()
    room.write_again()
    room.expect_drafts()
    written = room.draft("on"), room.draft("off")
    room.page.get_by_role("radio", name="Varied words").check()
    room.write_again()
    room.expect_drafts("failed")
    assert (room.draft("on"), room.draft("off")) == written
    room.edit("on")


def test_a_draw_number_is_taken_as_it_stands_or_not_at_all(room: ReadingRoom) -> None:
    number = room.page.get_by_label("Draw number")
    room.page.get_by_role("radio", name="Varied words").check()
    expect(number).to_have_value("0")
    number.fill("1.5")
    number.press("Tab")
    room.open_sample()
    room.expect_drafts("failed")
    expect(room.part("drafts-state")).to_contain_text("as their draw number, a whole number")
    expect(number).to_have_value("1.5")
    number.fill("2")
    number.press("Tab")
    room.write_again()
    room.expect_drafts()
    expect(number).to_have_value("2")
    room.edit("on")
    room.submit()
    assert room.download()[-1]["settings"]["seed"] == 2


def test_the_same_draw_number_writes_the_same_drafts(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    greedy = room.draft("on")
    drawn = []
    for seed in (5, 6, 5):
        room.sample_text(seed=seed)
        room.rewrite()
        drawn.append((room.draft("on"), room.draft("off")))
    assert drawn[0] == drawn[2] != drawn[1]
    room.page.get_by_role("radio", name="Likely words").check()
    room.rewrite()
    assert room.draft("on") == greedy


def test_a_likely_draft_is_searched_for_by_beam_which_is_said_in_what_leaves(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.page.get_by_role("radio", name="Likely draft").check()
    with room.drafts_written_anew():
        room.write_again()
        # Looked for in every frame, since it may soon be over.
        room.page.wait_for_function("() => document.querySelector('.drafts-state').textContent.startsWith('Searching')")
    room.edit("on")
    room.submit()
    (line,) = room.download()
    assert line["settings"]["method"] == "beam"
