"""The embedded model and records in a file, as the page has them."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest

from app.accounts import Accounts, hash_password, write_account
from app.page.session import OpenFilm, ReadingSession
from app.records import RecordStore
from app.visitors import Visitor, Visitors
from app.web.heartbeats import OpenTabs
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.app.gradio_events import new_session
from tests.app.page.served_page import PATIENCE, Tab, served_page


@pytest.fixture(scope="session")
def pipeline() -> Gaze2ReportPipeline:
    return Gaze2ReportPipeline.from_pretrained()


@pytest.fixture(scope="session")
def served(
    pipeline: Gaze2ReportPipeline, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[gr.Blocks, OpenTabs, str]]:
    """The page on a real server, which of its tabs are open, and its address."""
    with served_page(pipeline, tmp_path_factory.mktemp("data")) as page_and_address:
        yield page_and_address


@pytest.fixture
def tab(served: tuple[gr.Blocks, OpenTabs, str]) -> Iterator[Tab]:
    """A tab that was just opened there."""
    page, open_tabs, address = served
    with httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as browser:
        browser.get("").raise_for_status()
        yield Tab(page, open_tabs, browser, new_session())


@pytest.fixture
def records(tmp_path: Path) -> Iterator[RecordStore]:
    opened = RecordStore(f"sqlite:///{tmp_path / 'records.sqlite3'}", tmp_path / "films")
    yield opened
    opened.close()


@pytest.fixture
def request_of() -> Any:
    """A request as the server hands it on: with the visitor behind it."""
    return lambda reader: SimpleNamespace(state=SimpleNamespace(visitor=Visitor(f"session-{reader}", reader, False)))


@pytest.fixture
def session(film: Radiograph) -> ReadingSession:
    """A tab with one film open."""
    opened = ReadingSession()
    opened.place(OpenFilm(film, "token", film.values.shape[1], film.values.shape[0], 1.0, 0.0), View.FRONTAL)
    return opened


@pytest.fixture
def signed_in(tmp_path: Path) -> tuple[Visitors, Any]:
    """Those who may enter, and a request of one who is signed in."""
    accounts = tmp_path / "accounts"
    write_account(accounts, "ada", hash_password("correct horse battery"))
    visitors = Visitors(Accounts(accounts))
    return visitors, SimpleNamespace(state=SimpleNamespace(visitor=visitors.known_by(visitors.sign_in("ada"))))
