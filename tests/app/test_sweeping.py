"""What has had its time goes by itself, while the application runs."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

import gradio as gr
import pytest

from app.server import build_application, enclose
from app.settings import Settings
from app.surroundings import Surroundings
from app.web.sweeping import swept
from gaze2report_core.imaging import Radiograph
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.waiting import PATIENCE

pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.sweeping.BETWEEN_SWEEPS", 0.01)


async def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "it did not come true in time"
        await asyncio.sleep(0.01)


def test_expired_bytes_go_while_nobody_asks_for_any(tmp_path: Path) -> None:
    around = Surroundings.of(Settings(data_dir=tmp_path))
    stores = around.uploads, around.views

    async def run() -> str:
        with gr.Blocks(analytics_enabled=False) as page:
            gr.Textbox()
        application = enclose(page, {}, around)
        async with application.router.lifespan_context(application):
            for store in stores:
                store.lifetime = 60
                store.put("bob", b"film")
            around.uploads.lifetime = 600
            kept = around.uploads.put("ada", b"film of another reader")
            assert [len(store._held) for store in stores] == [2, 1]
            for store in stores:
                store._clock = lambda: time.monotonic() + 60
            await until(lambda: [len(store._held) for store in stores] == [1, 0])
        return kept

    kept = asyncio.run(run())
    assert around.uploads.read("ada", kept) == b"film of another reader", "its time is not over"


def test_what_the_model_computed_of_films_goes_while_nobody_asks_for_any(
    film: Radiograph, small_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Gaze2ReportPipeline.from_pretrained(small_model_folder, device="cpu")
    around = Surroundings.of(Settings(data_dir=tmp_path))
    pipeline.predict_gaze(film)
    caches = (pipeline._patches.of, pipeline._patches.of_mirrored, pipeline._sides.of)
    assert [len(cache._kept) for cache in caches] == [1, 1, 1]

    async def run() -> None:
        application = build_application(pipeline, around)
        async with application.router.lifespan_context(application):
            await asyncio.sleep(0.1)
            assert [len(cache._kept) for cache in caches] == [1, 1, 1], "its time is not over"
            monkeypatch.setattr("gaze2report_core.films.cache.SECONDS_KEPT", 0)
            await until(lambda: not any(cache._kept for cache in caches))

    asyncio.run(run())


def test_a_sweep_that_fails_is_noted_and_ends_neither_itself_nor_others(caplog: pytest.LogCaptureFixture) -> None:
    swept_at: list[float] = []

    def fail() -> None:
        raise RuntimeError("Mustermann^Erika")

    async def run() -> None:
        async with swept([fail, lambda: swept_at.append(time.monotonic())]):
            await until(lambda: len(swept_at) >= 2)
        count = len(swept_at)
        await asyncio.sleep(0.3)
        assert len(swept_at) <= count + 1, "with the application the sweeping ends, but for a sweep that has begun"

    asyncio.run(run())
    notes = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(notes) >= 2
    assert {record.getMessage() for record in notes} == {"a sweep failed"}
