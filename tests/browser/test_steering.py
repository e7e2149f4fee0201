"""Gaze in the reader's hands: edited on the film, asked for, recorded, taken along; and the report that follows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Download, Route, expect

from gaze2report_core.gaze import GazeSource, Scanpath
from tests.app.running_server import REPOSITORY, start_server
from tests.browser.gaze_on_the_film import PREDICTED, click, drag, expect_fixations, fixations, place, seconds
from tests.browser.page_clock import install_clock
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_failed_saves import never_answered
from tests.drawn_films import LARGE_HEART, drawn_chest, png
from tests.gaze_following_model import (
    AS_PREDICTED,
    LOOKED_AT,
    LOOKED_FOR,
    WITH_A_LOOK_AT_THE_CORNER,
    WITHOUT_GAZE,
    save_gaze_following_model,
)

LONGER_THAN_USUAL = "This takes longer than usual. If nothing comes, please ask again."
RECORDING = "x,y,duration\n0.25,0.5,0.5\n0.75,0.25,1.5\n0.5,0.75,0.3\n"


def submitted(room: ReadingRoom) -> dict[str, Any]:
    """The correction that leaves after the gaze-on draft was signed off as it is."""
    room.edit("on")
    room.expect_saved()
    room.submit()
    return room.download()[-1]


def saved(room: ReadingRoom, what: str) -> Download:
    room.part("gaze-files").locator("summary").click()
    with room.page.expect_download() as expected:
        room.part(f"export-{what}").click()
    return expected.value


@pytest.fixture
def heedful(browser: Browser, tmp_path: Path) -> Iterator[ReadingRoom]:
    """A drawn chest, read by a model that has learnt by heart to write another report for a look at the corner."""
    model = save_gaze_following_model(tmp_path / "model")
    server = start_server(tmp_path, "--model", str(model), script=REPOSITORY / "app.py")
    try:
        with browser.new_page(base_url=server.address, viewport={"width": 1440, "height": 900}) as page:
            room = ReadingRoom.opened(page)
            room.open(png(drawn_chest(LARGE_HEART)))
            room.expect_drafts()
            yield room
    finally:
        server.stop()


def test_a_hand_on_the_gaze_changes_the_map_at_once_and_the_report_by_one_key(heedful: ReadingRoom) -> None:
    room = heedful
    predicted_map, count = seconds(room), fixations(room)
    assert room.draft("on") == AS_PREDICTED

    room.page.keyboard.press("d")
    expect(room.part("edit-gaze")).to_have_attribute("aria-pressed", "true")
    click(room, 0.06, 0.94)
    expect_fixations(room, count + 1)
    expect(room.part("gaze-source")).to_have_text("Gaze edited by hand")
    expect(room.part("selected-fixation")).to_have_text(f"Fixation {count + 1} of {count + 1}")
    assert set(seconds(room)) - set(predicted_map) == {(13, 0)}

    drag(room, (0.06, 0.94), (0.94, 0.06))
    assert set(seconds(room)) - set(predicted_map) == {LOOKED_AT}
    room.part("duration").fill(str(LOOKED_FOR))
    assert seconds(room)[LOOKED_AT] == LOOKED_FOR
    expect(room.part("gaze-stale")).to_contain_text("Regenerate (G) writes them again")

    room.part("stage").press("Delete")
    expect_fixations(room, count)
    assert seconds(room) == pytest.approx(predicted_map)
    room.part("gaze-undo").click()
    assert seconds(room)[LOOKED_AT] == LOOKED_FOR
    room.part("stage").press("Control+z")
    room.part("stage").press("Control+z")
    assert set(seconds(room)) - set(predicted_map) == {(13, 0)}
    room.part("stage").press("Control+Shift+z")
    room.part("gaze-redo").click()
    assert seconds(room)[LOOKED_AT] == LOOKED_FOR

    with room.drafts_written_anew():
        room.page.keyboard.press("g")
    assert (room.draft("on"), room.draft("off")) == (WITH_A_LOOK_AT_THE_CORNER, WITHOUT_GAZE)
    expect(room.part("drafts")).to_contain_text("edited gaze")
    expect(room.part("gaze-stale")).to_be_empty()
    expect_fixations(room, count + 1)
    line = submitted(room)
    assert line["gaze_source"] == "edited" and len(line["scanpath"]) == count + 1
    assert line["scanpath"][-1] == {
        "x": pytest.approx(0.94, abs=0.01),
        "y": pytest.approx(0.06, abs=0.01),
        "duration": LOOKED_FOR,
    }
    assert line["patch_durations"][LOOKED_AT[0]][LOOKED_AT[1]] == LOOKED_FOR

    room.part("back-to-predicted").click()
    expect(room.part("gaze-source")).to_have_text(PREDICTED)
    assert seconds(room) == pytest.approx(predicted_map)
    room.rewrite()
    assert room.draft("on") == AS_PREDICTED
    assert submitted(room)["gaze_source"] == "predicted"


def test_the_order_changes_and_the_mouse_goes_on_moving_film_and_window(reading: ReadingRoom) -> None:
    room = reading
    count = fixations(room)
    room.part("by-hand").click()
    room.part("edit-gaze").click()
    for x in (0.1, 0.2):
        click(room, x, 0.95)
    first = room.part("scanpath").locator(".fixation").nth(count).locator("circle")
    left = first.get_attribute("cx")
    room.page.keyboard.press("[")
    expect(room.part("selected-fixation")).to_have_text(f"Fixation {count + 1} of {count + 2}")
    assert float(first.get_attribute("cx") or 0) > float(left or 0)
    room.part("later").click()
    expect(room.part("selected-fixation")).to_have_text(f"Fixation {count + 2} of {count + 2}")

    room.page.mouse.move(*place(room, 0.2, 0.95))
    before = room.part("duration").input_value()
    room.page.mouse.wheel(0, -200)
    expect(room.part("duration")).not_to_have_value(before)
    zoom = room.picture().film_box
    room.page.mouse.move(*place(room, 0.5, 0.02))
    room.page.mouse.wheel(0, -200)
    assert room.picture().film_box != zoom
    room.page.keyboard.press("f")
    room.wait_until_drawn()

    window = room.part("window-readout").inner_text()
    drag(room, (0.5, 0.97), (0.7, 0.97))
    expect(room.part("window-readout")).not_to_have_text(window)
    box = room.picture().film_box
    room.drag(40, 0, button="right")
    assert room.picture().film_box != box
    expect_fixations(room, count + 2)
    room.page.keyboard.press("d")
    expect(room.part("edit-gaze")).to_have_attribute("aria-pressed", "false")


def test_the_tools_of_the_hand_are_seen_while_they_are_used(reading: ReadingRoom) -> None:
    room = reading
    expect(room.part("gaze-hand")).to_be_hidden()
    room.page.keyboard.press("d")
    expect(room.part("gaze-hand")).to_be_visible()
    expect(room.part("by-hand")).to_have_attribute("aria-expanded", "true")
    row = room.part("gaze-hand").bounding_box()
    room.part("stage").hover()
    room.page.keyboard.press("a")
    expect(room.part("gaze-selected")).to_be_visible()
    expect(room.part("gaze-query")).to_be_hidden()
    assert room.part("gaze-hand").bounding_box() == row  # the film stands still under the hand
    room.page.keyboard.press("Escape")
    expect(room.part("gaze-selected")).to_be_hidden()
    expect(room.part("gaze-query")).to_be_visible()
    room.part("by-hand").click()
    expect(room.part("gaze-hand")).to_be_hidden()
    expect(room.part("stage")).to_have_attribute("data-tool", "window")


def test_the_hand_needs_no_mouse(reading: ReadingRoom) -> None:
    room = reading
    count = fixations(room)
    room.part("by-hand").press("Enter")
    room.part("edit-gaze").press("Enter")
    room.part("stage").focus()
    room.page.keyboard.press("a")
    expect_fixations(room, count + 1)
    added = room.part("scanpath").locator("circle").nth(count)
    begin = float(added.get_attribute("cx") or 0)
    room.page.keyboard.press("ArrowRight")
    assert float(added.get_attribute("cx") or 0) > begin
    room.page.keyboard.press(",")
    expect(room.part("selected-fixation")).to_have_text(f"Fixation {count} of {count + 1}")
    room.page.keyboard.press("q")
    room.page.keyboard.type("no keys here ad")
    expect(room.part("gaze-query")).to_have_value("no keys here ad")
    room.part("gaze-query").press("Delete")
    expect_fixations(room, count + 1)
    room.part("help").click()
    expect(room.part("help-dialog")).to_contain_text("Edit the gaze")


def test_look_here_covers_the_region_that_is_painted(reading: ReadingRoom) -> None:
    room = reading
    count, before = fixations(room), seconds(room)
    room.page.keyboard.press("b")
    drag(room, (0.75 / 14, 1.5 / 14), (3.5 / 14, 1.5 / 14))
    looked = {patch for patch, spent in seconds(room).items() if spent > before.get(patch, 0)}
    assert {(1, column) for column in range(4)} <= looked
    assert all(row <= 3 and column <= 5 for row, column in looked)
    expect_fixations(room, count + len(looked))
    expect(room.part("region").locator("rect")).to_have_count(0)
    room.part("gaze-undo").click()
    expect_fixations(room, count)
    expect(room.part("gaze-source")).to_have_text(PREDICTED)


def test_a_query_is_answered_blended_in_and_taken_back(reading: ReadingRoom) -> None:
    room = reading
    predicted = seconds(room)
    room.page.keyboard.press("q")
    room.part("gaze-query").fill("Where would a reader look for cardiomegaly?")
    room.part("gaze-query").press("Enter")
    expect(room.part("share-text")).to_have_text("100 %")
    expect(room.part("gaze-source")).to_have_text(
        "Predicted gaze, as for “cardiomegaly”: nobody has looked at this film"
    )
    expect(room.part("gaze-word")).to_be_empty()
    expect(room.part("gaze-query")).to_have_value("cardiomegaly")  # of the question, what was asked
    asked = seconds(room)
    assert asked != predicted
    room.part("share").fill("0.25")
    expect(room.part("gaze-source")).to_contain_text("as for “cardiomegaly”, 25 %")
    for patch, spent in seconds(room).items():
        assert spent == pytest.approx(0.75 * predicted.get(patch, 0) + 0.25 * asked.get(patch, 0), abs=1e-3)
    room.part("share").fill("0")
    expect(room.part("gaze-source")).to_have_text(PREDICTED)
    room.part("share").fill("1")
    room.rewrite()
    line = submitted(room)
    assert (line["gaze_source"], line["gaze_query"]) == ("predicted", {"query": "cardiomegaly", "share": 1})
    assert set(asked) == {tuple(one) for one in np.argwhere(np.array(line["patch_durations"])).tolist()}
    room.part("gaze-undo").click()
    assert seconds(room) == predicted


def test_what_drafts_were_asked_for_is_said_with_them_and_stands_in_the_box_again(reading: ReadingRoom) -> None:
    room = reading
    query = room.part("gaze-query")
    room.page.keyboard.press("d")
    click(room, 0.06, 0.94)
    room.page.keyboard.press("q")
    query.fill("cardiomegaly")
    query.press("Enter")
    expect(room.part("share-text")).to_have_text("100 %")
    room.part("share").fill("0.25")
    room.rewrite()
    expect(room.part("drafts")).to_contain_text("edited gaze, as for “cardiomegaly”, 25 %")
    query.fill("pneumothorax")
    room.rewrite()
    expect(query).to_have_value("pneumothorax")  # the reader's own words, not asked yet
    query.fill("")
    line = submitted(room)
    assert (line["gaze_source"], line["gaze_query"]) == ("edited", {"query": "cardiomegaly", "share": 0.25})
    expect(query).to_have_value("cardiomegaly")
    room.open(png(drawn_chest(LARGE_HEART)))
    expect(query).to_have_value("")
    room.expect_drafts()
    expect(query).to_have_value("")


def test_what_is_not_answered_for_long_is_said_to_take_longer_and_can_be_asked_again(room: ReadingRoom) -> None:
    install_clock(room.page)
    room.open_sample()
    room.expect_drafts()
    room.page.keyboard.press("q")
    with never_answered(room, "pleural effusion"):
        room.part("gaze-query").fill("pleural effusion")
        room.part("gaze-query").press("Enter")
        room.page.clock.fast_forward(45_001)
        expect(room.part("gaze-word")).to_have_text(LONGER_THAN_USUAL)
    room.part("gaze-query").press("Enter")
    expect(room.part("share-text")).to_have_text("100 %")
    room.page.clock.fast_forward(45_001)
    expect(room.part("gaze-word")).to_have_text("")


def test_on_a_small_laptop_a_blend_leaves_room_to_ask_again(reading: ReadingRoom) -> None:
    room = reading
    room.page.set_viewport_size({"width": 1024, "height": 768})
    room.page.keyboard.press("q")
    room.part("gaze-query").fill("cardiomegaly")
    room.part("gaze-query").press("Enter")
    expect(room.part("share-text")).to_have_text("100 %")
    room.part("gaze-query").fill("edema")
    room.page.locator("[data-role=ask] button[type=submit]").click()
    expect(room.part("gaze-source")).to_contain_text("as for “edema”")


def test_of_words_that_name_no_finding_the_answer_is_called_a_guess(reading: ReadingRoom) -> None:
    reading.page.keyboard.press("q")
    reading.part("gaze-query").fill("Zwiebelfisch")
    reading.part("gaze-query").press("Enter")
    expect(reading.part("gaze-word")).to_contain_text("is a guess")
    expect(reading.part("gaze-source")).to_contain_text("as for “Zwiebelfisch”")


def test_of_several_recordings_the_reader_chooses_one(reading: ReadingRoom) -> None:
    room = reading
    of_two_films = [
        {"name": f"film-{number}", "task": "cardiomegaly", "X": [x], "Y": [112], "T": [0.5], "length": 1}
        for number, x in ((1, 56), (2, 168))
    ]
    file = {"name": "several.json", "mimeType": "application/json", "buffer": json.dumps(of_two_films).encode()}
    room.part("open-recording").set_input_files([file])  # type: ignore[list-item]
    expect(room.part("gaze-word")).to_contain_text("several recordings")
    expect(room.part("gaze-source")).to_have_text(PREDICTED)
    expect(room.part("recording-name")).to_be_focused()
    room.part("recording-name").fill("film-2/Cardiomegaly")
    room.part("use-recording").click()
    expect(room.part("gaze-source")).to_have_text("Recorded gaze")
    expect(room.part("recording-choice")).to_be_hidden()
    assert seconds(room) == {(7, 10): 0.5}


def test_a_recording_replaces_the_prediction_and_is_called_so(reading: ReadingRoom) -> None:
    room = reading
    word = room.part("gaze-word")
    for data in (b"x,y\n0.5,0.5\n", b"\xff\xfe\x00"):
        file = {"name": "Doe^Jane.csv", "mimeType": "text/csv", "buffer": data}
        room.part("open-recording").set_input_files([file])  # type: ignore[list-item]
        expect(word).to_have_class("refused")
        expect(room.part("gaze-source")).to_have_text(PREDICTED)
    file = {"name": "Doe^Jane.csv", "mimeType": "text/csv", "buffer": RECORDING.encode()}
    room.part("open-recording").set_input_files([file])  # type: ignore[list-item]
    expect(room.part("gaze-source")).to_have_text("Recorded gaze")
    expect_fixations(room, 3)
    assert seconds(room) == {(7, 3): 0.5, (3, 10): 1.5, (10, 7): 0.3}
    room.rewrite()
    expect(room.part("drafts")).to_contain_text("recorded gaze")
    line = submitted(room)
    assert line["gaze_source"] == "recorded" and line["scanpath"][1] == {"x": 0.75, "y": 0.25, "duration": 1.5}
    assert "Doe" not in str(line) and "Doe" not in room.page.content()


def test_a_recording_that_arrives_when_its_film_has_left_is_not_asked_for(reading: ReadingRoom) -> None:
    room = reading
    sent: list[str] = []
    room.page.on("request", lambda request: sent.append(request.post_data or "") if "join" in request.url else None)
    on_their_way: list[Route] = []
    room.page.route("**/films", lambda route: on_their_way.append(route))
    with room.page.expect_request("**/films"):
        room.drop(RECORDING, "gaze.csv")
    with room.drafts_written_anew():
        room.open_sample()
    with room.page.expect_response("**/films") as arrived:
        on_their_way.pop().continue_()
    token = arrived.value.json()["token"]
    with room.drafts_written_anew():
        room.write_again()
    assert not [message for message in sent if token in message]


def test_a_recording_that_is_refused_when_its_film_has_left_is_not_spoken_of(reading: ReadingRoom) -> None:
    room = reading
    on_their_way: list[Route] = []
    room.page.route("**/films", lambda route: on_their_way.append(route))
    with room.page.expect_request("**/films"):
        room.drop(RECORDING, "gaze.csv")
    with room.drafts_written_anew():
        room.open_sample()
    with room.page.expect_event("requestfailed"):
        on_their_way.pop().abort()
    room.wait_until_drawn()
    expect(room.part("gaze-word")).to_be_empty()


def test_a_long_word_that_was_asked_for_stays_on_the_film_beside_the_colours(reading: ReadingRoom) -> None:
    reading.part("by-hand").click()
    reading.part("gaze-query").fill("x" * 200)
    reading.part("gaze-query").press("Enter")
    source = reading.part("gaze-source")
    expect(source).to_contain_text("x" * 200)
    said, colours = source.bounding_box(), reading.part("colour-scale").bounding_box()
    assert said is not None and colours is not None and said["x"] + said["width"] < colours["x"]
    reading.rewrite()
    sources = reading.page.locator(".draft-source")
    assert sources.evaluate_all("(all) => all.every((one) => one.scrollWidth <= one.clientWidth + 1)")
    headers = reading.page.locator(".draft header")
    assert headers.evaluate_all("(all) => all.every((one) => one.scrollWidth <= one.clientWidth)")


def test_other_readers_are_faint_paths_that_come_and_go(reading: ReadingRoom) -> None:
    paths = reading.part("readers").locator("polyline")
    expect(paths).to_have_count(0)
    reading.part("layer-readers").check()
    expect(paths).to_have_count(5)
    assert len(set(paths.evaluate_all("(all) => all.map((path) => path.getAttribute('points'))"))) == 5
    reading.page.keyboard.press("o")
    expect(reading.part("readers")).to_be_hidden()


def test_overlay_playback_and_scanpath_leave_under_names_that_name_nobody(reading: ReadingRoom, tmp_path: Path) -> None:
    room = reading
    room.page.keyboard.press("d")
    click(room, 0.06, 0.94)
    room.page.keyboard.press("Escape")
    names = {}
    for what in ("scanpath", "overlay", "playback"):
        file = saved(room, what)
        names[what] = file.suggested_filename
        file.save_as(tmp_path / what)
    assert names == {
        "overlay": "gaze2report-overlay.png",
        "playback": "gaze2report-playback.gif",
        "scanpath": "gaze2report-scanpath.json",
    }
    written = json.loads((tmp_path / "scanpath").read_text())
    assert written["gaze"] == "edited" and len(written["scanpath"]) == fixations(room)
    again = Scanpath.from_fixations(written["scanpath"], GazeSource.EDITED)
    assert np.array_equal(again.patch_durations().round(9), written["patch_durations"])
    with Image.open(tmp_path / "overlay") as overlay, Image.open(tmp_path / "playback") as moving:
        assert overlay.format == "PNG"
        assert moving.format == "GIF" and moving.n_frames > 10  # type: ignore[attr-defined]


def test_the_browser_adds_up_and_blends_as_the_model_does(room: ReadingRoom) -> None:
    random = np.random.default_rng(4)
    rim = [{"x": 1.0, "y": 1.0, "duration": 0.3}, {"x": 0.0, "y": 1 / 14, "duration": 0.2}]
    one, other = (
        [*rim, *({"x": x, "y": y, "duration": lasts} for x, y, lasts in random.uniform(0, 1, (40, 3)).tolist())]
        for _ in range(2)
    )
    script = """async ([one, other, share]) => {
      const { patchDurations } = await import("/page-assets/patch_durations.js");
      const { blended } = await import("/page-assets/scanpath_edits.js");
      const blend = blended(one, other, share);
      return [patchDurations(one), blend, patchDurations(blend)];
    }"""
    first, second = (Scanpath.from_fixations(each, GazeSource.PREDICTED) for each in (one, other))
    for share in (0, 0.3, 1):
        durations, blend, blended_durations = room.page.evaluate(script, [one, other, share])
        expected = first.blended(second, share)
        assert np.array_equal(durations, first.patch_durations())
        assert blend == expected.to_fixations()
        assert np.array_equal(blended_durations, expected.patch_durations())
