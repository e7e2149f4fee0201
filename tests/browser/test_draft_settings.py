"""What stands above the drafts is not always what they were written with, and the page says so."""

from typing import Any

from playwright.sync_api import expect
from sqlalchemy import select

from app.records import RecordStore
from app.records.tables import Drafts
from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.labeller import Mention, label_report
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_unfinished import open_again


def settings_of(records: RecordStore, drafts: str) -> dict[str, Any]:
    with records.engine.connect() as connection:
        return connection.execute(select(Drafts.settings).where(Drafts.id == drafts)).scalar_one()


def test_a_way_of_writing_that_was_changed_since_is_remarked_on_until_drafts_are_written_so(
    reading: ReadingRoom,
) -> None:
    changed = reading.part("drafts-changed")
    expect(changed).to_be_empty()
    reading.page.get_by_role("radio", name="Likely draft").check()
    expect(changed).to_have_text("The way of writing was changed since.")
    reading.page.get_by_role("radio", name="Likely words").check()
    expect(changed).to_be_empty()
    reading.sample_text(temperature=1, seed=3)
    expect(changed).to_have_text("The way of writing was changed since.")
    reading.rewrite()
    expect(changed).to_be_empty()
    reading.sample_text(temperature=1, seed=4)
    expect(changed).to_have_text("The way of writing was changed since.")


def test_what_is_less_likely_than_not_is_written_as_possible_unless_hedging_is_switched_off(
    reading: ReadingRoom, records: RecordStore
) -> None:
    hedge = reading.page.get_by_role("checkbox", name="Hedge")
    expect(hedge).to_be_checked()
    mentions = label_report(reading.draft("on"))
    assert mentions[Finding.LUNG_OPACITY] is Mention.POSITIVE, "which the classifier holds to be likely"
    assert mentions[Finding.LUNG_LESION] is Mention.UNCERTAIN and "may be" in reading.draft("on")
    hedge.uncheck()
    expect(reading.part("drafts-changed")).to_have_text("Whether drafts are hedged was changed since.")
    reading.rewrite()
    expect(reading.part("drafts-changed")).to_be_empty()
    assert label_report(reading.draft("on"))[Finding.LUNG_LESION] is Mention.POSITIVE
    drafts = reading.part("drafts").get_attribute("data-drafts-id") or ""
    assert "hedged" not in settings_of(records, drafts)
    hedge.press("Space")
    reading.rewrite()
    drafts = reading.part("drafts").get_attribute("data-drafts-id") or ""
    assert settings_of(records, drafts)["hedged"] is True
    assert label_report(reading.draft("on")) == mentions


def test_what_the_reader_confirms_is_hedged_no_more(reading: ReadingRoom) -> None:
    with reading.drafts_written_anew():
        reading.page.get_by_role("button", name="Confirm Lung Lesion").click()
    assert label_report(reading.draft("on"))[Finding.LUNG_LESION] is Mention.POSITIVE


def test_an_indication_that_the_drafts_were_not_told_is_remarked_on(reading: ReadingRoom) -> None:
    changed = reading.part("drafts-changed")
    reading.indication.fill("chest pain")
    reading.indication.press("Tab")
    expect(changed).to_have_text("The indication was changed since.")
    with reading.drafts_written_anew():
        reading.indication.press("Enter")
    expect(changed).to_be_empty()
    reading.indication.fill("")
    expect(changed).to_have_text("The indication was changed since.")


def test_of_drafts_of_a_study_that_was_opened_again_nothing_is_known_to_have_changed(reading: ReadingRoom) -> None:
    reading.indication.fill("chest pain")
    with reading.drafts_written_anew():
        reading.indication.press("Enter")
    with reading.drafts_written_anew():
        reading.part("open-sample").click()
        expect(reading.indication).to_have_value("")
    reading.page.get_by_role("radio", name="Likely draft").check()
    expect(reading.part("drafts-changed")).not_to_be_empty()
    open_again(reading)
    expect(reading.part("drafts-changed")).to_be_empty()


def test_what_was_changed_is_remarked_on_still_after_a_lateral_film_was_refused(reading: ReadingRoom) -> None:
    reading.page.get_by_role("radio", name="Likely draft").check()
    expect(reading.part("drafts-changed")).to_have_text("The way of writing was changed since.")
    reading.choose(b"no film", view="lateral")
    expect(reading.part("refusal")).to_be_visible()
    reading.part("dismiss-refusal").click()
    reading.page.wait_for_timeout(3000)  # in which the drafts would have been asked for
    expect(reading.part("drafts-changed")).to_have_text("The way of writing was changed since.")
