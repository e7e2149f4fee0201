"""Keys, names, contrast: the page for those who do not use a mouse, and for tired eyes."""

import re

import pytest
from playwright.sync_api import Page, expect
from pydicom.data import get_testdata_file

from app.page.components import ASSETS
from tests.browser.reading_room import ReadingRoom

_UNNAMED = """
() => [...document.querySelectorAll("button, input, select, textarea, a[href], [role=application]")]
  .filter((control) => control.checkVisibility())
  .filter((control) => {
    const labelled = control.labels && [...control.labels].some((label) => label.textContent.trim());
    return !(labelled || control.getAttribute("aria-label") || control.textContent.trim());
  })
  .map((control) => control.outerHTML)
"""

# WCAG 2.2, success criterion 1.4.3, for text on whatever lies behind it; over the film that may be white.
_FAINT = """
() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = [red, green, blue].map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (element === null) return [0, 0, 0];
    const [red, green, blue, opacity = 1] = channels(getComputedStyle(element).backgroundColor);
    if (element.dataset.filmState === "shown") return [255, 255, 255];
    const further = opacity < 1 ? behind(element.parentElement) : [0, 0, 0];
    return [red, green, blue].map((channel, index) => opacity * channel + (1 - opacity) * further[index]);
  };
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }))
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .filter((element) => !element.closest("svg, script, style, :disabled, [aria-disabled], :has(> input:disabled)"))
    .map((element) => {
      const [front, back] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))];
      return [(Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05), element.outerHTML.slice(0, 120)];
    })
    .filter(([contrast]) => contrast < 4.5);
}
"""


def test_nothing_that_cannot_work_yet_is_live(room: ReadingRoom) -> None:
    live = room.page.locator(":is(button, select, textarea, input[type=range]):enabled").filter(visible=True)
    assert [one.inner_text() for one in live.all()] == ["?", "Sample film", "»"]
    expect(room.part("editor-hint")).to_have_text("Submit opens once you edit a draft.")
    expect(room.part("drafts-state")).to_have_text("Open a film: gaze and drafts follow by themselves.")


def test_everything_has_a_name_and_can_be_read(room: ReadingRoom) -> None:
    for _ in range(2):
        assert room.page.evaluate(_UNNAMED) == []
        assert room.page.evaluate(_FAINT) == []
        room.open_sample()
        room.expect_drafts()
        room.edit("on")
    room.page.keyboard.press("Escape")
    room.page.keyboard.press("d")
    room.part("stage").hover()
    room.page.keyboard.press("a")
    expect(room.part("gaze-stale")).to_be_visible()
    assert room.page.evaluate(_FAINT) == []


def test_what_reads_alike_for_both_drafts_is_told_apart_by_who_only_hears_it(room: ReadingRoom) -> None:
    for side in ("on", "off"):
        expect(room.page.get_by_role("button", name=f"Edit this draft, gaze {side}")).to_have_count(1)
    for side in ("with", "without"):
        expect(room.page.get_by_role("group", name=f"Draft {side} gaze", exact=True)).to_have_count(1)


