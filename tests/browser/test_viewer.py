"""The film on the screen: its depth, its window, its place, and what lies over it."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Route, expect

from tests.browser.films import png
from tests.browser.page_clock import install_clock
from tests.browser.reading_room import Picture, ReadingRoom
from tests.imaging.films import dicom, ramp

WHITE = 65535
RISING = ramp(400, 300, top=4000)


def test_dragging_and_presets_change_what_is_seen_and_reset_brings_it_back(room: ReadingRoom) -> None:
    room.open_sample()
    as_opened = room.picture().film
    window = room.part("window-readout").inner_text()
    room.drag(120, 0)
    wider = room.picture().film
    assert wider.std() < as_opened.std()
    room.drag(0, 120)
    assert not np.array_equal(room.picture().film, wider)
    assert room.part("window-readout").inner_text() != window
    expect(room.part("window-presets")).to_have_value("by-hand")
    room.page.keyboard.press("3")
    lungs = room.picture().film
    assert lungs.std() > as_opened.std()
    expect(room.part("window-readout")).to_contain_text("Lungs")
    room.page.keyboard.press("i")
    expect(room.part("window-readout")).to_contain_text("Inverted")
    swapped = room.picture().film.astype(int)
    assert np.abs(swapped + lungs - 255)[2:-2, 2:-2].max() <= 2
    room.page.keyboard.press("r")
    assert np.array_equal(room.picture().film, as_opened)
    assert room.part("window-readout").inner_text() == window


def test_a_narrow_window_shows_what_eight_bits_would_have_lost(room: ReadingRoom) -> None:
    """Sixty-four neighbouring values of a 16-bit film fall into a single grey of an 8-bit preview."""
    steps = np.repeat(np.repeat(30016 + np.arange(64, dtype=np.uint16).reshape(8, 8), 40, axis=0), 40, axis=1)
    assert len(np.unique(steps // 256)) == 1
    pixels = np.pad(steps, 10)
    pixels[0, 0] = 65535
    room.open(png(pixels))
    assert len(np.unique(_middle(room.picture()))) <= 2
    room.choose_window("Bones")
    assert len(np.unique(_middle(room.picture()))) >= 45  # the window leaves out the ends of the range


def _middle(picture: Picture) -> NDArray[np.uint8]:
    """(8, 8): the middle of each step, where the screen's scaling has not blended it with its neighbours."""
    film = picture.film
    step = len(film) / 340
    places = np.rint((10 + 20 + 40 * np.arange(8)) * step).astype(int)
    return film[np.ix_(places, places)]


@pytest.mark.parametrize(("rows", "columns"), [(900, 300), (260, 780)])
def test_overlays_lie_where_the_gaze_was_at_any_shape_and_zoom(room: ReadingRoom, rows: int, columns: int) -> None:
    room.open(png(np.full((rows, columns), 40000, np.uint16)))
    room.expect_drafts()
    room.edit("on")
    room.submit()
    (line,) = room.download()
    left, top, width, height = room.picture().film_box
    assert width / height == pytest.approx(columns / rows, rel=0.01)
    _expect_overlays(room, line, room.picture())
    box = room.part("stage").bounding_box()
    assert box is not None
    room.page.mouse.move(box["x"] + left + width / 2, box["y"] + top + height / 2)
    room.page.mouse.wheel(0, 300)
    room.drag(37, -23, button="right")
    moved = room.picture()
    assert moved.film_box[2] < width and moved.film_box[:2] != (left, top)
    _expect_overlays(room, line, moved)


def _expect_overlays(room: ReadingRoom, line: dict[str, Any], picture: Picture) -> None:
    """Circles are centred on the fixations, coloured cells lie on the patches, measured against the film's pixels."""
    left, top, width, height = picture.film_box
    circles = room.part("scanpath").locator("circle").all()
    assert len(circles) == len(line["scanpath"]) > 0
    for circle, fixation in zip(circles, line["scanpath"], strict=True):
        x, y, _, _ = _on_stage(room, circle, centred=True)
        assert x == pytest.approx(left + fixation["x"] * width, abs=2)
        assert y == pytest.approx(top + fixation["y"] * height, abs=2)
    cells = {
        (round((y - top) / height * 14), round((x - left) / width * 14)): (w, h)
        for x, y, w, h in (_on_stage(room, cell) for cell in room.part("heatmap").locator("rect").all())
    }
    spent = {tuple(place) for place in np.argwhere(np.array(line["patch_durations"]) > 0).tolist()}
    assert set(cells) == spent
    for w, h in cells.values():
        assert (w, h) == (pytest.approx(width / 14, abs=1.5), pytest.approx(height / 14, abs=1.5))


