"""From a film to a correction that leaves: the main job, in a real browser."""

import re
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.app.running_server import RunningServer
from tests.browser.films import png, sixteen_bit_png, with_burned_in_annotation
from tests.browser.reading_room import Picture, ReadingRoom

SENTENCE = " Follow-up CT of the chest is advised."


def open_sample(room: ReadingRoom, film_bytes: Callable[[str], bytes]) -> None:
    room.open_sample()


def open_png(room: ReadingRoom, film_bytes: Callable[[str], bytes]) -> None:
    room.open(sixteen_bit_png(film_bytes("RG1_UNCR.dcm")), "Doe^Jane 1970.png")


def open_dicom_without_extension(room: ReadingRoom, film_bytes: Callable[[str], bytes]) -> None:
    room.open(film_bytes("RG1_J2KI.dcm"), "Doe^Jane 1970")


@pytest.mark.parametrize("bring", [open_sample, open_png, open_dicom_without_extension])
def test_a_film_becomes_a_correction_that_leaves_as_jsonl(
    room: ReadingRoom,
    film_bytes: Callable[[str], bytes],
    bring: Callable[[ReadingRoom, Callable[[str], bytes]], None],
) -> None:
    expect(room.part("download")).not_to_have_attribute("href", re.compile("corrections"))
    bring(room, film_bytes)
    room.expect_drafts()
    gaze_on, gaze_off = room.draft("on"), room.draft("off")
    assert gaze_on.strip() and gaze_off.strip()
    room.edit("on")
    room.type_at_end(SENTENCE)
    room.expect_saved()
    room.page.get_by_label("Missed finding").check()
    room.part("reason-note").fill("the hilum")
    room.submit()
    expect(room.part("correction-list").get_by_role("listitem")).to_have_count(1)
    (line,) = room.download()
    assert line["corrected"] == gaze_on + SENTENCE
    assert line["drafts"] == {"gaze_on": gaze_on, "gaze_off": gaze_off}
    assert line["draft"] == gaze_on and line["started_from"] == "gaze_on"
    assert line["reasons"] == ["missed_finding", "other: the hilum"]
    assert line["gaze_source"] == "predicted" and line["scanpath"]
    assert np.sum(line["patch_durations"]) == pytest.approx(sum(one["duration"] for one in line["scanpath"]), abs=1e-3)
    assert line["model"] == {
        "id": room.part("model-id").inner_text(),
        "revision": room.part("model-revision").inner_text(),
    }
    assert "Doe" not in str(line)


def test_the_file_name_stays_in_the_browser(
    room: ReadingRoom, film_bytes: Callable[[str], bytes], application: RunningServer
) -> None:
    sent: list[bytes] = []
    room.page.on("request", lambda request: sent.append(request.url.encode() + (request.post_data_buffer or b"")))
    room.open(png(np.arange(120 * 90, dtype=np.uint16).reshape(120, 90) * 6), "Doe^Jane 1970-01-01.png")
    room.expect_drafts()
    assert any(b"/films" in one for one in sent)
    assert not [one for one in sent if b"Doe" in one]
    assert "Doe" not in application.log.read_text()
    assert not [path for path in application.data_dir.rglob("*") if "Doe" in path.name]


def test_broken_files_are_refused_in_words_and_the_page_lives_on(room: ReadingRoom) -> None:
    refusal = room.part("refusal-text")
    for data, said in (
        (b"This is no picture.", "no picture that is known here"),
        (b"\0" * 128 + b"DICM" + b"\2\0\0\0UL\4\0", "DICOM"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "cut short or damaged"),
    ):
        room.choose(data, "broken.dcm")
        expect(refusal).to_contain_text(said)
        assert "broken.dcm" not in room.page.content()
        expect(room.part("edit-gaze-on")).to_be_disabled()
        expect(room.part("drop-zone")).to_be_hidden()  # nothing shines through
        expect(room.part("dismiss-refusal")).to_be_focused()
        room.page.keyboard.press("Escape")
        expect(refusal).to_be_hidden()
        expect(room.part("drop-zone")).to_be_visible()
    room.open_sample()
    room.expect_drafts()


def test_a_text_that_is_chosen_as_a_film_is_refused_and_one_that_is_dropped_may_be_a_recording(
    room: ReadingRoom,
) -> None:
    room.choose(b"Dear colleague,", "letter.txt")
    expect(room.part("refusal-text")).to_contain_text("no picture that is known here")
    room.part("dismiss-refusal").click()
    room.open_sample()
    room.expect_drafts()
    room.drop("x,y,duration\n0.25,0.5,0.5\n", "gaze.csv")
    expect(room.part("gaze-source")).to_have_text("Recorded gaze")


