"""The reader's own report: undo, saving, submitting, and text that stays text."""

import re

from playwright.sync_api import Dialog, Route, expect
from sqlalchemy import select

from app.records import RecordStore
from app.records.tables import Revision
from app.records.text import MOST_CHARACTERS
from tests.app.running_server import RunningServer
from tests.browser.reading_room import ReadingRoom

MARKUP = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\"> & \"quoted\""


def test_a_report_is_submitted_by_key_from_its_text_and_from_its_reasons(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.type_at_end(" Seen twice.")
    room.report.press("Control+Enter")
    expect(room.part("save-state")).to_contain_text("Submitted")
    assert "\n" not in room.report.input_value()
    room.type_at_end(" Thrice.")
    room.page.get_by_label("Other reason, in your own words").press("Control+Enter")
    expect(room.part("save-state")).to_contain_text("Submitted")
    assert [line["corrected"] for line in room.download()][-1].endswith("Seen twice. Thrice.")


def test_undo_and_redo_reach_back_over_typing_and_over_the_other_draft(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    expect(room.part("undo")).to_be_disabled()
    room.edit("on")
    begun = room.report.input_value()
    room.type_at_end(" One.")
    room.page.wait_for_timeout(1500)  # a rest ends a step of the history
    room.type_at_end(" Two.")
    expect(room.report).to_have_value(begun + " One. Two.")
    room.report.press("Control+z")
    expect(room.report).to_have_value(begun + " One.")
    room.part("undo").click()
    expect(room.report).to_have_value(begun)
    room.part("redo").click()
    room.report.press("Control+Shift+z")
    expect(room.report).to_have_value(begun + " One. Two.")
    expect(room.part("redo")).to_be_disabled()
    room.edit("off")
    expect(room.part("editor")).to_contain_text("from the gaze off draft")
    room.part("undo").click()
    expect(room.report).to_have_value(begun + " One. Two.")
    expect(room.part("editor")).to_contain_text("from the gaze on draft")


def test_the_last_step_back_leaves_the_focus_in_the_report(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.type_at_end(" One.")
    for step in ("undo", "redo"):
        room.part(step).press("Enter")
        expect(room.part(step)).to_be_disabled()
        expect(room.report).to_be_focused()


def test_a_report_is_copied_as_it_stands_for_another_program(room: ReadingRoom) -> None:
    room.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    room.open_sample()
    expect(room.part("copy")).to_be_disabled()
    room.expect_drafts()
    room.edit("on")
    room.type_at_end(" For the letter.")
    room.part("copy").click()
    expect(room.part("copied")).to_have_text("The report is on the clipboard.")
    assert room.page.evaluate("() => navigator.clipboard.readText()") == room.report.input_value()
    room.type_at_end(" More.")
    expect(room.part("copied")).to_be_empty()
    room.report.fill("")
    expect(room.part("copy")).to_be_disabled()


def test_where_the_browser_lets_no_page_copy_the_report_is_selected(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    # As where a page came from another machine without HTTPS.
    room.page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    room.part("copy").click()
    expect(room.part("copied")).to_contain_text("copy it with Ctrl C")
    expect(room.report).to_be_focused()
    assert room.report.evaluate("(box) => getSelection().toString() === box.value")


def test_a_report_is_read_from_its_beginning(room: ReadingRoom) -> None:
    room.page.set_viewport_size({"width": 1024, "height": 768})
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    hidden, above = room.report.evaluate("(box) => [box.scrollHeight - box.clientHeight, box.scrollTop]")
    assert hidden > 0, "the report is longer than the box"
    assert above == 0


def test_every_rest_in_typing_is_kept_as_a_revision(room: ReadingRoom, application: RunningServer) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    begun = room.report.input_value()
    room.type_at_end(" Kept as typed.")
    expect(room.part("save-state")).to_contain_text("revision")
    room.expect_saved()
    room.type_at_end(" And again.")
    expect(room.part("save-state")).not_to_contain_text("revision")
    room.expect_saved()
    store = RecordStore(f"sqlite:///{application.data_dir / 'records.sqlite3'}", application.data_dir / "films")
    with store.engine.connect() as connection:
        last = connection.execute(select(Revision).order_by(Revision.saved_at.desc()).limit(1)).one()
        of_these_drafts = select(Revision.text, Revision.number).where(Revision.drafts_id == last.drafts_id)
        kept = connection.execute(of_these_drafts.order_by(Revision.number)).all()
    store.close()
    texts = [text for text, _ in kept]
    assert begun + " Kept as typed." in texts
    assert texts[-1] == begun + " Kept as typed. And again."
    expect(room.part("save-state")).to_contain_text(f"revision {kept[-1].number}")


def test_a_later_submission_takes_the_place_of_the_earlier_one(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.submit()
    expect(room.part("submit")).to_be_disabled()
    room.type_at_end(" Second thought.")
    room.page.get_by_label("Wrong severity").check()
    room.submit()
    (line,) = room.download()
    assert line["corrected"].endswith(" Second thought.") and line["reasons"] == ["wrong_severity"]
    expect(room.part("correction-list").get_by_role("listitem")).to_have_count(1)


def test_who_begins_again_after_submitting_need_not_wait_for_the_server_to_submit(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.submit()
    expect(room.part("submit")).to_be_disabled()
    on_their_way: list[Route] = []
    room.page.route(re.compile("queue/join"), lambda route: on_their_way.append(route))
    room.edit("off")
    expect(room.part("save-state")).to_have_text("Saving…")
    expect(room.part("submit")).to_be_enabled()


def test_who_submits_by_key_is_where_it_says_that_it_was_recorded_and_goes_on_from_there(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.part("submit").press("Enter")
    expect(room.part("save-state")).to_contain_text("Submitted")
    expect(room.part("submit")).to_be_disabled()
    expect(room.part("save-state")).to_be_focused()
    room.page.keyboard.press("Tab")
    expect(room.part("begin-empty")).to_be_focused()
    room.page.keyboard.press("Tab")
    expect(room.part("download")).to_be_focused()


def test_who_goes_on_writing_is_not_brought_back_when_the_submission_is_recorded(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    on_their_way: list[Route] = []
    room.page.route(re.compile("queue/join"), lambda route: on_their_way.append(route))
    room.part("submit").press("Enter")
    expect(room.part("save-state")).to_have_text("Submitting…")
    room.report.focus()
    for message in on_their_way:
        message.continue_()
    room.page.unroute(re.compile("queue/join"))
    expect(room.part("save-state")).to_contain_text("Submitted")
    expect(room.report).to_be_focused()


_WHEN_TOLD_OF_WRITING = """
(report, then) => addEventListener("focusin", ({ target }) => {
  if (target.matches("[data-testid=drafts-state]"))
    setTimeout(() => (then === "stay" ? (window.told = true) : report.focus()));
})
"""
"""The focus is there no longer than the drafts are written, which a busy machine may have done before it is asked."""


def test_who_has_drafts_written_again_by_key_is_back_at_the_button_when_they_are(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.report.evaluate(_WHEN_TOLD_OF_WRITING, "stay")
    regenerate = room.page.get_by_role("button", name="Regenerate")
    with room.drafts_written_anew():
        regenerate.press("Enter")
    expect(regenerate).to_be_focused()
    assert room.page.evaluate("told")


def test_who_goes_elsewhere_while_drafts_are_written_stays_there(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.report.evaluate(_WHEN_TOLD_OF_WRITING, "go elsewhere")
    regenerate = room.page.get_by_role("button", name="Regenerate")
    with room.drafts_written_anew():
        regenerate.press("Enter")
    expect(regenerate).to_be_enabled()
    expect(room.report).to_be_focused()


def test_who_leaves_the_page_is_asked_as_long_as_a_report_is_not_submitted(room: ReadingRoom) -> None:
    asked: list[Dialog] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog)
        dialog.dismiss()

    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.type_at_end(" Seen with a colleague.")
    room.expect_saved()
    room.page.on("dialog", stay)
    with room.page.expect_event("dialog"):
        room.page.evaluate("location.reload()")
    expect(room.report).to_have_value(re.compile("Seen with a colleague"))
    room.submit()
    room.page.reload()
    expect(room.report).to_have_value("")
    assert len(asked) == 1


def expect_asked_before_another_film(room: ReadingRoom, question: str = "Your report is not submitted") -> None:
    """The sample film would take the report away, which the reader is asked about, and stays."""
    room.part("open-sample").click()
    expect(room.part("refusal")).to_contain_text(question)
    room.part("dismiss-refusal").click()


def test_what_was_typed_is_asked_for_although_the_other_draft_was_chosen_since(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.type_at_end(" Typed.")
    typed = room.report.input_value()
    room.edit("off")
    expect_asked_before_another_film(room)
    room.part("undo").click()
    expect(room.report).to_have_value(typed)
    expect_asked_before_another_film(room)
    room.submit()
    room.part("undo").click()
    room.part("redo").click()
    expect_asked_before_another_film(room)


def test_reasons_are_asked_for_although_nothing_was_typed(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    style = room.page.get_by_label("Style")
    style.check()
    expect_asked_before_another_film(room)
    style.uncheck()
    room.part("reason-note").fill("a word")
    expect_asked_before_another_film(room)
    room.submit()
    expect(room.part("submit")).to_be_disabled()
    style.check()
    expect(room.part("submit")).to_be_enabled()
    expect(room.part("save-state")).to_contain_text("this text is submitted")
    expect_asked_before_another_film(room, "Your reasons are not submitted")
    style.uncheck()
    room.submit()
    room.edit("off")
    room.part("open-sample").click()
    expect(room.part("drafts")).not_to_have_attribute("data-state", "finished")


def test_reasons_stay_with_the_text_that_they_were_given_for(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.type_at_end(" Typed.")
    missed, note = room.page.get_by_label("Missed finding"), room.part("reason-note")
    missed.check()
    note.fill("a nodule")
    room.edit("off")
    expect(missed).not_to_be_checked()
    expect(note).to_have_value("")
    expect_asked_before_another_film(room)
    room.submit()
    assert [line["reasons"] for line in room.download()] == [[]]
    room.part("undo").click()
    expect(missed).to_be_checked()
    expect(note).to_have_value("a nodule")
    room.submit()
    assert [line["reasons"] for line in room.download()] == [["missed_finding", "other: a nodule"]]
    room.part("redo").click()
    expect(missed).not_to_be_checked()


def test_a_text_that_was_gone_on_with_after_it_was_submitted_says_what_is_submitted(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.type_at_end(" Submitted.")
    room.submit()
    expect(room.part("save-state")).not_to_contain_text("submitted is")
    room.type_at_end(" An addendum.")
    expect(room.part("save-state")).to_contain_text("revision 2 · submitted is revision 1")
    room.submit()
    expect(room.part("save-state")).not_to_contain_text("submitted is")


def test_a_note_goes_with_other_and_comes_back_with_it(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    other, note = room.page.get_by_label("Other", exact=True), room.part("reason-note")
    note.fill("seen with a colleague")
    expect(other).to_be_checked()
    other.uncheck()
    expect(note).to_have_value("")
    room.submit()
    assert [line["reasons"] for line in room.download()] == [[]]
    other.check()
    expect(note).to_have_value("seen with a colleague")
    room.submit()
    assert [line["reasons"] for line in room.download()] == [["other: seen with a colleague"]]


def test_the_edit_box_stays_where_it_is_while_the_drafts_are_written_again(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.report.evaluate(
        """(box) => {
          globalThis.places = new Set();
          const look = () => {
            places.add(Math.round(box.getBoundingClientRect().top));
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    room.rewrite()
    assert room.page.evaluate("places.size") == 1


def test_an_empty_report_cannot_be_submitted(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    expect(room.part("submit")).to_be_disabled()
    room.edit("on")
    room.report.fill(" \n ")
    expect(room.part("submit")).to_be_disabled()
    expect(room.part("editor-hint")).to_have_text("An empty report cannot be submitted.")


def test_a_report_that_takes_no_more_says_so(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.report.fill("x" * (MOST_CHARACTERS - 1))
    expect(room.part("editor-hint")).to_be_empty()
    room.type_at_end("yz")
    expect(room.report).to_have_value("x" * (MOST_CHARACTERS - 1) + "y")
    expect(room.part("editor-hint")).to_contain_text("20,000 characters at most")
    expect(room.part("save-state")).to_contain_text("Saved")


def test_markup_in_a_report_is_shown_as_text_everywhere(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.report.fill(MARKUP)
    room.part("reason-note").fill(MARKUP)
    room.submit()
    entry = room.part("correction-list").get_by_role("listitem")
    expect(entry).to_contain_text(MARKUP)
    (line,) = room.download()
    assert line["corrected"] == MARKUP
    room.page.reload()
    expect(entry).to_contain_text(MARKUP)
    assert room.page.locator("img[src=x]").count() == 0
    assert room.page.title() == "Gaze2Report"


def test_markup_in_a_draft_is_shown_as_text(room: ReadingRoom) -> None:
    """No model can be asked to write it, so the panel is handed a value as the server would send it."""
    room.page.locator(".drafts").evaluate(
        """async (section, markup) => {
          const { mount } = await import(new URL("page-assets/drafts.js", document.baseURI));
          const side = [{ text: "Before ", differs: false }, { text: markup, differs: true }];
          const sides = { gaze_on: side, gaze_off: side };
          const value = { state: "finished", sentence: markup, film: null, drafts_id: null, ...sides };
          mount(section.parentElement, { watch: () => {}, props: { value } });
        }""",
        MARKUP,
    )
    for place in (room.part("draft-gaze-on"), room.part("draft-gaze-off"), room.part("drafts-state")):
        expect(place).to_contain_text(MARKUP)
    assert room.page.locator("img[src=x]").count() == 0
    assert room.page.title() == "Gaze2Report"


def test_a_long_word_of_the_reader_stays_among_their_corrections(reading: ReadingRoom) -> None:
    reading.edit("on")
    reading.page.get_by_role("checkbox", name="Other", exact=True).check()
    reading.part("reason-note").fill("x" * 200)
    reading.submit()
    listed = reading.part("correction-list")
    expect(listed).to_contain_text("x" * 200)
    assert listed.evaluate("(list) => list.scrollWidth <= list.clientWidth")
