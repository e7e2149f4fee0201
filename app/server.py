"""The application put together: the page, and around it sign-in, transfers, records and the gate."""

import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from app.accounts import Accounts, AccountsUnreadable
from app.private_files import make_private_folder
from app.records import RecordStore, RecordsUnavailable
from app.settings import MEBIBYTE, REPOSITORY, Settings
from app.sign_ins import SignIns
from app.uploads import UploadStore
from app.visitors import Visitors
from app.web.entrance import Entrance
from app.web.gate import Gate, SafeHeaders, SameOriginOnly
from app.web.heartbeats import Heartbeats, OpenTabs
from app.web.logs import AccessLog, set_up_logs, take_over_library_logs
from app.web.records_away import records_away
from app.web.root_path import UnderRootPath
from app.web.sign_in import sign_in_routes
from app.web.signed_out_streams import SignedOutStreams
from app.web.sweeping import Sweep, swept
from app.web.transfers import transfer_routes

if TYPE_CHECKING:
    import gradio as gr

    from gaze2report_core.pipeline import Gaze2ReportPipeline

HOUR = 3600
LARGEST_UPLOAD = 512 * MEBIBYTE


class CannotServe(RuntimeError):
    """The application cannot start; `str` says what to do."""


@dataclass(frozen=True)
class Surroundings:
    """What the page stands on: records, visitors, and bytes on their way in and out."""

    settings: Settings
    store: RecordStore
    visitors: Visitors
    uploads: UploadStore
    views: UploadStore
    open_tabs: OpenTabs = field(default_factory=OpenTabs)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises `RecordsUnavailable` and `AccountsUnreadable`, and then holds nothing open."""
        visitors = _visitors(settings)  # first: where it fails, no records are open
        return cls(
            settings=settings,
            store=RecordStore(settings.records_url, settings.films_folder),
            visitors=visitors,
            uploads=UploadStore(
                max_bytes=LARGEST_UPLOAD,
                session_bytes=2 * LARGEST_UPLOAD,  # frontal and lateral
                total_bytes=4 * LARGEST_UPLOAD,
            ),
            views=UploadStore(max_bytes=64 * MEBIBYTE, session_bytes=256 * MEBIBYTE, total_bytes=1024 * MEBIBYTE),
        )


def build_application(pipeline: "Gaze2ReportPipeline", around: Surroundings) -> FastAPI:
    """Everything that a browser can reach, with the reading page."""
    silence_gradio(around.settings)
    from app.page import build_page, page_options

    page = build_page(
        pipeline,
        around.store,
        uploads=around.uploads,
        views=around.views,
        visitors=around.visitors,
        open_tabs=around.open_tabs,
    )
    return enclose(page, page_options(), around, sweeps=[pipeline.forget_unused_films])


def enclose(
    page: "gr.Blocks", options: Mapping[str, Any], around: Surroundings, sweeps: Sequence[Sweep] = ()
) -> FastAPI:
    """Put a page behind the gate.

    `options` are looks (theme, css, js, head) for `gr.mount_gradio_app`; `sweeps` let go what the page's model holds,
    beside uploads, views and closed tabs.
    """
    from app.page.closed_tabs import release_closed_tabs

    settings, visitors = around.settings, around.visitors
    sweeps = (
        around.uploads.drop_expired,
        around.views.drop_expired,
        partial(release_closed_tabs, page, around.open_tabs),
        *sweeps,
    )
    application = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, lifespan=lambda _: _running(around.store, sweeps)
    )
    application.add_exception_handler(RecordsUnavailable, records_away)
    application.include_router(transfer_routes(around.uploads, around.views, around.store))
    # Without accounts of our own, Gradio's sign-in would answer in their place.
    closed = () if visitors.accounts is not None else ("/login", "/logout", "/presence")
    if visitors.accounts is not None:
        application.include_router(sign_in_routes(visitors.accounts, visitors, around.store, settings))
    application.add_api_route("/health", _healthy, methods=["GET", "HEAD"])
    application.mount("/page-assets", StaticFiles(directory=REPOSITORY / "assets"))
    _mount(application, page, options, settings)
    # The last one added is the first that a request meets.
    application.add_middleware(Heartbeats, tabs=around.open_tabs)
    application.add_middleware(SignedOutStreams, visitors=visitors)
    application.add_middleware(Gate, closed=closed)
    application.add_middleware(Entrance, visitors=visitors, settings=settings)
    application.add_middleware(SameOriginOnly)
    application.add_middleware(SafeHeaders, settings=settings)
    application.add_middleware(AccessLog)
    application.add_middleware(UnderRootPath, root_path=settings.root_path)
    return application


def serve(settings: Settings) -> None:
    """Load the model and serve until interrupted. Raises `CannotServe`, and then holds nothing open."""
    set_up_logs()
    with ExitStack() as opened:
        listening = opened.enter_context(listen(settings.host, settings.port))
        try:
            around = Surroundings.of(settings)
        except (RecordsUnavailable, AccountsUnreadable) as error:
            raise CannotServe(str(error)) from error
        opened.callback(around.store.close)
        application = build_application(_loaded_pipeline(settings), around)
        opened.pop_all()  # both are closed by what runs, at its end
    run(application, listening, settings)


def _loaded_pipeline(settings: Settings) -> "Gaze2ReportPipeline":
    """The model that the settings name. Raises `CannotServe`."""
    silence_gradio(settings)
    from gaze2report_core.cores import leave_cores_for_two
    from gaze2report_core.hub import EMBEDDED_MODEL, ModelNotFound
    from gaze2report_core.pipeline import Gaze2ReportPipeline
    from gaze2report_core.unreadable import UnreadableModel

    take_over_library_logs()
    try:
        leave_cores_for_two()
        return Gaze2ReportPipeline.from_pretrained(settings.model or EMBEDDED_MODEL)
    except (ModelNotFound, UnreadableModel) as error:
        raise CannotServe(str(error)) from error


def run(application: FastAPI, listening: socket.socket, settings: Settings) -> None:
    """Serve on the socket until interrupted, and say where once it can be reached."""
    _Server(configuration(application, settings), address_of(listening, settings)).run(sockets=[listening])


def configuration(application: FastAPI, settings: Settings) -> uvicorn.Config:
    """How the application is served. Behind trusted proxies the visitor is the last address that none of them has."""
    return uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=3,
    )


def silence_gradio(settings: Settings) -> None:
    """Before Gradio and the Hub's client are imported: no telemetry, no look for newer versions, no shared folder.

    Raises `CannotServe`.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["GRADIO_TEMP_DIR"] = str(settings.gradio_folder)
    try:
        make_private_folder(settings.gradio_folder)  # Gradio itself would make it readable by all
    except OSError as error:
        raise CannotServe(
            f"The data folder cannot be written ({type(error).__name__}): choose another with --data-dir."
        ) from None


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 is a free one. Raises `CannotServe`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise CannotServe(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            "Stop the other program, or choose another with --port and --host."
        ) from None
    return listening