def _on_stage(room: ReadingRoom, mark: Locator, centred: bool = False) -> tuple[float, float, float, float]:
    """Left (or middle), top (or middle), width and height of a mark, in CSS pixels of the stage."""
    stage, box = room.part("stage").locator("canvas").bounding_box(), mark.bounding_box()
    assert stage is not None and box is not None
    x, y = box["x"] - stage["x"], box["y"] - stage["y"]
    if centred:
        x, y = x + box["width"] / 2, y + box["height"] / 2
    return x, y, box["width"], box["height"]


def test_circles_grow_with_duration_and_follow_one_another(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.submit()
    (line,) = room.download()
    durations = np.array([fixation["duration"] for fixation in line["scanpath"]])
    marks = room.part("scanpath")
    radii = np.array([float(one.get_attribute("r") or "") for one in marks.locator("circle").all()])
    above_least = radii > radii.min() * 1.001
    areas_per_second = radii[above_least] ** 2 / durations[above_least]
    assert above_least.any() and np.allclose(areas_per_second, areas_per_second[0])
    assert marks.locator("text").all_text_contents() == [str(number + 1) for number in range(len(durations))]
    assert marks.locator("line").count() == len(durations) - 1
    expect(room.part("colour-scale")).to_contain_text(f"{np.max(line['patch_durations']):.2f} s")


def test_l_changes_between_frontal_and_lateral_once_there_are_both(room: ReadingRoom) -> None:
    room.open_sample()
    stage = room.part("stage")
    room.page.keyboard.press("l")
    expect(stage).to_have_attribute("data-view", "frontal")
    frontal = room.picture()
    room.open(png(np.tile(np.linspace(0, WHITE, 200).astype(np.uint16), (400, 1))), view="lateral")
    lateral = room.picture()
    assert not lateral.shows_the_film_of(frontal)
    for view, picture in (("frontal", frontal), ("lateral", lateral)):
        room.page.keyboard.press("l")
        expect(stage).to_have_attribute("data-view", view)
        expect(room.page.get_by_role("button", name=view.capitalize(), exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        assert room.picture().shows_the_film_of(picture)


def seen(room: ReadingRoom) -> tuple[float, float, float]:
    """How many CSS pixels a pixel of the film takes, and which of its pixels is in the middle of the stage."""
    room.wait_until_drawn()
    canvas = room.part("film-canvas").bounding_box()
    place = room.part("overlay").locator("[data-role=film-space]").get_attribute("transform") or ""
    assert canvas is not None
    left, top, scale = (float(number) for number in re.findall(r"[-\d.]+", place))
    return scale, (canvas["width"] / 2 - left) / scale, (canvas["height"] / 2 - top) / scale


def test_each_film_keeps_its_zoom_and_place_until_another_study_is_opened(room: ReadingRoom) -> None:
    frontal_film = dicom(RISING, ViewPosition="PA", BodyPartExamined="CHEST")
    stage, keyboard = room.part("stage"), room.page.keyboard
    room.open(frontal_film)
    room.expect_drafts()
    (whole, *_) = seen(room)
    for _ in range(4):
        keyboard.press("+")
    room.drag(60, -40, button="right")
    frontal = seen(room)
    assert frontal[0] > 2 * whole

    with room.drafts_written_anew():
        room.open(dicom(RISING[:, ::-1], ViewPosition="LL", BodyPartExamined="CHEST"), view="lateral")
    assert seen(room)[0] < frontal[0]  # of a film that was not there before, the whole is shown
    keyboard.press("-")
    room.drag(-30, 20, button="right")
    lateral = seen(room)
    for view, place in (("frontal", frontal), ("lateral", lateral), ("frontal", frontal)):
        keyboard.press("l")
        expect(stage).to_have_attribute("data-view", view)
        assert seen(room) == pytest.approx(place, abs=0.5)

    with room.drafts_written_anew():
        room.part("remove-lateral").click()
    assert seen(room) == pytest.approx(frontal, abs=0.5)  # it is laid ready anew, and is the same film
    with room.drafts_written_anew():
        room.open(frontal_film)
    assert seen(room)[0] == pytest.approx(whole, rel=0.1)


@pytest.mark.parametrize("key", ["f", "r"])
def test_a_film_that_was_fitted_again_stays_so(room: ReadingRoom, key: str) -> None:
    room.open(png(RISING))
    room.open(png(RISING[:, ::-1]), view="lateral")
    (whole, *_) = seen(room)
    for pressed in ("+", key, "l", "l"):
        room.page.keyboard.press(pressed)
    assert seen(room)[0] == pytest.approx(whole)


def test_layers_switch_off_and_fade(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    for name, key in (("scanpath", "s"), ("heatmap", "h")):
        layer, box = room.part(name), room.part(f"layer-{name}")
        expect(layer).to_be_visible()
        box.uncheck()
        expect(layer).to_be_hidden()
        room.page.keyboard.press(key)
        expect(box).to_be_checked()
        expect(layer).to_be_visible()
        room.part(f"opacity-{name}").fill("0.5")
        expect(layer).to_have_css("opacity", "0.5")
    room.part("layer-heatmap").uncheck()
    expect(room.part("colour-scale")).to_be_hidden()


def test_a_bare_film_has_nothing_over_it_until_something_is_asked_for(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    lying_over = [room.part(name) for name in ("film-facts-line", "window-readout", "gaze-source", "colour-scale")]
    lying_over += [room.part("scanpath").locator("circle").first, room.part("heatmap").locator("rect").first]
    button = room.part("bare-film")
    for bare, clothe in (
        (button.click, button.click),
        *((lambda: room.page.keyboard.press("v"), key) for key in "vshod "),
    ):
        bare()
        expect(button).to_have_attribute("aria-pressed", "true")
        for part in lying_over:
            expect(part).to_be_hidden()
        expect(room.part("film-canvas")).to_be_visible()
        clothe() if callable(clothe) else room.page.keyboard.press(clothe)
        expect(button).to_have_attribute("aria-pressed", "false")
        for part in lying_over:
            expect(part).to_be_visible()


def test_no_hand_is_on_the_gaze_of_a_bare_film(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.page.keyboard.press("d")
    expect(room.part("stage")).to_have_attribute("data-tool", "gaze")
    room.page.keyboard.press("v")
    expect(room.part("bare-film")).to_have_attribute("aria-pressed", "true")
    expect(room.part("stage")).to_have_attribute("data-tool", "window")


def test_no_words_on_the_gaze_lie_over_a_bare_film(reading: ReadingRoom) -> None:
    for key in ("d", ".", "Delete"):
        reading.page.keyboard.press(key)
    expect(reading.part("gaze-stale")).to_be_visible()
    reading.page.keyboard.press("v")
    expect(reading.part("gaze-stale")).to_be_hidden()


def test_the_scanpath_plays_in_real_time(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    fixations = room.part("scanpath").locator(".fixation")
    ahead = room.part("scanpath").locator(".fixation.ahead")
    expect(ahead).to_have_count(0)
    room.part("time-line").fill("0")
    expect(ahead).to_have_count(fixations.count() - 1)
    expect(room.part("scanpath").locator(".fixation.current")).to_have_attribute("data-number", "1")
    room.page.evaluate("() => { globalThis.began = performance.now(); }")
    room.part("play").click()
    expect(room.part("play")).to_have_accessible_name("Pause the scanpath")
    expect(ahead).to_have_count(0)
    total = float(room.part("time-text").inner_text().split("/")[1].split()[0])
    assert room.page.evaluate("() => (performance.now() - began) / 1000") > 0.5 * total


def test_seconds_are_told_where_the_mouse_is(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.part("layer-scanpath").uncheck()
    cell = room.part("heatmap").locator("rect").first
    seconds = float(cell.get_attribute("data-seconds") or "")
    room.page.mouse.move(*room.middle(cell))
    expect(room.part("hover-note")).to_contain_text(f"{seconds:.2f} s")
    expect(room.part("pixel-readout")).to_contain_text("Value")
    room.part("layer-scanpath").check()
    room.page.mouse.move(*room.middle(room.part("scanpath").locator("circle").last))
    expect(room.part("hover-note")).to_contain_text("Fixation")


def test_nothing_is_told_of_a_fixation_that_has_left_the_mouse(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.page.keyboard.press("d")
    note = room.part("hover-note")
    room.page.mouse.move(*room.middle(room.part("scanpath").locator("circle").last))
    film = room.part("stage").bounding_box()
    assert film is not None
    expect(note).to_contain_text("Fixation")
    room.page.mouse.down()
    x, y = film["x"] + 0.5 * film["width"], film["y"] + 0.96 * film["height"]  # where nobody else looks
    room.page.mouse.move(x, y)
    expect(note).to_be_hidden()
    room.page.mouse.up()
    expect(note).to_contain_text("Fixation")
    room.part("layer-heatmap").uncheck()
    room.page.mouse.move(x, y - 1)
    expect(note).to_contain_text("Fixation")
    room.page.keyboard.press("s")
    expect(note).to_be_hidden()
    room.page.keyboard.press("s")
    expect(note).to_contain_text("Fixation")
    room.page.keyboard.press("d")  # the hand was put away with the layer
    room.page.mouse.down()
    room.page.mouse.up()
    expect(note).to_contain_text("Fixation")
    room.page.keyboard.press("Delete")
    expect(note).to_be_hidden()


def test_a_value_under_the_mouse_is_the_stored_one(room: ReadingRoom, film_bytes: Callable[[str], bytes]) -> None:
    pixels = np.full((200, 200), 12345, np.uint16)
    pixels[:, 100:] = 54321
    room.open(png(pixels))
    left, top, width, height = room.picture().film_box
    box = room.part("stage").bounding_box()
    assert box is not None
    for share, value in ((0.25, 12345), (0.75, 54321)):
        room.page.mouse.move(box["x"] + left + share * width, box["y"] + top + height / 2)
        expect(room.part("pixel-readout")).to_have_text(f"Value {value}")


def test_a_place_under_the_mouse_is_the_one_that_is_seen_there(room: ReadingRoom) -> None:
    """To the pixel of the screen: the border around the stage is no part of the film."""
    columns = 300
    room.open(png(np.tile(np.arange(columns, dtype=np.uint16), (columns, 1))))
    canvas, shown = room.part("film-canvas").bounding_box(), room.picture().grey.shape
    assert canvas is not None
    assert shown == (round(canvas["height"]), round(canvas["width"]))
    place = room.part("overlay").locator("[data-role=film-space]").get_attribute("transform") or ""
    left, top, scale = (float(number) for number in re.findall(r"[-\d.]+", place))
    for column in (30, 150, 270):
        x, y = left + (column + 0.5) * scale, top + columns * scale / 2
        room.page.mouse.move(canvas["x"] + x, canvas["y"] + y)
        expect(room.part("pixel-readout")).to_have_text(f"Value {column}")


def test_arrows_with_shift_change_the_window_as_dragging_does(room: ReadingRoom) -> None:
    room.open_sample()
    readout, keyboard = room.part("window-readout"), room.page.keyboard
    place = room.picture().film_box
    for key, right, down in (("ArrowRight", 10, 0), ("ArrowUp", 0, -10)):
        keyboard.press("r")
        room.drag(right, down)
        dragged = readout.inner_text()
        keyboard.press("r")
        keyboard.press(f"Shift+{key}")
        expect(readout).to_have_text(dragged)
    assert room.picture().film_box == place


def of_low_bright(room: ReadingRoom) -> None:
    room.open(dicom(4000 - RISING, PhotometricInterpretation="MONOCHROME1", BodyPartExamined="CHEST"))


def of_high_bright(room: ReadingRoom) -> None:
    room.open(dicom(RISING, PhotometricInterpretation="MONOCHROME2", BodyPartExamined="CHEST"))


def of_a_picture(room: ReadingRoom) -> None:
    room.open(png(RISING))


def inverted_by_the_remedy(room: ReadingRoom) -> None:
    room.open(dicom(RISING, PhotometricInterpretation=None, BodyPartExamined="CHEST"))
    room.expect_drafts()
    with room.drafts_written_anew():
        room.page.get_by_role("button", name="Invert it for the drafts too").click()
    room.expect_film()


@pytest.mark.parametrize("bring", [of_low_bright, of_high_bright, of_a_picture, inverted_by_the_remedy])
@pytest.mark.parametrize("inverted", [False, True])
def test_down_makes_a_film_darker_and_right_flatter_whichever_of_its_values_are_dark(
    room: ReadingRoom, bring: Callable[[ReadingRoom], None], inverted: bool
) -> None:
    bring(room)
    keyboard = room.page.keyboard

    def afresh() -> NDArray[np.uint8]:
        keyboard.press("r")
        if inverted:
            keyboard.press("i")
        return room.picture().film

    as_opened = afresh()
    room.drag(0, 80)
    assert room.picture().film.mean() < as_opened.mean() - 10
    afresh()
    room.drag(0, -80)
    assert room.picture().film.mean() > as_opened.mean() + 10
    for key, sign in (("ArrowDown", -1), ("ArrowUp", 1)):
        afresh()
        keyboard.press(f"Shift+{key}")
        keyboard.press(f"Shift+{key}")
        assert sign * (room.picture().film.mean() - as_opened.mean()) > 2
    afresh()
    room.drag(80, 0)
    assert room.picture().film.std() < as_opened.std() - 5


def test_the_same_film_of_either_polarity_answers_a_drag_alike_and_the_words_say_what_it_did(room: ReadingRoom) -> None:
    window = {"WindowCenter": 2000.5, "WindowWidth": 2001, "BodyPartExamined": "CHEST"}
    pictures, words = [], []
    for pixels, photometric in ((RISING, "MONOCHROME2"), (4000 - RISING, "MONOCHROME1")):
        room.open(dicom(pixels, PhotometricInterpretation=photometric, **window))
        room.drag(40, 80)
        pictures.append(room.picture())
        words.append(room.part("window-readout").inner_text())
    assert pictures[0].shows_the_film_of(pictures[1])
    centres = [float(re.findall(r"C (\d+)", said)[0]) for said in words]
    assert centres[0] > 2001 > centres[1] and sum(centres) == pytest.approx(4001, abs=2)


def own_windows(room: ReadingRoom) -> list[str]:
    room.open(dicom(RISING, WindowCenter=[2000, 1000], WindowWidth=[4000, 500], BodyPartExamined="CHEST"))
    return ["Film's window", "Film's window 2"]


def no_windows(room: ReadingRoom) -> list[str]:
    room.open(dicom(RISING, BodyPartExamined="CHEST"))
    return ["Automatic"]


def the_full_range_alone(room: ReadingRoom) -> list[str]:
    room.open(png((RISING // 16).astype(np.uint8)))
    return ["Full range"]


@pytest.mark.parametrize("bring", [own_windows, no_windows, the_full_range_alone])
def test_the_keys_of_windows_mean_the_same_on_every_film(
    room: ReadingRoom, bring: Callable[[ReadingRoom], list[str]]
) -> None:
    first, *further = bring(room)
    readout, presets = room.part("window-readout"), room.part("window-presets")
    meanings = dict(enumerate((first, "Full range", "Lungs", "Mediastinum", "Bones", *further), start=1))
    for digit, name in reversed(meanings.items()):
        room.page.keyboard.press(str(digit))
        expect(readout).to_have_text(re.compile(rf"\n{name}\n"))
        expect(presets.locator("option:checked")).to_have_text(re.compile(rf"\d  {name}$"))
    if first == "Full range":
        del meanings[2]  # it is said once in the list
    listed = presets.locator("option:not([hidden])").all_inner_texts()
    assert listed == [f"{digit}  {name}" for digit, name in meanings.items()]
    room.page.keyboard.press("?")
    said = room.part("help-dialog").locator("dt", has_text="2 3 4 5").locator("+ dd")
    expect(said).to_have_text("Full range, lungs, mediastinum, bones")


def test_who_zooms_into_a_film_that_is_smaller_than_its_pixels_are_shown_does_not_zoom_out(room: ReadingRoom) -> None:
    room.open(png(np.eye(20, dtype=np.uint8) * 255))
    width = room.picture().film_box[2]
    assert width > 20 * 16
    room.page.keyboard.press("+")
    assert room.picture().film_box[2] == width


def test_a_screen_with_more_pixels_shows_more_of_the_film(room: ReadingRoom) -> None:
    room.open_sample()
    fixed = "stage => Object.assign(stage.style, {width: '402px', height: '402px', flex: 'none'})"
    room.part("stage").evaluate(fixed)  # so that nothing else has it drawn anew
    expect(room.part("film-canvas")).to_have_attribute("width", "400")
    browser = room.page.context.new_cdp_session(room.page)
    # One pixel wider than before: the same width would stir nothing.
    metrics = {"width": 1281, "height": 800, "deviceScaleFactor": 2, "mobile": False}
    browser.send("Emulation.setDeviceMetricsOverride", metrics)
    expect(room.part("film-canvas")).to_have_attribute("width", "800")


def test_a_film_of_which_nothing_more_comes_does_not_hold_up_the_next_one(room: ReadingRoom) -> None:
    install_clock(room.page)
    stalled: list[Route] = []
    # To the end, since Chromium goes on with what was stalled once nothing is to be stalled any more.
    room.page.route("**/views/*", lambda route: route.continue_() if stalled else stalled.append(route))
    with room.page.expect_request("**/views/*"):
        room.part("open-sample").click()
    room.page.clock.fast_forward(30_001)
    expect(room.part("refusal-text")).to_contain_text("The film did not come from the server")
    room.open(png(np.eye(80, dtype=np.uint8) * 255))
    expect(room.part("film-facts-line")).to_contain_text("80 × 80")