def test_a_refused_file_leaves_the_open_film_and_its_drafts_alone(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    before, draft = room.picture().grey, room.draft("on")
    room.choose(b"This is no picture.")
    expect(room.part("refusal-text")).to_be_visible()
    room.part("dismiss-refusal").click()
    assert np.array_equal(room.picture().grey, before)
    assert room.draft("on") == draft
    room.edit("on")


def test_beside_the_drafts_of_a_film_is_never_the_film_before(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    held: list[Route] = []
    room.page.route("**/views/*", lambda route: held.append(route))
    with room.drafts_written_anew():
        room.choose(png(np.tile(np.repeat(np.array([8000, 60000], np.uint16), 50), (150, 3))))
    expect(room.part("stage")).not_to_have_attribute("data-film-state", "shown")
    assert not room.picture().covered.any()
    held.pop().continue_()
    room.expect_film()
    assert room.picture().covered.any()


def test_a_film_with_burned_in_annotation_opens_only_once_confirmed(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.choose(with_burned_in_annotation(film_bytes("RG1_UNCR.dcm")))
    expect(room.part("refusal-text")).to_contain_text("burned")
    expect(room.part("open-anyway")).to_be_disabled()
    room.part("confirm-burned-in").check()
    room.part("open-anyway").click()
    room.expect_film()
    room.expect_drafts()


def test_what_is_burned_into_a_film_is_seen_before_it_is_confirmed_and_kept_only_after(
    room: ReadingRoom, film_bytes: Callable[[str], bytes], application: RunningServer
) -> None:
    kept = set((application.data_dir / "films").iterdir())
    room.choose(with_burned_in_annotation(film_bytes("RG1_UNCR.dcm"), "Doe Jane"))
    expect(room.part("refusal-film")).to_be_visible()
    address = room.part("refusal-film").locator("img").get_attribute("src") or ""
    seen = cv2.imdecode(np.frombuffer(room.page.request.get(address).body(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    assert set((application.data_dir / "films").iterdir()) == kept
    room.part("confirm-burned-in").check()
    room.part("open-anyway").click()
    room.expect_film()
    room.expect_drafts()
    assert room.picture().shows_the_film_of(Picture(seen.astype(np.uint8), np.ones(seen.shape, np.bool_)))
    assert len(set((application.data_dir / "films").iterdir()) - kept) == 1
    assert room.page.request.get(address).status == 404, "what was looked at is let go"


def test_small_writing_on_a_film_that_is_asked_about_is_seen_at_its_own_size(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.choose(with_burned_in_annotation(film_bytes("RG1_UNCR.dcm")))
    film = room.part("refusal-film").locator("img")
    expect(film).to_be_visible()
    stage = room.part("stage").bounding_box()
    small = film.bounding_box()
    assert stage is not None and small is not None and small["height"] < stage["height"]
    room.page.get_by_label("See the film at its own size").press("Space")
    assert film.evaluate("(film) => [film.width, film.height]") == [1841, 1955]
    room.page.keyboard.press("Escape")
    assert film.bounding_box() == small
    room.page.keyboard.press("Escape")
    expect(room.part("refusal")).to_be_hidden()


def test_a_film_that_could_not_be_looked_at_cannot_be_confirmed(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.page.route("**/views/*", lambda route: route.abort())
    room.choose(with_burned_in_annotation(film_bytes("RG1_UNCR.dcm")))
    expect(room.part("refusal-text")).to_contain_text("picture of this film did not come")
    expect(room.part("confirm-burned-in")).to_be_disabled()
    expect(room.part("open-anyway")).to_be_disabled()


def test_of_several_frames_the_first_is_offered(room: ReadingRoom, film_bytes: Callable[[str], bytes]) -> None:
    room.choose(film_bytes("SC_rgb_rle_2frame.dcm"))
    expect(room.part("refusal-text")).to_contain_text("frames")
    room.part("open-anyway").click()
    expect(room.part("refusal-text")).to_be_hidden()
    room.expect_film()


def weight(text: Locator) -> int:
    return int(text.evaluate("(element) => getComputedStyle(element).fontWeight"))


def test_what_is_gravely_doubted_of_the_lateral_film_is_said_beside_the_frontal_too(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.open_sample()
    warnings = room.part("film-warnings")
    expect(warnings).not_to_contain_text("mean nothing")
    room.open(film_bytes("RG3_UNCI.dcm"), view="lateral")
    expect(warnings).to_contain_text("extremity")
    room.page.get_by_role("button", name="Frontal", exact=True).click()
    grave = warnings.get_by_role("listitem")
    expect(grave.first).to_contain_text("of different patients")
    expect(grave.nth(1)).to_contain_text("because of the lateral film")
    room.open_sample()
    expect(warnings).not_to_contain_text("lateral film")
    room.expect_drafts()


def test_warnings_and_facts_are_seen(room: ReadingRoom, film_bytes: Callable[[str], bytes]) -> None:
    room.open(film_bytes("RG3_UNCR.dcm"))
    warnings = room.part("film-warnings")
    expect(warnings).to_contain_text("does not look like a chest")
    expect(warnings).to_contain_text("burned")
    expect(warnings.get_by_role("listitem").first).to_contain_text("does not look like a chest")
    routine, grave = (warnings.get_by_role("listitem").filter(has_text=said) for said in ("burned", "like a chest"))
    assert weight(grave) > weight(routine)
    room.open_sample()
    expect(warnings).not_to_contain_text("does not look like a chest")
    room.page.get_by_text("Film facts").click()
    facts = room.part("film-facts").inner_text()
    assert "1841 × 1955" in facts and "MONOCHROME1" in facts and "PA" in facts


def test_a_lateral_joins_the_frontal(room: ReadingRoom, film_bytes: Callable[[str], bytes]) -> None:
    expect(room.part("open-lateral")).to_be_disabled()
    room.open_sample()
    room.expect_drafts()
    frontal = room.picture()
    side = np.tile(np.linspace(0, 65535, 200).astype(np.uint16), (400, 1))
    room.open(png(side), view="lateral")
    room.expect_drafts()
    expect(room.part("scanpath")).to_be_hidden()
    expect(room.part("gaze-source")).to_have_text("The gaze is on the frontal film (L)")
    assert not room.picture().shows_the_film_of(frontal)
    room.page.get_by_role("button", name="Frontal", exact=True).click()
    expect(room.part("scanpath")).to_be_visible()
    assert room.picture().shows_the_film_of(frontal)
    room.edit("off")
    room.submit()
    (line,) = room.download()
    assert line["film"]["lateral"] and line["film"]["lateral"] != line["film"]["frontal"]


def test_another_film_does_not_inherit_the_edit_of_the_one_before(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.type_at_end(" Of the first patient.")
    room.choose(film_bytes("RG1_UNCI.dcm"))
    expect(room.part("refusal")).to_contain_text("Your report is not submitted")
    room.page.get_by_role("button", name="Stay with this film").click()
    expect(room.report).to_have_value(re.compile("first patient"))
    room.choose(film_bytes("RG1_UNCI.dcm"))
    room.part("open-anyway").click()
    expect(room.report).to_be_disabled()
    expect(room.report).to_have_value("")
    expect(room.part("undo")).to_be_disabled()
    room.expect_drafts()


def test_two_readers_at_once_meet_nowhere(
    browser: Browser, browser_context_args: dict[str, str], film_bytes: Callable[[str], bytes]
) -> None:
    contexts = [browser.new_context(**browser_context_args) for _ in range(2)]  # type: ignore[arg-type]
    first, second = (ReadingRoom.opened(context.new_page()) for context in contexts)
    views: list[str] = []
    first.page.on("request", lambda request: views.append(request.url) if "/views/" in request.url else None)
    stripes = np.tile(np.repeat(np.array([8000, 60000], np.uint16), 50), (150, 3))
    first.part("open-sample").click()
    second.choose(png(stripes))
    for room in (first, second):
        room.expect_film()
        room.expect_drafts()
    assert first.picture().film.shape != second.picture().film.shape
    for room, sentence in ((first, " Written by the first."), (second, " Written by the second.")):
        room.edit("on")
        room.type_at_end(sentence)
        room.expect_saved()
    for room in (first, second):
        room.submit()
    (of_first,), (of_second,) = first.download(), second.download()
    assert of_first["corrected"].endswith("by the first.") and of_second["corrected"].endswith("by the second.")
    assert of_first["reader"] != of_second["reader"]
    assert of_first["film"] != of_second["film"]
    assert views and second.page.request.get(views[0]).status == 404
    for context in contexts:
        context.close()


def test_the_page_asks_nobody_but_its_own_server(room: ReadingRoom, application: RunningServer) -> None:
    asked: list[str] = []
    room.page.on("request", lambda request: asked.append(request.url))
    room.page.reload()
    room.open_sample()
    room.expect_drafts()
    own = (application.address, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []


def test_a_correction_that_is_being_read_stays_unfolded_when_another_one_is_signed_off(reading: ReadingRoom) -> None:
    room = reading
    room.edit("on")
    room.submit()
    entry = room.part("correction-list").get_by_role("listitem")
    entry.locator("summary").click()
    first = room.report.input_value()
    with room.drafts_written_anew():
        room.open_sample()
    room.edit("on")
    room.report.fill("Another text.")
    room.submit()
    expect(entry).to_have_count(2)
    expect(entry.first).to_contain_text("Another text.")
    expect(entry.last.locator("details")).to_have_attribute("open", "")
    expect(entry.last.locator("details > p")).to_have_text(first)


def test_moments_are_written_in_the_language_of_the_page(browser: Browser, application: RunningServer) -> None:
    with browser.new_page(base_url=application.address, locale="de-DE") as page:
        room = ReadingRoom.opened(page)
        room.open_sample()
        room.expect_drafts()
        room.edit("on")
        room.submit()
        moment = room.part("correction-list").locator("time")
        said = "(one) => new Date(one.dateTime).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })"
        expect(moment).to_have_text(moment.evaluate(said))
