"""The application where readers sign in."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from app.accounts import hash_password, write_account
from tests.app.running_server import REPOSITORY, start_server
from tests.browser.reading_room import ReadingRoom

PASSWORD = "correct horse battery"


class ServerWithAccounts:
    """A server with the accounts of Ada and Bob that is stopped and started anew at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        accounts = folder / "accounts"
        for name in ("ada", "bob"):
            write_account(accounts, name, hash_password(PASSWORD))
        self._options = ["--auth-file", str(accounts)]
        self.start()
        self._options += ["--port", str(urlsplit(self.address).port)]  # not chosen before, when others might take it

    def start(self) -> None:
        self._running = start_server(self._folder, *self._options, script=REPOSITORY / "app.py")
        self.address = self._running.address

    def last_words(self) -> str:
        return self._running.last_words()

    def stop(self) -> None:
        self._running.stop()

    def let_nobody_be_seen(self, seconds: float) -> None:
        """Let it be so long ago that whoever is signed in did something; the server must be stopped."""
        file = self._running.data_dir / "signed-in.json"
        signed_in = json.loads(file.read_text())
        file.write_text(json.dumps({key: {**one, "seen": one["seen"] - seconds} for key, one in signed_in.items()}))


def sign_in(page: Page, name: str = "ada") -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def opened_by_ada(page: Page, server: ServerWithAccounts) -> ReadingRoom:
    page.goto(server.address)
    sign_in(page)
    room = ReadingRoom.opened(page, server.address)
    room.open_sample()
    room.expect_drafts()
    return room
