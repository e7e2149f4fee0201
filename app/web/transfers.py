"""Bytes between browser and server: films in, pixels and corrections out. Gradio's own upload and files are closed."""

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.records import EventKind, RecordStore
from app.uploads import TooManyLeaving, UploadGone, UploadRefused, UploadsFull, UploadStore, UploadTooLarge
from app.visitors import Visitors
from app.web.answers import refused
from app.web.in_parts import InParts

MOST_SECONDS_ON_THE_WAY = 600
FILM_TYPE = "application/octet-stream"


def transfer_routes(uploads: UploadStore, views: UploadStore, store: RecordStore) -> APIRouter:
    """`POST /films` (the bytes alone), `GET /views/{token}`, `GET /corrections.jsonl`."""
    hatch = _Hatch(uploads, views, store)
    routes = APIRouter()
    routes.add_api_route("/films", hatch.receive_film, methods=["POST"])
    routes.add_api_route("/views/{token}", hatch.send_view, methods=["GET"])
    routes.add_api_route("/corrections.jsonl", hatch.send_corrections, methods=["GET"])
    return routes


class _Hatch:
    """Takes films in, and hands out to each browser what waits for it, and to each reader their corrections."""

    def __init__(self, uploads: UploadStore, views: UploadStore, store: RecordStore) -> None:
        self.uploads = uploads
        self.views = views
        self.store = store

    async def receive_film(self, request: Request) -> Response:
        # This type is none that a form or another site's page could send without being asked first.
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FILM_TYPE:
            return refused(415, f"Send the film's bytes alone, as {FILM_TYPE}.")
        try:
            return JSONResponse({"token": await self._received(request)})
        except UploadTooLarge as refusal:
            return refused(413, str(refusal))
        except UploadsFull as refusal:
            return refused(503, str(refusal))
        except UploadRefused as refusal:
            return refused(400, str(refusal))
        except (TimeoutError, ClientDisconnect):
            return refused(408, "The file did not arrive in time. Please try again.")

    async def send_view(self, token: str, request: Request) -> Response:
        with ExitStack() as leaving:
            try:
                held = leaving.enter_context(self.views.leaving(Visitors.of(request).session, token))
            except UploadGone as gone:
                return refused(404, str(gone))
            except TooManyLeaving as refusal:
                return refused(429, str(refusal))
            return InParts(held.data, media_type=held.media_type, afterwards=leaving.pop_all().close)

    async def send_corrections(self, request: Request) -> Response:
        reader = Visitors.of(request).reader
        lines = await run_in_threadpool(lambda: "".join(self.store.handed_out_lines(reader)))
        exported = {"lines": lines.count("\n")}
        await run_in_threadpool(self.store.record_event, reader, EventKind.EXPORTED, details=exported)
        attachment = f'attachment; filename="{_file_name(datetime.now(UTC))}"'
        # The whole body stands before its first byte leaves: an error is an error page, not half a file.
        return InParts(
            lines.encode("utf-8"),
            media_type="application/jsonl; charset=utf-8",
            headers={"Content-Disposition": attachment},
        )

    async def _received(self, request: Request) -> str:
        """The token of the bytes once all have arrived. Raises `UploadRefused`, `TimeoutError`, `ClientDisconnect`."""
        self.uploads.check_size(int(request.headers.get("content-length", "0")))
        with self.uploads.arrival(Visitors.of(request).session) as arrival:
            async with asyncio.timeout(MOST_SECONDS_ON_THE_WAY):
                async for chunk in request.stream():
                    arrival.add(chunk)
            return arrival.finish()


def _file_name(now: datetime) -> str:
    """It says when the corrections left, and neither whose nor what they are."""
    return f"gaze2report-corrections-{now:%Y%m%dT%H%M%SZ}.jsonl"
