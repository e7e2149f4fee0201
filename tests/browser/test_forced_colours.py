"""The page in forced colours, as high contrast has them: what is chosen and judged is still seen."""

from playwright.sync_api import Locator, expect

from tests.browser.reading_room import ReadingRoom


def colour(part: Locator, of: str = "background-color") -> str:
    return str(part.evaluate("(element, of) => getComputedStyle(element).getPropertyValue(of)", of))


def test_what_is_chosen_judged_and_measured_is_seen_in_forced_colours(reading: ReadingRoom) -> None:
    reading.page.emulate_media(forced_colors="active")
    confirmed, rejected = reading.page.locator('[data-finding="Lung Opacity"] .finding-verdict').all()
    assert colour(confirmed) == colour(rejected)
    with reading.drafts_written_anew():
        confirmed.click()
    expect(confirmed).to_have_attribute("aria-pressed", "true")
    reading.page.mouse.move(0, 0)
    assert colour(confirmed) != colour(rejected)
    frontal, lateral = (reading.page.get_by_role("button", name=name, exact=True) for name in ("Frontal", "Lateral"))
    assert colour(frontal) != colour(lateral)
    window, pan = (reading.page.locator(f"button[data-tool={tool}]") for tool in ("window", "pan"))
    assert colour(window) != colour(pan)
    assert colour(reading.part("layer-scanpath"), "appearance") == "auto"
    bar = reading.page.locator('[data-finding="Lung Opacity"] .finding-likelihood')
    assert colour(bar) != colour(reading.page.locator('[data-finding="Lung Opacity"] .finding-bar'))


def test_in_light_forced_colours_no_white_glares_around_the_film_and_every_line_is_seen(room: ReadingRoom) -> None:
    room.page.emulate_media(forced_colors="active", color_scheme="light")
    download, submit, live = (colour(room.part(name), "color") for name in ("download", "submit", "open-sample"))
    assert download == submit != live
    room.open_sample()
    room.expect_drafts()
    ground = colour(room.page.locator("body"))
    assert colour(room.part("stage")) == "rgb(0, 0, 0)" != ground
    assert colour(room.page.locator(".legend-interval")) != ground
    fixation = room.part("scanpath").locator("circle").first
    assert colour(fixation, "stroke") == "rgb(67, 201, 193)"  # gaze is drawn as ever
