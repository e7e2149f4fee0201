"""The embedded model and records in a file, as the page has them."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.page.session import OpenFilm, ReadingSession
from app.records import RecordStore
from app.visitors import Visitor
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline


@pytest.fixture(scope="session")
def pipeline() -> Gaze2ReportPipeline:
    return Gaze2ReportPipeline.from_pretrained()


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
