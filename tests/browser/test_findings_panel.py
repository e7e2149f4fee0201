"""The findings beside the film: pointed at, confirmed and rejected, held against what is typed, and taken along."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from gaze2report_core.findings import Finding
from gaze2report_core.findings.places.regions import Region, regions_of, regions_of_finding, seconds_within
from tests.app.running_server import REPOSITORY, RunningServer, start_server
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_forgotten_study import STARTED_ANEW
from tests.browser.test_still_findings import places
from tests.findings_model import save_model_with_findings
from tests.findings_readings import THORAX
from tests.imaging.films import dicom, ramp

LIKELIEST = "Support Devices"
UNLIKELIEST = "No Finding"


@pytest.fixture(scope="module")
def finding_application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """`python app.py` with a model that has a classifier of findings."""
    model = save_model_with_findings(tmp_path_factory.mktemp("model") / "model")
    server = start_server(tmp_path_factory.mktemp("application"), "--model", str(model), script=REPOSITORY / "app.py")
    yield server
    server.stop()


@pytest.fixture
def finding_room(browser: Browser, finding_application: RunningServer) -> Iterator[ReadingRoom]:
    """The sample film with both drafts and its findings."""
    address = finding_application.address
    with browser.new_page(base_url=address, viewport={"width": 1280, "height": 800}, locale="en-GB") as page:
        opened = ReadingRoom.opened(page)
        opened.open_sample()
        opened.expect_drafts()
        yield opened


def row(room: ReadingRoom, finding: str) -> Locator:
    return room.page.locator(f".finding[data-finding='{finding}']")


def test_all_findings_are_there_and_what_reaches_its_threshold_comes_first(finding_room: ReadingRoom) -> None:
    rows = finding_room.part("finding")
    expect(rows).to_have_count(14)
    above = [" above" in f" {one.get_attribute('class')}" for one in rows.all()]
    assert any(above) and not all(above) and above == sorted(above, reverse=True)
    numbers = [float(one.locator(".finding-number").inner_text()) for one in rows.all()]
    assert numbers == sorted(numbers, reverse=True)
    spoken = row(finding_room, LIKELIEST).get_attribute("aria-label")
    assert spoken is not None and "above its threshold 0.50" in spoken and "looked at for" in spoken
    assert "95 % interval 0." in spoken
    expect(finding_room.part("findings")).to_contain_text("95 % interval")
    interval, likelihood = (
        row(finding_room, LIKELIEST).locator(f".finding-{part}").evaluate("part => part.style.cssText")
        for part in ("interval", "likelihood")
    )
    low, width = (float(re.findall(rf"{name}: ([\d.]+)%", interval)[0]) for name in ("left", "width"))
    assert low < float(re.findall(r"width: ([\d.]+)%", likelihood)[0]) < low + width, "the bar ends within its interval"


def test_incidental_findings_are_listed_below_and_the_likely_one_stands_out(finding_room: ReadingRoom) -> None:
    incidental = finding_room.part("incidental")
    expect(incidental.locator("li")).to_have_text(
        [re.compile(said) for said in ("Spine.*0.88", "Aorta.*0.12", "Lungs.*0.05")]
    )
    expect(incidental.locator("li.above")).to_have_text(re.compile("Degenerative Spine"))


def test_a_finding_lights_up_its_regions_and_says_how_long_they_were_looked_at(finding_room: ReadingRoom) -> None:
    regions, caption = finding_room.part("regions").locator("rect"), finding_room.part("region-caption")
    expect(regions).to_have_count(0)
    row(finding_room, "Cardiomegaly").hover()
    expect(regions).to_have_count(1)
    expect(caption).to_contain_text("s of gaze on cardiac silhouette")
    lit, stage = regions.first.bounding_box(), finding_room.part("stage").bounding_box()
    assert lit is not None and stage is not None
    assert lit["width"] > 0.1 * stage["width"] and lit["x"] > stage["x"] + 0.2 * stage["width"]
    finding_room.part("report-text").hover()
    expect(regions).to_have_count(0)
    expect(caption).to_be_hidden()


_PLACE_IN_A_NARROW_ROW = """
async ([list, longest]) => {
  const { FindingRow } = await import(new URL("page-assets/finding_row.js", document.baseURI));
  const row = new FindingRow("Pleural Effusion", () => {});
  const likelihood = { probability: 0.9, low: 0.8, high: 1, threshold: 0.5, verdict: "undecided" };
  row.show({ ...likelihood, side: "right", regions: [longest, "left costophrenic angle"], gaze_seconds: 12.34 });
  row.settle();
  list.prepend(row.element);
  const where = row.element.querySelector(".finding-where");
  return [...where.textContent.matchAll(/[^ ]+/g)].map(({ 0: word, index }) => {
    const range = document.createRange();
    range.setStart(where.firstChild, index);
    range.setEnd(where.firstChild, index + word.length);
    const places = [...range.getClientRects()];
    const seen = document.elementFromPoint(places[0].right - 3, (places[0].top + places[0].bottom) / 2);
    return [word, places.length, seen === where];
  });
}
"""


def test_the_longest_place_is_read_in_full_in_a_narrow_row_parted_between_its_words(finding_room: ReadingRoom) -> None:
    finding_room.page.set_viewport_size({"width": 1024, "height": 768})
    longest = "right costophrenic angle"
    panel = finding_room.part("finding-list").element_handle()
    told = finding_room.page.evaluate(_PLACE_IN_A_NARROW_ROW, [panel, longest])
    assert told == [[word, 1, True] for word in longest.split()]


_CLOSE_TO_ITS_THRESHOLD = """
async ([part, probability, threshold]) => {
  const { mount } = await import(new URL("page-assets/findings_panel.js", document.baseURI));
  const other = part.cloneNode(true);
  const finding = { finding: "Edema", probability, low: 0.1, high: 0.3, threshold, side: null, regions: [] };
  const disagreement = { sentence: "The report says no edema.", texts: ["Gaze on"], probability, threshold };
  const value = {
    state: "ready", sentence: "", film: "film", findings: [{ ...finding, gaze_seconds: 0, verdict: "undecided" }],
    regions: {}, incidental: [], attention: {}, disagreements: [disagreement], judged: 0, failure: null,
  };
  mount(other, { trigger: () => {}, watch: () => {}, props: { value } });
  const row = other.querySelector(".finding");
  const [number, bar] = [".finding-number", ".finding-bar"].map((name) => row.querySelector(name));
  const sentence = other.querySelector(".disagreements li").textContent;
  return [number.textContent, bar.title, row.getAttribute("aria-label"), sentence];
}
"""


@pytest.mark.parametrize(
    ("probability", "threshold", "seen", "least"),
    [(0.2271, 0.2333, "0.227", "0.233"), (0.23, 0.23, "0.23", "0.23"), (0.2, 0.2333, "0.20", "0.23")],
)
def test_a_probability_that_is_below_its_threshold_does_not_read_the_same(
    finding_room: ReadingRoom, probability: float, threshold: float, seen: str, least: str
) -> None:
    panel = finding_room.page.locator("#findings_panel").element_handle()
    told = finding_room.page.evaluate(_CLOSE_TO_ITS_THRESHOLD, [panel, probability, threshold])
    relation = "below" if probability < threshold else "above"
    assert told[:2] == [seen, f"{seen}, 95 % interval 0.10 to 0.30; counts from {least} on"]
    assert told[2].startswith(f"Edema: {seen}, 95 % interval 0.10 to 0.30, {relation} its threshold {least}")
    assert told[3].endswith(f"Counts from {least} on · Gaze on")


def test_a_lateral_film_alone_has_no_gaze_and_tells_no_side(finding_room: ReadingRoom) -> None:
    finding_room.open(dicom(ramp(), ViewPosition="LL"))
    finding_room.expect_drafts()
    expect(finding_room.page.locator(".gaze-on [data-role=source]")).to_have_text("without gaze")
    effusion = row(finding_room, "Pleural Effusion")
    expect(effusion.locator(".finding-gaze")).to_be_hidden()
    expect(effusion.locator(".finding-where")).to_have_text("either costophrenic angle")
    spoken = effusion.get_attribute("aria-label")
    assert spoken is not None and "looked at for" not in spoken


_AN_EARLIER_STATE_COMES_LATE = """
async (part) => {
  const { mount } = await import(new URL("page-assets/findings_panel.js", document.baseURI));
  const other = part.cloneNode(true);
  const nothing = { findings: [], regions: {}, incidental: [], attention: {}, disagreements: [] };
  const told = { ...nothing, sentence: "", film: "film", judged: 0 };
  const props = { value: { ...told, state: "waiting", failure: null, number: 1 } };
  let changed;
  mount(other, { trigger: () => {}, watch: (_, told) => (changed = told), props });
  return [["ready", 3], ["waiting", 2], ["empty", 4]].map(([state, number]) => {
    props.value = { ...told, state, failure: null, number };
    changed();
    return other.querySelector(".findings").dataset.state;
  });
}
"""


def test_an_answer_that_was_overtaken_does_not_take_the_place_of_a_later_one(finding_room: ReadingRoom) -> None:
    panel = finding_room.page.locator("#findings_panel").element_handle()
    assert finding_room.page.evaluate(_AN_EARLIER_STATE_COMES_LATE, panel) == ["ready", "ready", "empty"]


def attention(room: ReadingRoom, finding: str) -> dict[tuple[str, str], float]:
    """How strongly each patch lights up while the finding is pointed at, by its place on the film."""
    row(room, finding).hover()
    expect(room.part("region-caption")).to_contain_text(finding)
    told = (
        room.part("attention")
        .locator("rect")
        .evaluate_all("(all) => all.map((one) => ['x', 'y', 'fill-opacity'].map((name) => one.getAttribute(name)))")
    )
    return {(x, y): float(strength) for x, y, strength in told}


def test_what_the_classifiers_looked_at_for_a_finding_lights_up_in_place_of_the_heatmap(
    finding_room: ReadingRoom,
) -> None:
    heatmap, caption = finding_room.part("heatmap"), finding_room.part("region-caption")
    without = finding_room.part("stage").screenshot()
    heart, effusion = (attention(finding_room, finding) for finding in ("Cardiomegaly", "Pleural Effusion"))
    assert heart != effusion
    for one in (heart, effusion):
        assert 5 < len(one) < 196 and max(one.values()) == 1
    expect(caption).to_contain_text("Outlined: its regions. Shaded blue: what the classifiers looked at")
    expect(heatmap).to_have_css("visibility", "hidden")
    pictures = {without}
    for finding in ("Cardiomegaly", "Pleural Effusion"):
        row(finding_room, finding).hover()
        expect(caption).to_contain_text(finding)
        spoken = row(finding_room, finding).get_attribute("aria-label") or ""
        has_side = bool(re.search("; (left|right);", spoken))
        assert ("another one tells the side" in caption.inner_text()) is has_side
        pictures.add(finding_room.part("stage").screenshot())
    assert len(pictures) == 3
    assert attention(finding_room, "No Finding") == {}
    finding_room.part("report-text").hover()
    expect(heatmap).to_have_css("visibility", "visible")


def test_the_time_on_a_finding_follows_the_gaze_on_the_film(finding_room: ReadingRoom) -> None:
    """Steered over the heart, the gaze is said to be on it before anything is written again."""
    caption = finding_room.part("region-caption")

    def on_heart() -> float:
        row(finding_room, "Cardiomegaly").hover()
        told = re.search(r"([\d.]+) s of gaze on cardiac silhouette", caption.inner_text())
        spoken = re.search(
            r"looked at for ([\d.]+) s", row(finding_room, "Cardiomegaly").get_attribute("aria-label") or ""
        )
        assert told is not None and spoken is not None and told[1] == spoken[1]
        return float(told[1])

    before = on_heart()
    finding_room.page.keyboard.press("d")
    finding_room.page.mouse.move(*finding_room.middle(finding_room.part("regions").locator("rect").first))
    finding_room.page.keyboard.press("a")
    lasts = float(finding_room.part("duration").input_value())
    expect(finding_room.part("gaze-stale")).to_contain_text("drafts and findings")
    assert lasts > 0.05 and on_heart() == pytest.approx(before + lasts, abs=0.02)


def test_the_browser_adds_up_the_gaze_on_regions_as_the_classifier_hears_it(finding_room: ReadingRoom) -> None:
    durations = np.random.default_rng(3).exponential(0.3, (14, 14))
    several = [[region] for region in Region] + [list(regions_of_finding(finding, None)) for finding in Finding]
    boxes = {region: [box.left, box.top, box.right, box.bottom] for region, box in regions_of(THORAX).items()}
    script = """async ([several, durations]) => {
      const { secondsWithin } = await import("/page-assets/region_gaze.js");
      return several.map((boxes) => secondsWithin(boxes, durations));
    }"""
    of_each = [[boxes[region] for region in regions] for regions in several]
    told = finding_room.page.evaluate(script, [of_each, durations.tolist()])
    assert told == pytest.approx([seconds_within(durations, THORAX, regions) for regions in several], rel=1e-9)


def test_verdicts_alone_can_be_taken_along(finding_room: ReadingRoom) -> None:
    there = finding_room.part("correction-count")
    expect(finding_room.part("download")).not_to_have_attribute("href", re.compile("corrections"))
    expect(there).to_have_text("none yet")
    with finding_room.drafts_written_anew():
        row(finding_room, "Pleural Effusion").get_by_test_id("reject").click()
    expect(there).to_have_text("no report yet; your verdicts on findings")
    (line,) = finding_room.download()
    assert line["kind"] == "verdicts" and line["findings"]["Pleural Effusion"]["told"] == "rejected"
    finding_room.page.reload()
    of_the_page = re.compile(r"^corrections\.jsonl\?page_reader=[0-9a-f]{32}$")
    expect(finding_room.part("download")).to_have_attribute("href", of_the_page)
    expect(there).to_have_text("no report yet; verdicts of 1 study")
    finding_room.open_sample()
    finding_room.expect_drafts()
    finding_room.edit("on")
    finding_room.submit()
    expect(there).to_have_text("1; verdicts of 1 more study")


def test_what_is_confirmed_counts_and_looks_present_and_what_is_rejected_absent_without_moving(
    finding_room: ReadingRoom,
) -> None:
    room, count = finding_room, finding_room.part("findings-count")
    present, absent = room.page.locator(".finding.there"), room.page.locator(".finding:not(.there)")
    number, before = present.count(), places(room)
    expect(count).to_have_text(f"{number} of 14")
    names = [one.first.get_attribute("data-finding") or "" for one in (present, absent)]
    rejected, confirmed = (row(room, name) for name in names)
    looks = [look(rejected), look(confirmed)]
    assert looks[0] != looks[1]
    with room.drafts_written_anew():
        confirmed.get_by_test_id("confirm").click()
        expect(confirmed).to_have_class(re.compile("there"))
        expect(count).to_have_text(f"{number + 1} of 14")
    with room.drafts_written_anew():
        rejected.get_by_test_id("reject").click()
        expect(rejected).not_to_have_class(re.compile("there"))
        expect(count).to_have_text(f"{number} of 14")
    assert places(room) == before
    room.part("report-text").hover()
    assert [look(confirmed), look(rejected)] == looks
    assert places(room) == before, "the place is the classifier's: who judges finds the next one where it was"
    with room.drafts_written_anew():
        row(room, "No Finding").get_by_test_id("confirm").click()
        expect(confirmed).not_to_have_class(re.compile("there"))
    expect(row(room, "No Finding")).to_have_class(re.compile("there"))


def look(finding: Locator) -> list[str]:
    """The colours of a row that nobody points at, and how bold its name is."""
    told: list[str] = finding.evaluate(
        """(row) => {
          const style = (part) => getComputedStyle(part ? row.querySelector(part) : row);
          const name = style(".finding-name");
          const bar = style(".finding-likelihood").backgroundColor;
          return [name.color, name.fontWeight, bar, style().borderLeftColor];
        }"""
    )
    return told


def test_folded_away_the_findings_stay_so_until_they_are_wanted(finding_room: ReadingRoom) -> None:
    stage, panel = finding_room.part("stage"), finding_room.part("findings")
    before = stage.bounding_box()
    above = panel.locator(".finding.above").count()
    finding_room.part("fold-findings").click()
    expect(finding_room.part("finding-list")).to_be_hidden()
    expect(finding_room.part("findings-count")).to_have_text(f"{above} of 14")
    after = stage.bounding_box()
    assert before is not None and after is not None and after["width"] > before["width"] + 100
    finding_room.page.reload()
    finding_room.open_sample()
    expect(finding_room.part("findings-count")).to_have_text(f"{above} of 14")
    expect(finding_room.part("finding-list")).to_be_hidden()
    finding_room.page.keyboard.press("c")
    expect(finding_room.part("finding").first).to_be_focused()
    finding_room.expect_drafts()


def test_a_hand_on_the_gaze_takes_the_place_of_the_finding_that_was_pointed_at(finding_room: ReadingRoom) -> None:
    room = finding_room
    for key in ("d", "b"):
        room.page.keyboard.press("c")
        expect(row(room, LIKELIEST)).to_be_focused()
        expect(room.part("heatmap")).to_have_css("visibility", "hidden")
        room.page.keyboard.press(key)
        expect(room.part("stage")).to_be_focused()
        expect(room.part("heatmap")).to_have_css("visibility", "visible")


def test_findings_are_reached_and_judged_by_keys_alone(finding_room: ReadingRoom) -> None:
    page = finding_room.page
    page.keyboard.press("c")
    expect(finding_room.part("finding").first).to_be_focused()
    expect(finding_room.part("regions").locator("rect").first).to_be_visible()
    page.keyboard.press("End")
    expect(row(finding_room, UNLIKELIEST)).to_be_focused()
    page.keyboard.press("ArrowUp")
    focused = page.locator(".finding:focus")
    expect(focused).to_have_count(1)
    with finding_room.drafts_written_anew():
        page.keyboard.press("y")
        expect(focused).to_have_attribute("data-verdict", "confirmed")
    expect(focused).to_have_attribute("data-verdict", "confirmed")
    page.keyboard.press("n")
    expect(focused).to_have_attribute("data-verdict", "rejected")
    page.keyboard.press("n")
    expect(focused).to_have_attribute("data-verdict", "undecided")
    finding_room.expect_drafts()  # nothing is left to be written when the page is closed


def test_a_verdict_that_is_held_down_is_given_once(finding_room: ReadingRoom) -> None:
    page = finding_room.page
    page.keyboard.press("c")
    with finding_room.drafts_written_anew():
        for _ in range(2):
            page.keyboard.down("y")
        page.keyboard.up("y")
    expect(page.locator(".finding:focus")).to_have_attribute("data-verdict", "confirmed")


_A_STUDY_IS_LET_GO = """
async (part) => {
  const { mount } = await import(new URL("page-assets/findings_panel.js", document.baseURI));
  const other = part.cloneNode(true);
  other.querySelector("[data-role=list]").replaceChildren();
  const finding = { finding: "Edema", probability: 0.2, low: 0.1, high: 0.3, threshold: 0.5, side: null, regions: [] };
  const empty = { regions: {}, incidental: [], attention: {}, disagreements: [] };
  const nothing = { ...empty, judged: 0, failure: null, sentence: "" };
  const told = { ...nothing, state: "ready", film: "film", number: 1 };
  const props = { value: { ...told, findings: [{ ...finding, gaze_seconds: 0, verdict: "undecided" }] } };
  let changed;
  mount(other, { trigger: () => {}, watch: (_, told) => (changed = told), props });
  const row = other.querySelector(".finding");
  row.querySelector("[data-verdict=rejected]").click();
  const pressed = row.dataset.verdict;
  props.value = { ...nothing, state: "empty", film: null, findings: [], number: 2 };
  changed();
  return [pressed, row.dataset.verdict, other.querySelector("[data-role=word]").textContent];
}
"""


def test_a_verdict_on_a_study_that_the_server_let_go_is_taken_back_with_a_word(finding_room: ReadingRoom) -> None:
    panel = finding_room.page.locator("#findings_panel").element_handle()
    pressed, verdict, word = finding_room.page.evaluate(_A_STUDY_IS_LET_GO, panel)
    assert (pressed, verdict) == ("rejected", "undecided")
    assert STARTED_ANEW in word
    expect(finding_room.part("drafts-state")).to_contain_text(STARTED_ANEW)


def test_a_film_is_not_confirmed_to_have_a_finding_and_none(finding_room: ReadingRoom) -> None:
    effusion, none = row(finding_room, "Pleural Effusion"), row(finding_room, "No Finding")
    word = finding_room.part("findings-word")
    for one, other, names in (
        (effusion, none, ("No Finding", "Pleural Effusion")),
        (none, effusion, ("Pleural Effusion", "No Finding")),
    ):
        with finding_room.drafts_written_anew():
            one.get_by_test_id("confirm").click()
        with finding_room.drafts_written_anew():
            other.get_by_test_id("confirm").click()
            expect(one).to_have_attribute("data-verdict", "undecided")
            expect(other).to_have_attribute("data-verdict", "confirmed")
            expect(word).to_have_text("You confirmed {}, so {} is undecided again.".format(*names))
            expect(word).not_to_have_class(re.compile("failed"))
        with finding_room.drafts_written_anew():
            other.get_by_test_id("confirm").click()
        expect(word).to_be_hidden()
    with finding_room.drafts_written_anew():
        effusion.get_by_test_id("confirm").click()
    with finding_room.drafts_written_anew():
        none.get_by_test_id("confirm").click()
    line = finding_room.download()[-1]
    assert line["findings"]["Pleural Effusion"]["verdict"] == "undecided"
    assert line["findings"]["No Finding"]["verdict"] == line["findings"]["No Finding"]["told"] == "confirmed"


def test_a_verdict_writes_the_drafts_again_and_leaves_with_the_correction(finding_room: ReadingRoom) -> None:
    with finding_room.drafts_written_anew():
        row(finding_room, "Pleural Effusion").get_by_test_id("confirm").click()
    with finding_room.drafts_written_anew():
        row(finding_room, "Pneumothorax").get_by_test_id("reject").click()
    finding_room.edit("on")
    finding_room.submit()
    *_, line = finding_room.download()
    assert len(line["findings"]) == 14
    assert line["findings"]["Pleural Effusion"]["verdict"] == "confirmed"
    assert line["findings"]["Pneumothorax"]["verdict"] == "rejected"
    assert line["findings"]["Edema"]["verdict"] == "undecided"
    shown = float(row(finding_room, "Edema").locator(".finding-number").inner_text())
    assert line["findings"]["Edema"]["probability"] == pytest.approx(shown, abs=0.006)


def test_what_is_typed_is_held_against_the_classifier(finding_room: ReadingRoom) -> None:
    finding_room.edit("on")
    finding_room.report.fill("There is no pneumothorax.")
    told = finding_room.part("disagreements")
    number = row(finding_room, "Pneumothorax").locator(".finding-number").inner_text()
    sentence = f"The report says no pneumothorax; the classifier gives {number}."
    mine = told.get_by_role("listitem").filter(has_text="Your report").filter(has_text=sentence)
    expect(mine).to_be_visible()
    expect(mine).to_contain_text("Counts from 0.50 on · Your report")
    finding_room.report.fill("There is a pneumothorax.")
    expect(mine).to_have_count(0)