def test_what_a_slider_says_itself_is_not_said_again_with_every_frame(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    for name in ("time-text", "share-text", "duration-text"):
        expect(room.part(name)).to_have_attribute("aria-live", "off")


def test_what_it_is_for_is_always_said(room: ReadingRoom) -> None:
    line = room.part("standing-line")
    for width, height in ((1280, 800), (1920, 1080), (390, 800)):
        room.page.set_viewport_size({"width": width, "height": height})
        room.page.mouse.wheel(0, 2000)
        expect(line).to_be_in_viewport(ratio=1)
        expect(line).to_contain_text("For research only. Gaze is predicted, reports are drafts. Never for diagnosis.")
        assert room.part("model-id").inner_text() and room.part("model-revision").inner_text()
        assert room.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_on_a_low_screen_what_it_is_for_stands_at_the_end_and_leaves_the_page_to_be_read(room: ReadingRoom) -> None:
    """As high as the page is at 400 %."""
    room.page.set_viewport_size({"width": 320, "height": 256})
    line = room.part("standing-line")
    expect(line).not_to_be_in_viewport()
    line.scroll_into_view_if_needed()
    expect(line).to_be_in_viewport(ratio=1)
    expect(line).to_contain_text("For research only. Gaze is predicted, reports are drafts. Never for diagnosis.")
    corrections, end = room.part("corrections").bounding_box(), line.bounding_box()
    assert corrections is not None and end is not None
    assert corrections["y"] + corrections["height"] <= end["y"] and end["y"] + end["height"] <= 256 + 1


def test_keys_work_on_the_film_and_are_silent_while_one_types(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.page.keyboard.press("?")
    expect(room.part("help-dialog")).to_be_visible()
    room.page.keyboard.press("i")
    room.page.keyboard.press("Escape")
    expect(room.part("help-dialog")).to_be_hidden()
    expect(room.part("invert")).to_have_attribute("aria-pressed", "false")
    room.page.keyboard.press("e")
    expect(room.part("edit-gaze-on")).to_be_focused()  # there is nothing to type in before an edit is begun
    room.edit("on")
    before = room.part("window-readout").inner_text()
    room.type_at_end(" i r h s 1 2 3 ? x g")
    expect(room.part("help-dialog")).to_be_hidden()
    assert room.part("window-readout").inner_text() == before
    expect(room.part("layer-heatmap")).to_be_checked()
    expect(room.part("drafts-state")).to_contain_text("Finished")
    room.report.press("Escape")
    room.page.keyboard.press("i")
    expect(room.part("invert")).to_have_attribute("aria-pressed", "true")
    room.page.keyboard.press("e")
    expect(room.report).to_be_focused()


def test_single_keys_can_be_switched_off_and_stay_so_while_other_keys_go_on_working(reading: ReadingRoom) -> None:
    room, press = reading, reading.page.keyboard.press
    names_keys = re.compile("D to edit the gaze")
    expect(room.part("stage")).to_have_accessible_name(names_keys)
    press("?")
    box = room.part("single-keys")
    expect(box).to_be_checked()
    box.press("Space")
    press("Escape")
    for reloaded in (False, True):
        if reloaded:
            room.page.reload()
            expect(room.part("open-sample")).to_be_enabled()
            room.open_sample()
            room.expect_drafts()
            expect(room.part("time-line")).to_be_enabled()
        expect(room.part("stage")).not_to_have_accessible_name(names_keys)
        before = room.part("window-readout").inner_text()
        for key in "?iIhvd3+":
            press(key)
        room.wait_until_drawn()
        expect(room.part("help-dialog")).to_be_hidden()
        expect(room.part("layer-heatmap")).to_be_checked()
        for name in ("invert", "bare-film", "edit-gaze"):
            expect(room.part(name)).to_have_attribute("aria-pressed", "false")
        assert room.part("window-readout").inner_text() == before
        press("Shift+ArrowRight")
        room.wait_until_drawn()
        assert room.part("window-readout").inner_text() != before
    room.part("stage").focus()
    press(" ")
    expect(room.page.get_by_role("button", name="Pause the scanpath")).to_be_visible()
    finding = room.part("finding").first
    finding.focus()
    press("y")
    press("ArrowDown")
    expect(room.part("finding").nth(1)).to_be_focused()
    expect(finding.get_by_test_id("confirm")).to_have_attribute("aria-pressed", "false")
    room.edit("on")
    room.type_at_end(" x")
    press("Control+z")
    expect(room.report).not_to_have_value(re.compile(" x$"))
    press("Escape")
    room.part("help").click()
    expect(box).not_to_be_checked()
    room.page.get_by_text("Letters, digits and signs work as keys").click()
    press("Escape")
    press("i")
    expect(room.part("invert")).to_have_attribute("aria-pressed", "true")
    expect(room.part("stage")).to_have_accessible_name(names_keys)
    assert room.page.evaluate("localStorage.getItem('single-keys')") == "on"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1366, 768), (1440, 900), (1920, 1080)])
