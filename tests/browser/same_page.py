"""Whether the page is still the one that was marked: not loaded anew, and nobody asked whether to leave it."""

from playwright.sync_api import Dialog, Page, expect

from tests.browser.reading_room import ReadingRoom


def questions(room: ReadingRoom) -> list[Dialog]:
    """Those that the browser asks from now on. Nobody leaves the page here, so there should be none."""
    dialogs: list[Dialog] = []

    def stay(dialog: Dialog) -> None:
        dialogs.append(dialog)
        dialog.dismiss()

    room.page.on("dialog", stay)
    return dialogs


def mark(page: Page) -> None:
    """Leave something on the page that does not outlive a reload."""
    page.evaluate("globalThis.isStillHere = true")


def expect_the_same_page(room: ReadingRoom, asked: list[Dialog]) -> None:
    assert room.page.evaluate("globalThis.isStillHere")
    assert asked == []
    expect(room.page.get_by_text("Connection to the server was lost")).to_have_count(0)
