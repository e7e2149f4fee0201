"""A page is answered to the reader that it was opened for alone, whoever signs in from its browser since."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.accounts import hash_password, write_account
from app.visitors import Visitor, Visitors, new_cookie
from app.web.edition import HEADER as EDITION
from app.web.page_reader import ANOTHERS, HEADER, KEY_BYTES, PARAMETER, UNKNOWN_BY_NOW, PageMarks
from tests.app.gradio_events import edition_told_by, follow, new_session
from tests.app.running_server import RunningServer, start_server

PASSWORD = "correct horse battery"
ACTS = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def with_accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    accounts: Path = tmp_path_factory.mktemp("accounts") / "accounts"
    password_hash = hash_password(PASSWORD)
    for name in ("ada", "bob"):
        write_account(accounts, name, password_hash)
    running = start_server(tmp_path_factory.mktemp("server"), "--auth-file", str(accounts))
    yield running
    running.stop()


def sign_in(browser: httpx.Client, name: str) -> None:
    answer = browser.post("login", data={"name": name, "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


class OpenPage:
    """A page in a browser that stays as it was opened."""

    def __init__(self, browser: httpx.Client) -> None:
        self.browser = browser
        self.told: dict[str, Any] = browser.get("config").raise_for_status().json()  # the same stands in the page
        self.session = new_session()
        self.headers = {EDITION: edition_told_by(self.told["dependencies"]), HEADER: self.told["username"]}

    def ask_who(self) -> httpx.Response:
        number = next(one["id"] for one in self.told["dependencies"] if one["api_name"] == "who")
        body = {"data": [], "fn_index": number, "session_hash": self.session, "event_data": None, "trigger_id": None}
        return self.browser.post("gradio_api/queue/join", json=body, headers=self.headers)

    def answer(self) -> Any:
        self.ask_who().raise_for_status()
        return follow(self.browser, self.session)[-1]["output"]["data"][0]


def test_readers_have_marks_of_their_own_which_name_nobody_and_outlast_a_sign_in() -> None:
    readers = ["zoe", "Zoe", "zof", *(Visitors(None).known_by(new_cookie()).reader for _ in range(3))]
    kept = PageMarks(b"k" * KEY_BYTES)
    marks = {kept.of(Visitor("one browser", reader, True)) for reader in readers}
    assert marks == {kept.of(Visitor("another browser", reader, False)) for reader in readers}
    assert len(marks) == len(readers)
    assert not any(reader in mark for reader in readers for mark in marks)


def test_no_mark_can_be_told_from_a_name_without_the_key_of_a_data_folder(tmp_path: Path) -> None:
    here, there = tmp_path / "data" / "page-marks.key", tmp_path / "elsewhere" / "page-marks.key"
    ada = Visitor("a browser", "ada", True)
    mark = PageMarks.kept_in(here).of(ada)
    assert PageMarks.kept_in(here).of(ada) == mark, "pages that are open outlast a start"
    assert PageMarks.kept_in(there).of(ada) != mark
    assert [stat.S_IMODE(path.stat().st_mode) for path in (here.parent, here)] == [0o700, 0o600]


def test_a_key_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "page-marks.key"
    file.write_bytes(b"short")
    PageMarks.kept_in(file)
    assert len(file.read_bytes()) == KEY_BYTES


def test_where_the_key_cannot_be_kept_there_is_one_until_the_end_and_the_log_says_so_without_a_path(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "page-marks.key").mkdir()
    ada = Visitor("a browser", "ada", True)
    one, another = (PageMarks.kept_in(tmp_path / "page-marks.key") for _ in range(2))
    assert one.of(ada) == one.of(ada) != another.of(ada)
    assert "must be loaded anew after a start" in caplog.text and str(tmp_path) not in caplog.text


def test_who_signs_in_from_the_same_browser_hears_nothing_in_a_page_of_another_and_takes_no_tab_of_theirs(
    with_accounts: RunningServer,
) -> None:
    with with_accounts.browser() as browser:
        sign_in(browser, "ada")
        of_ada = OpenPage(browser)  # and its session is named for the first time by what is refused
        sign_in(browser, "bob")
        refused = of_ada.ask_who()
        assert (refused.status_code, refused.json()["detail"]) == (412, ANOTHERS)
        for method, address, more in (
            ("GET", "gradio_api/queue/data", {"params": {"session_hash": of_ada.session}}),
            ("POST", "gradio_api/cancel", {"json": {"session_hash": of_ada.session}}),
            ("POST", "films", {"content": b"film"}),
        ):
            answer = browser.request(method, address, headers=ACTS | of_ada.headers, **more)
            assert (address, answer.status_code) == (address, 412)
        assert OpenPage(browser).answer() == "bob"
        sign_in(browser, "ada")
        assert of_ada.answer() == "ada"
        assert OpenPage(browser).answer() == "ada"
    log = with_accounts.log.read_text()
    assert of_ada.headers[HEADER] not in log and '"ada"' not in log


def test_a_link_of_a_page_hands_out_nothing_of_who_signed_in_since_and_a_bare_address_what_is_the_readers_own(
    with_accounts: RunningServer,
) -> None:
    with with_accounts.browser() as browser:
        sign_in(browser, "ada")
        of_ada = {PARAMETER: OpenPage(browser).headers[HEADER]}
        assert browser.get("corrections.jsonl", params=of_ada).status_code == 200
        sign_in(browser, "bob")
        refused = browser.get("corrections.jsonl", params=of_ada)
        assert (refused.status_code, refused.json()["detail"]) == (412, ANOTHERS)
        assert browser.get("corrections.jsonl", params={PARAMETER: ""}).status_code == 412
        assert browser.get("corrections.jsonl").status_code == 200


def test_a_page_whose_cookie_is_gone_hears_that_it_must_be_loaded_anew(small_page: RunningServer) -> None:
    with small_page.browser() as browser:
        browser.get("").raise_for_status()
        page = OpenPage(browser)
        assert page.answer().startswith("reader-")
        browser.cookies.clear()
        for _ in ("without a cookie", "with another"):
            refused = page.ask_who()
            assert (refused.status_code, refused.json()["detail"]) == (409, UNKNOWN_BY_NOW)
            refused = browser.get("corrections.jsonl", params={PARAMETER: page.headers[HEADER]})
            assert (refused.status_code, refused.json()["detail"]) == (409, UNKNOWN_BY_NOW)
            browser.get("").raise_for_status()
        assert OpenPage(browser).answer().startswith("reader-")


def test_the_page_names_its_reader_to_all_that_belongs_to_a_tab(small_page: RunningServer) -> None:
    with small_page.browser() as browser:
        html = browser.get("").raise_for_status().text
        page = OpenPage(browser)
        assert f'"username":"{page.told["username"]}"' in html
        marks = PageMarks.kept_in(small_page.data_dir / "page-marks.key")
        assert page.told["username"] == marks.of(Visitors(None).known_by(browser.cookies["gaze2report"]))
        assert f'headers.set("{HEADER}", reader)' in page.told["head"]