def test_film_drafts_and_edit_box_are_seen_together_and_the_film_is_the_largest(
    room: ReadingRoom, width: int, height: int
) -> None:
    room.page.set_viewport_size({"width": width, "height": height})
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    for name in ("stage", "play", "layer-heatmap", "draft-gaze-on", "draft-gaze-off", "report-text", "submit"):
        expect(room.part(name)).to_be_in_viewport(ratio=1)
    film = room.part("stage").bounding_box()
    assert film is not None and film["width"] > 0.46 * width and film["height"] > 0.74 * height
    room.page.keyboard.press("Escape")
    room.page.keyboard.press("d")
    expect(room.part("gaze-hand")).to_be_in_viewport(ratio=1)
    bars = (".viewer-bar", ".viewer-tools", ".gaze-tools", ".gaze-hand", "#decoding")
    heights = [room.page.locator(bar).evaluate("(bar) => bar.offsetHeight") for bar in bars]
    assert max(heights) < 40  # none of them needs a second row


_SHORT_OF_ROOM = """
(bars) => {
  const parts = bars.flatMap((bar) => [...bar.querySelectorAll("button, select, label, input[type=range], output")])
    .filter((part) => part.checkVisibility());
  const box = (part) => part.getBoundingClientRect();
  const meet = (one, other) => {
    const [a, b] = [box(one), box(other)];
    return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1.5;
  };
  const crowded = parts.filter((one) => parts.some((other) => {
    return other !== one && !one.contains(other) && !other.contains(one) && meet(one, other);
  }));
  const cut = parts.filter((part) => box(part).right > innerWidth || (
    !part.matches("select, input") && part.scrollWidth > part.clientWidth + 2));
  return [...crowded, ...cut].map((part) => part.outerHTML);
}
"""


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1200, 800), (390, 844)])
def test_where_the_film_is_narrow_its_tools_still_need_two_rows_and_keep_their_names(
    page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    room = ReadingRoom.opened(page)
    room.open_sample()
    room.expect_drafts()
    bars = page.locator(".viewer-tools, .gaze-tools")
    assert bars.evaluate_all("(bars) => Math.max(...bars.map((bar) => bar.offsetHeight))") < 40
    assert bars.evaluate_all(_SHORT_OF_ROOM) == []
    names = ("Window (W/L)", "Pan", "Invert", "Zoom out", "Fit", "Zoom in", "Reset", "Gaze by hand")
    for name in names:
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    for name in ("Scanpath", "Heatmap", "Other readers"):
        expect(page.get_by_role("checkbox", name=name, exact=True)).to_be_visible()
    for name in ("Time in the scanpath", "Opacity of the scanpath", "Opacity of the heatmap"):
        slider = page.get_by_role("slider", name=name).bounding_box()
        assert slider is not None and slider["width"] >= 40


@pytest.mark.parametrize("width", [1001, 1024, 1190])
def test_the_film_is_no_narrower_than_the_report_beside_it(room: ReadingRoom, width: int) -> None:
    room.page.set_viewport_size({"width": width, "height": 768})
    room.open_sample()
    room.expect_drafts()
    film, report = room.part("stage").bounding_box(), room.page.locator("#report-side").bounding_box()
    assert film is not None and report is not None and film["width"] >= report["width"]
    for name in ("draft-gaze-on", "draft-gaze-off", "report-text", "submit"):
        expect(room.part(name)).to_be_in_viewport(ratio=1)
    below = room.part("submit").bounding_box()
    line = room.part("standing-line").bounding_box()
    assert below is not None and line is not None and below["y"] + below["height"] <= line["y"]
    assert room.page.locator("#decoding").evaluate("(row) => row.offsetHeight") < 40


def test_numbers_of_fixations_can_be_read_on_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    room = ReadingRoom.opened(page)
    room.open_sample()
    room.expect_drafts()
    letters = "(all) => all.map((one) => one.getAttribute('font-size') * one.getScreenCTM().a)"
    assert min(room.part("scanpath").locator("text").evaluate_all(letters)) > 8.9
    page.keyboard.press("+")
    room.wait_until_drawn()
    assert 8.9 < min(room.part("scanpath").locator("text").evaluate_all(letters)) < 12


@pytest.mark.parametrize("width", [1366, 1280, 1024])
def test_no_number_of_a_finding_is_cut_short_and_no_name_within_a_word(room: ReadingRoom, width: int) -> None:
    room.page.set_viewport_size({"width": width, "height": 768})
    room.open_sample()
    room.expect_drafts()
    torn = """(names) => names.filter((name) => {
      const lines = name.offsetHeight / parseFloat(getComputedStyle(name).lineHeight);
      return Math.round(lines) > name.textContent.split(/[ \\u00ad]/).length;
    }).map((name) => name.textContent)"""
    assert room.page.locator(".finding-name").evaluate_all(torn) == []
    cut = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"
    for part in (".finding-place", ".finding-gaze", ".finding-number", ".finding-name", ".findings-legend"):
        shown = room.page.locator(part).filter(visible=True)
        assert shown.count() > 0
        assert shown.evaluate_all(cut) == []
    # What reaches its threshold is bold, and wider.
    room.page.locator(".finding").evaluate_all("(rows) => rows.forEach((row) => row.classList.add('above'))")
    assert room.page.locator(".finding-name").evaluate_all(torn) == []


def test_ways_of_writing_have_plain_names_and_say_what_they_are_called_elsewhere(room: ReadingRoom) -> None:
    room.page.get_by_role("radio", name="Varied words").check()
    technical = {
        "Likely words": "greedy decoding",
        "Varied words": "sampling",
        "Likely draft": "beam search",
        "Variety": "temperature",
        "Draw number": "seed",
    }
    for name, called in technical.items():
        label = room.page.locator("#decoding label").filter(has_text=name)
        expect(label).to_be_visible()
        expect(label).to_have_attribute("title", re.compile(f" \\({called}\\)$"))
    seen = room.page.locator("body").inner_text()
    assert not re.search(r"\b(greedy|sampling|beam|final pass|temperature|seed|decoding)\b", seen, re.IGNORECASE)
    room.page.keyboard.press("?")
    for name, called in technical.items():
        expect(room.part("help-dialog")).to_contain_text(re.compile(f"{name}[^()]*\\({called}\\)"))


def test_arrows_go_from_one_way_of_writing_to_the_next(room: ReadingRoom) -> None:
    names = ("Likely words", "Varied words", "Likely draft")
    ways = {name: room.page.get_by_role("radio", name=name) for name in names}
    ways["Likely words"].focus()
    for key, name in (("Right", "Varied words"), ("Right", "Likely draft"), ("Left", "Varied words")):
        room.page.keyboard.press(f"Arrow{key}")
        expect(ways[name]).to_be_focused()
        for one, way in ways.items():
            expect(way).to_be_checked(checked=one == name)
    expect(room.page.get_by_label("Draw number")).to_be_visible()
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.submit()
    assert room.download()[-1]["settings"]["method"] == "sample"


def test_a_press_on_the_empty_stage_chooses_a_film(room: ReadingRoom) -> None:
    with room.page.expect_file_chooser() as chooser:
        room.part("drop-zone").click()
    chooser.value.set_files(get_testdata_file("RG1_UNCR.dcm", download=False))
    room.expect_film()


def test_the_browser_shows_the_pages_own_icon(room: ReadingRoom) -> None:
    icon = room.page.locator("link[rel=icon]")
    expect(icon).to_have_count(1)
    own = (ASSETS / "icons" / "gaze2report.svg").read_bytes()
    for address in (icon.evaluate("(link) => link.href"), "/favicon.ico"):
        answer = room.page.request.get(address)
        assert answer.headers["content-type"].startswith("image/svg+xml") and answer.body() == own


def test_what_lies_over_the_page_is_closed_by_escape_or_a_press_elsewhere(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.part("by-hand").click()
    for name in ("film-facts", "gaze-files"):
        menu, summary = room.part(name), room.part(name).locator("summary")
        summary.press("Enter")
        expect(menu).to_have_attribute("open", "")
        room.page.keyboard.press("Escape")
        expect(menu).not_to_have_attribute("open", "")
        expect(summary).to_be_focused()
        summary.click()
        expect(menu).to_have_attribute("open", "")
        room.part("drafts-state").click()
        expect(menu).not_to_have_attribute("open", "")


def test_who_saves_a_file_by_keys_goes_on_from_the_menu(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.part("by-hand").click()
    summary = room.part("gaze-files").locator("summary")
    summary.press("Enter")
    with room.page.expect_download():
        room.part("export-scanpath").press("Enter")
    expect(summary).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1920, 1080)])