def address_of(listening: socket.socket, settings: Settings) -> str:
    """What a person enters in the browser."""
    port = listening.getsockname()[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 (only compared with)
    return f"http://{f'[{host}]' if ':' in host.strip('[]') and not host.startswith('[') else host}:{port}/"


@asynccontextmanager
async def _running(store: RecordStore, sweeps: Sequence[Sweep]) -> AsyncIterator[None]:
    """What the application does as long as it runs, and at its end: uvicorn hands a signal on, which ends all else."""
    try:
        async with swept(sweeps):
            yield
    finally:
        await run_in_threadpool(store.close)


def _visitors(settings: Settings) -> Visitors:
    if settings.auth_file is None:
        return Visitors(None)
    sign_ins = SignIns(settings.sign_ins_file, idle_seconds=60 * settings.idle_minutes)
    return Visitors(Accounts(settings.auth_file), sign_ins)


def _mount(application: FastAPI, page: "gr.Blocks", options: Mapping[str, Any], settings: Settings) -> None:
    import gradio as gr

    from app.web.faults import guard

    if page.analytics_enabled:
        raise ValueError("The page must be made with analytics_enabled=False.")
    guard(page)
    page.delete_cache = (HOUR, HOUR)
    gr.mount_gradio_app(
        application,
        page,
        path="/",
        root_path=settings.root_path or None,
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        max_file_size=1,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        blocked_paths=[str(settings.data_dir)],
        **options,
    )


def _healthy() -> Response:
    return PlainTextResponse("ok")


class _Server(uvicorn.Server):
    """Says where it is once it can be reached."""

    def __init__(self, configuration: uvicorn.Config, address: str) -> None:
        super().__init__(configuration)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"Gaze2Report is at {self.address}\n")
            sys.stdout.flush()
