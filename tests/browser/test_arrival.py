"""Films on their way: sent, read, brought to the screen, in whatever order they arrive, and what is theirs by then."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.films import png, with_burned_in_annotation
from tests.browser.page_clock import install_clock
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_indication import listen_for_indications

NOT_COME = "The film did not come from the server. Please check the connection and try again."
GONE = "The film's pixels are no longer held by the server. Please open the film again."
VIEWS = "**/views/*"
NO_PICTURE = "no picture that is known here"
OUT_OF_PATIENCE = """
() => {
  const now = performance.now.bind(performance);
  performance.now = () => now() + 46000;
}
"""
"""To the page it looks as if it had waited for the server until it no longer would."""


def square(side: int) -> bytes:
    """A film that is told from others by its size."""
    pixels: NDArray[np.uint8] = np.eye(side, dtype=np.uint8) * 255
    return png(pixels)


def expect_size(room: ReadingRoom, side: int) -> None:
    expect(room.part("film-facts-line")).to_contain_text(f"{side} × {side}")


def hold_films(room: ReadingRoom) -> list[Route]:
    """Films that are sent from now on stay on their way until the test lets them go on, in the order of sending."""
    on_their_way: list[Route] = []
    room.page.route("**/films", lambda route: on_their_way.append(route))
    return on_their_way


def send(room: ReadingRoom, on_their_way: list[Route], data: bytes, view: str = "frontal") -> Route:
    """Choose a film and wait until it is on its way, where it stays."""
    count = len(on_their_way)
    with room.page.expect_request("**/films"):
        room.choose(data, view=view)
    while len(on_their_way) == count:
        room.page.wait_for_timeout(10)
    return on_their_way[-1]


def test_the_film_that_was_chosen_last_is_shown_however_late_one_before_arrives(room: ReadingRoom) -> None:
    on_their_way = hold_films(room)
    first, second = (send(room, on_their_way, square(side)) for side in (40, 80))
    second.continue_()
    room.expect_film()
    expect_size(room, 80)
    room.expect_drafts()
    first.continue_()
    room.rewrite()
    room.expect_film()
    expect_size(room, 80)


def hold_questions(room: ReadingRoom) -> list[Route]:
    """Films that the server is asked to read from now on stay unread until the test lets them go on."""
    asked: list[Route] = []

    def hold(route: Route) -> None:
        if "token" in (route.request.post_data_json.get("event_data") or {}):
            asked.append(route)
        else:
            route.continue_()

    room.page.route("**/queue/join*", hold)
    return asked


def ask_for(room: ReadingRoom, asked: list[Route], data: bytes) -> Route:
    """Choose a film and wait until the server is asked to read it, which it does not begin to do."""
    count = len(asked)
    room.choose(data)
    while len(asked) == count:
        room.page.wait_for_timeout(10)
    return asked[-1]


def let_read(room: ReadingRoom, question: Route) -> None:
    with room.page.expect_response(lambda response: response.request == question.request):
        question.continue_()


def listen_for_refusals(page: Page) -> Callable[[], list[str]]:
    """Returns what gives all sentences that the sign of refusals has shown since."""
    page.evaluate(
        """() => {
          window.refusals = [];
          const sign = document.querySelector("[data-testid=refusal-text]");
          new MutationObserver(() => window.refusals.push(sign.textContent)).observe(sign, { childList: true });
        }"""
    )
    return lambda: page.evaluate("window.refusals")  # type: ignore[no-any-return]


def test_a_film_that_is_refused_late_is_not_said_of_the_one_that_is_being_read(room: ReadingRoom) -> None:
    refusals = listen_for_refusals(room.page)
    asked = hold_questions(room)
    first = ask_for(room, asked, b"This is no picture.")
    room.page.evaluate(OUT_OF_PATIENCE)
    second = ask_for(room, asked, square(80))
    let_read(room, first)
    let_read(room, second)
    room.expect_film()
    expect_size(room, 80)
    room.expect_drafts()
    assert refusals() == []


def test_a_film_that_is_refused_late_is_not_said_of_the_one_that_is_on_the_screen(room: ReadingRoom) -> None:
    refusals = listen_for_refusals(room.page)
    asked = hold_questions(room)
    first = ask_for(room, asked, b"This is no picture.")
    room.page.evaluate(OUT_OF_PATIENCE)
    let_read(room, ask_for(room, asked, square(80)))
    room.expect_film()
    room.expect_drafts()
    let_read(room, first)
    room.rewrite()
    expect_size(room, 80)
    assert refusals() == []


def test_why_the_film_chosen_last_was_refused_is_said_however_late_one_before_is_refused(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    refusals = listen_for_refusals(room.page)
    asked = hold_questions(room)
    first = ask_for(room, asked, b"This is no picture.")
    room.page.evaluate(OUT_OF_PATIENCE)
    second = ask_for(room, asked, film_bytes("SC_rgb_rle_2frame.dcm"))
    let_read(room, first)
    let_read(room, second)
    expect(room.part("refusal-text")).to_contain_text("frames")
    (shown,) = refusals()
    assert "frames" in shown
    room.part("open-anyway").click()
    while len(asked) == 2:
        room.page.wait_for_timeout(10)
    asked[-1].continue_()
    expect_size(room, 100)


def test_a_film_that_is_chosen_while_the_server_owes_an_answer_has_its_turn_when_that_never_comes(
    room: ReadingRoom,
) -> None:
    install_clock(room.page)
    asked = hold_questions(room)
    ask_for(room, asked, square(40))
    with room.page.expect_response("**/films"):
        room.choose(square(80))
    room.page.wait_for_timeout(200)
    assert len(asked) == 1
    with room.page.expect_request(lambda request: '"token"' in (request.post_data or "")):
        room.page.clock.fast_forward(46_000)
    while len(asked) == 1:
        room.page.wait_for_timeout(10)
    asked[-1].continue_()
    room.expect_film()
    expect_size(room, 80)
    room.expect_drafts()


def ask_whether_to_open(room: ReadingRoom, film: bytes) -> None:
    """Bring a film that is opened only once the reader has confirmed it."""
    room.choose(with_burned_in_annotation(film))
    expect(room.part("refusal-film")).to_be_visible()


def test_a_film_that_is_dropped_on_a_question_about_another_takes_its_place(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    ask_whether_to_open(room, film_bytes("RG1_UNCR.dcm"))
    room.drop(square(80), "film.png")
    expect(room.part("refusal")).to_be_hidden()
    expect_size(room, 80)
    room.expect_drafts()


def test_a_film_can_be_dropped_as_the_lateral_on_a_question_about_another(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.open(square(80))
    room.expect_drafts()
    ask_whether_to_open(room, film_bytes("RG1_UNCR.dcm"))
    room.drop(square(60), "film.png", on="drop-lateral")
    expect(room.part("refusal")).to_be_hidden()
    room.expect_film("lateral")
    expect_size(room, 60)
    room.page.get_by_role("button", name="Frontal", exact=True).click()
    expect_size(room, 80)
    room.expect_drafts()


def test_a_film_or_a_recording_can_be_dropped_anywhere_on_the_page(room: ReadingRoom, tmp_path: Path) -> None:
    film, recording = tmp_path / "film.png", tmp_path / "gaze.csv"
    film.write_bytes(square(80))
    recording.write_text("x,y,duration\n0.25,0.5,0.5\n")
    targets = room.page.locator(".drop-targets")
    for name in ("drafts", "findings", "standing-line"):
        expect(targets).to_be_hidden()
        let_go = room.drag_over(room.part(name), {"files": [str(film)]})
        expect(targets).to_be_visible()
        with room.drafts_written_anew():
            let_go()
        expect(targets).to_be_hidden()
        expect_size(room, 80)
    expect(room.report).to_be_disabled()
    room.drag_over(room.report, {"files": [str(recording)]})()
    expect(room.part("gaze-source")).to_have_text("Recorded gaze")


def test_as_what_a_file_can_be_dropped_is_no_longer_shown_once_it_has_left_the_page(room: ReadingRoom) -> None:
    tell = """(part, kind) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([], "film.png"));
      part.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    }"""
    targets = room.page.locator(".drop-targets")
    for name, kind in (("drafts", "dragenter"), ("editor", "dragenter"), ("drafts", "dragleave")):
        room.part(name).evaluate(tell, kind)
        expect(targets).to_be_visible()
    room.part("editor").evaluate(tell, "dragleave")
    expect(targets).to_be_hidden()


def test_words_that_are_dropped_on_the_report_stand_in_it(reading: ReadingRoom) -> None:
    reading.edit("on")
    words = {"mimeType": "text/plain", "data": "No pneumothorax."}
    let_go = reading.drag_over(reading.report, {"items": [words]})
    expect(reading.page.locator(".drop-targets")).to_be_hidden()
    let_go()
    expect(reading.report).to_have_value(re.compile(r"No pneumothorax\."))
    reading.expect_saved()
    expect(reading.part("busy")).to_be_hidden()


def test_on_a_small_screen_a_question_about_a_film_is_seen_from_its_title_to_its_answers(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    """As large as the page is at 200 %."""
    room.page.set_viewport_size({"width": 640, "height": 400})
    ask_whether_to_open(room, film_bytes("RG1_UNCR.dcm"))
    title = room.page.get_by_role("heading", name="This film was not opened")
    title.scroll_into_view_if_needed()
    expect(title).to_be_in_viewport(ratio=1)
    expect(room.part("refusal-text")).to_be_in_viewport(ratio=1)
    room.part("confirm-burned-in").check()
    boxes = title.bounding_box(), room.part("dismiss-refusal").bounding_box()
    assert boxes[0] is not None and boxes[1] is not None
    assert boxes[1]["y"] + boxes[1]["height"] - boxes[0]["y"] < 400
    room.part("dismiss-refusal").click(trial=True)
    room.part("open-anyway").click()
    room.expect_film()
    room.expect_drafts()


def test_what_is_said_of_a_film_that_has_no_room_for_it_begins_with_its_title(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.page.set_viewport_size({"width": 320, "height": 256})
    ask_whether_to_open(room, film_bytes("RG1_UNCR.dcm"))
    sign, title = room.part("refusal"), room.page.get_by_role("heading", name="This film was not opened")
    sign.evaluate("(sign) => { sign.scrollTop = 0; }")
    boxes = sign.bounding_box(), title.bounding_box()
    assert boxes[0] is not None and boxes[1] is not None and boxes[1]["y"] >= boxes[0]["y"]


def test_a_refusal_does_not_take_the_place_of_a_question_about_another_film(reading: ReadingRoom) -> None:
    asked = hold_questions(reading)
    first = ask_for(reading, asked, b"This is no picture.")
    reading.page.evaluate("import('/page-assets/edit_state.js').then((it) => { it.editState.unsubmitted = true; })")
    reading.choose(square(80))
    expect(reading.part("refusal")).to_contain_text("Your report is not submitted")
    let_read(reading, first)
    expect(reading.part("busy")).to_be_hidden()
    expect(reading.part("refusal")).to_contain_text("Your report is not submitted")
    reading.page.get_by_role("button", name="Stay with this film").click()
    expect(reading.part("refusal")).to_contain_text("Another film that you chose was not opened")
    expect(reading.part("refusal-text")).to_contain_text(NO_PICTURE)
    reading.part("dismiss-refusal").click()
    expect(reading.part("refusal")).to_be_hidden()


def test_a_lateral_film_belongs_to_the_frontal_one_that_is_on_its_way(room: ReadingRoom) -> None:
    room.open(square(40))
    room.expect_drafts()
    on_their_way = hold_films(room)
    frontal = send(room, on_their_way, square(80))
    lateral = send(room, on_their_way, square(60), "lateral")
    with room.page.expect_response("**/films"):
        lateral.continue_()
    room.page.wait_for_timeout(500)
    expect(room.page.get_by_role("button", name="Lateral", exact=True)).to_be_disabled()
    expect_size(room, 40)  # nothing has joined the film before

    frontal.continue_()
    expect_size(room, 60)
    expect(room.part("stage")).to_have_attribute("data-view", "lateral")
    expect(room.part("busy")).to_be_hidden()
    room.expect_drafts()
    room.page.keyboard.press("l")
    expect_size(room, 80)
    room.edit("on")
    room.submit()
    (line,) = room.download()
    assert line["film"]["lateral"]


def test_a_lateral_film_goes_with_the_frontal_one_that_was_refused(room: ReadingRoom) -> None:
    room.open(square(40))
    room.expect_drafts()
    on_their_way = hold_films(room)
    frontal = send(room, on_their_way, b"This is no picture.")
    lateral = send(room, on_their_way, square(60), "lateral")
    with room.page.expect_response("**/films"):
        lateral.continue_()
    frontal.continue_()
    expect(room.part("refusal-text")).to_contain_text(NO_PICTURE)
    room.part("dismiss-refusal").click()
    room.rewrite()
    expect_size(room, 40)
    expect(room.page.get_by_role("button", name="Lateral", exact=True)).to_be_disabled()


def test_a_lateral_film_waits_until_its_frontal_one_is_opened_in_spite_of_a_refusal(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.open(square(40))
    room.expect_drafts()
    on_their_way = hold_films(room)
    frontal = send(room, on_their_way, film_bytes("SC_rgb_rle_2frame.dcm"))
    lateral = send(room, on_their_way, square(60), "lateral")
    frontal.continue_()
    expect(room.part("refusal-text")).to_contain_text("frames")
    with room.page.expect_response("**/films"):
        lateral.continue_()
    expect(room.part("refusal-text")).to_be_visible()
    room.part("open-anyway").click()
    expect_size(room, 60)
    room.page.get_by_role("button", name="Frontal", exact=True).click()
    expect_size(room, 100)


def test_a_lateral_film_that_is_refused_leaves_the_indication_to_the_film_on_its_way(room: ReadingRoom) -> None:
    told = listen_for_indications(room)
    room.open(square(40))
    room.expect_drafts()
    room.indication.fill("cough")
    on_their_way = hold_films(room)
    frontal = send(room, on_their_way, square(80))
    room.indication.fill("fever")
    send(room, on_their_way, b"", "lateral").continue_()
    expect(room.part("refusal-text")).to_contain_text("empty")
    expect(room.indication).to_have_value("fever")
    frontal.continue_()
    expect_size(room, 80)
    room.expect_drafts()
    expect(room.indication).to_have_value("fever")
    assert told == ["", "fever"]


def test_nobody_works_on_the_film_before_while_the_next_one_is_on_its_way(room: ReadingRoom) -> None:
    room.open(square(40))
    room.expect_drafts()
    old = room.draft("on")
    on_their_way = hold_films(room)
    refused = send(room, on_their_way, b"This is no picture.")
    for name in ("drafts", "editor", "findings"):
        expect_set_aside(room.part(name), True)
    room.page.keyboard.press("e")
    expect(room.part("edit-gaze-on")).not_to_be_focused()
    room.page.keyboard.press("g")
    room.page.wait_for_timeout(500)
    expect(room.part("drafts")).to_have_attribute("data-state", "finished")
    refused.continue_()
    expect(room.part("refusal")).to_be_visible()
    room.part("dismiss-refusal").click()
    for name in ("drafts", "editor", "findings"):
        expect_set_aside(room.part(name), False)
    assert room.draft("on") == old

    send(room, on_their_way, square(80)).continue_()
    expect_size(room, 80)
    room.expect_drafts()
    room.edit("on")


def expect_set_aside(part: Locator, aside: bool) -> None:
    """Whether it is seen to wait, and out of reach of mouse and keys."""
    is_aside = "(part) => part.closest('[inert]') !== null && getComputedStyle(part.closest('[inert]')).opacity < 0.6"
    assert part.evaluate(is_aside) == aside


def test_a_film_that_is_still_being_sent_can_be_given_up(room: ReadingRoom) -> None:
    room.open(square(40))
    room.expect_drafts()
    room.indication.fill("cough")
    on_their_way = hold_films(room)
    given_up = send(room, on_their_way, square(80))
    assert brightness(room.page.get_by_role("progressbar")) < 80  # nothing has been sent, and nothing looks so
    room.part("cancel-sending").click()
    expect(room.part("busy")).to_be_hidden()
    expect(room.part("stage")).to_be_focused()
    expect(room.indication).to_have_value("cough")
    given_up.continue_()
    room.rewrite()
    expect_size(room, 40)
    room.edit("on")


def brightness(part: Locator) -> float:
    """Of what is seen, in 0..255 on the average."""
    with Image.open(io.BytesIO(part.screenshot())) as picture:
        return float(np.asarray(picture.convert("L")).mean())


def count_fetches(room: ReadingRoom) -> list[str]:
    fetched: list[str] = []
    room.page.on("request", lambda request: fetched.append(request.url) if "/views/" in request.url else None)
    return fetched


def test_a_film_that_does_not_come_to_the_screen_is_asked_for_once_and_again_when_the_reader_wants_it(
    room: ReadingRoom,
) -> None:
    fetched = count_fetches(room)
    room.page.route(VIEWS, lambda route: route.abort())
    room.part("open-sample").click()
    expect(room.part("refusal-text")).to_have_text(NOT_COME)
    room.part("dismiss-refusal").click()
    room.expect_drafts()  # with many answers of the server meanwhile
    expect(room.part("refusal")).to_be_hidden()
    assert len(fetched) == 1

    room.part("open-sample").click()
    expect(room.part("refusal-text")).to_have_text(NOT_COME)
    # What the sign says does not change; an answer that came to its end may count as a failed request, too.
    with room.page.expect_event("requestfailed", lambda request: "/views/" in request.url):
        room.part("open-anyway").click()
    expect(room.part("refusal-text")).to_have_text(NOT_COME)
    room.page.unroute(VIEWS)
    room.expect_drafts()
    room.page.get_by_role("button", name="Try again").click()
    room.expect_film()
    expect(room.part("refusal")).to_be_hidden()
    expect(room.part("scanpath").locator("circle")).not_to_have_count(0)
    assert len(fetched) == 4


def test_a_film_that_the_server_no_longer_holds_can_only_be_opened_again(room: ReadingRoom) -> None:
    room.page.route(VIEWS, lambda route: route.fulfill(status=404))
    room.part("open-sample").click()
    expect(room.part("refusal-text")).to_have_text(GONE)
    expect(room.part("open-anyway")).to_be_hidden()
    room.page.unroute(VIEWS)
    room.open_sample()
    room.expect_drafts()


def test_another_patients_film_does_not_stand_beside_the_drafts_of_one_that_did_not_come(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.page.route(VIEWS, lambda route: route.abort())
    room.choose(square(80))
    expect(room.part("refusal-text")).to_have_text(NOT_COME)
    room.part("dismiss-refusal").click()
    assert not room.picture().covered.any()
    for name in ("film-facts-line", "window-readout", "gaze-source", "film-warnings", "film-facts"):
        expect(room.part(name)).to_be_hidden()
    expect(room.part("scanpath").locator("circle")).to_have_count(0)
    expect(room.part("heatmap").locator("rect")).to_have_count(0)
    expect(room.part("drop-zone")).to_be_visible()
    room.page.unroute(VIEWS)
    room.open(square(60))
    expect_size(room, 60)
