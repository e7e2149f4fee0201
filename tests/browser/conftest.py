"""The real application in a process of its own, and Debian's Chromium to look at it."""

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.records import RecordStore
from tests.app.running_server import REPOSITORY, RunningServer, start_server
from tests.browser.gaze_on_the_film import PREDICTED
from tests.browser.reading_room import ReadingRoom
from tests.browser.server_with_accounts import ServerWithAccounts

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What its server complained of is told with a test that failed."""
    report = yield
    if report.failed:
        for name in ("application", "server_with_accounts"):
            server = item.funcargs.get(name)
            if server is not None:
                report.sections.append((f"log of {name}", server.last_words()))
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    return {"executable_path": chromium, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """`python app.py` with the embedded model and an empty data folder."""
    server = start_server(tmp_path_factory.mktemp("application"), script=REPOSITORY / "app.py")
    yield server
    server.stop()


@pytest.fixture
def records(application: RunningServer) -> Iterator[RecordStore]:
    """What the application keeps, to look at and to hold on to."""
    opened = RecordStore(f"sqlite:///{application.data_dir / 'records.sqlite3'}", application.data_dir / "films")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def browser_context_args(application: RunningServer) -> dict[str, Any]:
    return {"base_url": application.address, "viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}


@pytest.fixture
def page(page: Page, request: pytest.FixtureRequest) -> Page:
    """What the page complains of is told with a test that failed."""
    page.on("console", lambda said: request.node.add_report_section("call", "console", f"{said.type}: {said.text}\n"))
    page.on("pageerror", lambda error: request.node.add_report_section("call", "page error", f"{error.stack}\n"))
    return page


@pytest.fixture
def room(page: Page) -> ReadingRoom:
    """The page, just opened, by a reader who was never here before."""
    return ReadingRoom.opened(page)


@pytest.fixture
def reading(room: ReadingRoom) -> ReadingRoom:
    """The sample film with its gaze and both drafts."""
    room.open_sample()
    room.expect_drafts()
    expect(room.part("gaze-source")).to_have_text(PREDICTED)
    return room


@pytest.fixture
def server_with_accounts(tmp_path: Path) -> Iterator[ServerWithAccounts]:
    server = ServerWithAccounts(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def film_bytes(pydicom_film: Callable[[str], Path]) -> Callable[[str], bytes]:
    return lambda name: pydicom_film(name).read_bytes()
