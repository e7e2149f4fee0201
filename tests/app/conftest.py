"""A real store in a real file, a real film, and a real server in a process of its own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.records import DraftPair, RecordStore
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph
from tests.app.postgresql_server import PostgresqlServer, postgresql_server
from tests.app.running_server import RunningServer, start_server


@pytest.fixture(scope="session")
def film_of() -> Callable[[int], Radiograph]:
    """Makes a film of noise, read from a 16-bit PNG as a reader's own would be."""

    def make(seed: int) -> Radiograph:
        pixels = np.random.default_rng(seed).integers(0, 65536, (40, 30), dtype=np.uint16)
        return Radiograph.from_bytes(cv2.imencode(".png", pixels)[1].tobytes())

    return make


@pytest.fixture(scope="session")
def film(film_of: Callable[[int], Radiograph]) -> Radiograph:
    return film_of(1)


@pytest.fixture
def drafts() -> DraftPair:
    return DraftPair(
        gaze_on="The heart is enlarged. No pleural effusion.",
        gaze_off="The lungs are clear.",
        scanpath=Scanpath.from_fixations(
            [{"x": 0.5, "y": 0.25, "duration": 0.4}, {"x": 1.0, "y": 1.0, "duration": 0.2}], GazeSource.EDITED
        ),
        model_id="owner/name",
        model_revision="0123abcd",
        settings={"method": "sample", "temperature": 0.7, "seed": 3},
        started_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records.sqlite3'}"
    postgresql: PostgresqlServer = request.getfixturevalue("postgresql")
    return postgresql.new_schema()


@pytest.fixture
def store(records_url: str, tmp_path: Path) -> Iterator[RecordStore]:
    opened = RecordStore(records_url, tmp_path / "films")
    yield opened
    opened.close()


@pytest.fixture
def drafts_of(store: RecordStore, film: Radiograph, drafts: DraftPair) -> Callable[[str], str]:
    """Opens a case for a reader and returns the id of its drafts."""
    return lambda reader: store.add_drafts(store.open_case(reader, film), reader, drafts)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="module")
def small_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The small page without accounts."""
    server = start_server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """One that the test may stop."""
    running = start_server(tmp_path)
    yield running
    if running.process.poll() is None:
        running.stop()
