"""A list of recordings to choose from leaves whoever is typing where they are."""

import json
from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.reading_room import ReadingRoom

SEVERAL = [{"name": f"film-{n}", "task": "edema", "X": [56], "Y": [112], "T": [0.5]} for n in range(2)]


def test_a_list_of_recordings_does_not_take_the_focus_from_whoever_is_typing(reading: ReadingRoom) -> None:
    room, name = reading, reading.part("recording-name")
    on_their_way: list[Route] = []
    room.page.route("**/films", lambda route: on_their_way.append(route))
    file: Any = {"name": "several.json", "mimeType": "application/json", "buffer": json.dumps(SEVERAL).encode()}
    with room.page.expect_request("**/films"):
        room.part("open-recording").set_input_files([file])
    room.indication.press_sequentially("chest")
    on_their_way.pop().continue_()
    expect(name).to_be_visible()
    room.page.keyboard.type(" pain")
    expect(room.indication).to_have_value("chest pain")
    expect(name).to_have_value("")

    name.fill("film-7")
    room.part("use-recording").click()
    expect(room.part("gaze-word")).to_contain_text("no recording of that name")
    expect(name).to_be_focused()  # of whoever pressed a button, it comes back there