def test_where_there_is_room_for_everything_nothing_scrolls(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    room = ReadingRoom.opened(page)
    room.open_sample()
    room.expect_drafts()
    assert page.evaluate("document.documentElement.scrollHeight") == height


def test_on_a_narrow_screen_everything_is_below_one_another(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    room = ReadingRoom.opened(page)
    room.open_sample()
    room.expect_drafts()
    boxes = [room.part(name).bounding_box() for name in ("stage", "draft-gaze-on", "draft-gaze-off", "report-text")]
    tops = [box["y"] for box in boxes if box is not None]
    assert len(tops) == 4 and tops == sorted(tops)
    assert all(box is not None and box["x"] + box["width"] <= 390 for box in boxes)
    line = room.part("standing-line").bounding_box()
    assert line is not None and line["height"] < 64  # and leaves room for what is read

    room.page.get_by_text("Film facts").click()
    facts = room.part("film-facts").locator("dd").all()
    assert facts
    for fact in facts:
        expect(fact).to_be_in_viewport(ratio=1)


_COUNT_WHAT_IS_SAID = """
(part) => {
  globalThis.saidAnew = 0;
  const count = (records) => { globalThis.saidAnew += records.length; };
  new MutationObserver(count).observe(part, { childList: true, characterData: true, subtree: true });
}
"""


def test_what_is_said_already_is_not_said_again_with_every_word_or_save(reading: ReadingRoom) -> None:
    room = reading
    state = room.part("drafts-state")
    room.sample_text(temperature=2, seed=11)
    state.evaluate(_COUNT_WHAT_IS_SAID)
    room.rewrite()
    assert (
        room.page.evaluate("globalThis.saidAnew") <= 6
    )  # waiting, writing, finished, each of them taken off and put on
    room.edit("on")
    room.expect_saved()
    room.part("save-state").get_by_role("status").evaluate(_COUNT_WHAT_IS_SAID)
    room.type_at_end(" Typed.")
    expect(room.part("save-state")).to_have_text("Not saved yet")
    expect(room.part("save-state").get_by_role("status")).to_have_text("")
    room.expect_saved()


def test_who_chooses_a_window_by_key_stays_at_the_list(room: ReadingRoom) -> None:
    room.open_sample()
    presets = room.part("window-presets")
    room.page.keyboard.press("Tab")
    presets.focus()
    room.page.keyboard.press("ArrowDown")
    expect(presets).not_to_have_value("0")
    expect(presets).to_be_focused()


def test_a_part_whose_script_does_not_come_says_so(page: Page) -> None:
    page.route("**/page-assets/corrections.js", lambda route: route.abort())
    ReadingRoom.opened(page)
    part = page.locator("#corrections")
    expect(part.get_by_role("alert")).to_have_text("This part of the page did not start. Please load the page anew.")


def test_escape_that_ends_a_composition_does_not_leave_the_field(reading: ReadingRoom) -> None:
    reading.page.keyboard.press("q")
    reading.edit("on")
    for field in (reading.report, reading.indication, reading.part("gaze-query")):
        field.focus()
        field.evaluate(
            "(one) => one.dispatchEvent(new KeyboardEvent('keydown',"
            " { key: 'Escape', isComposing: true, bubbles: true, cancelable: true }))"
        )
        expect(field).to_be_focused()
