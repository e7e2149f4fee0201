"""The application put together: the page, and around it sign-in, transfers, records and the gate."""

import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from app.accounts import AccountsUnreadable
from app.only_server import AnotherServer, only_server
from app.open_files import allow_most_open_files
from app.private_files import make_private_folder
from app.records import RecordStore, RecordsUnavailable
from app.settings import REPOSITORY, Settings
from app.surroundings import Surroundings
from app.temporary_files import NotOurFolder, keep_temporary_files_in
from app.web.breaking_off import BreakingOff
from app.web.edition import OfThisEdition, edition_of, script_naming
from app.web.entrance import Entrance
from app.web.gate import Gate, SafeHeaders
from app.web.health import Health
from app.web.heartbeats import Heartbeats
from app.web.logs import AccessLog, set_up_logs, take_over_library_logs
from app.web.named_parts import NamesWhatIsThere
from app.web.page_reader import OfItsReader
from app.web.prompt_connections import PromptConnection
from app.web.records_away import records_away
from app.web.root_path import UnderRootPath
from app.web.running import Running
from app.web.same_origin import SameOriginOnly
from app.web.sign_in import sign_in_routes
from app.web.signed_out_streams import SignedOutStreams
from app.web.sweeping import Sweep, swept
from app.web.transfers import transfer_routes
from gaze2report_core import __version__

if TYPE_CHECKING:
    import gradio as gr

    from gaze2report_core.pipeline import Gaze2ReportPipeline

HOUR = 3600


class CannotServe(RuntimeError):
    """The application cannot start; `str` says what to do."""


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
    application = enclose(page, page_options(), around, sweeps=[pipeline.forget_unused_films])
    application.state.model = {"model": pipeline.model_id, "revision": pipeline.revision}
    return application


def enclose(
    page: "gr.Blocks", options: Mapping[str, Any], around: Surroundings, sweeps: Sequence[Sweep] = ()
) -> FastAPI:
    """Put a page behind the gate.

    `options` are looks (theme, css, js, head) for `gr.mount_gradio_app`; `sweeps` let go what the page's model holds,
    beside uploads, views and closed tabs.
    """
    from app.page.closed_tabs import release_closed_tabs

    settings, visitors, edition = around.settings, around.visitors, edition_of(page)
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
    application.add_api_route("/health", Health(around.store).tell, methods=["GET", "HEAD"])
    application.mount("/page-assets", StaticFiles(directory=REPOSITORY / "assets"))
    _mount(application, page, {**options, "head": options.get("head", "") + script_naming(edition)}, around)
    # The last one added is the first that a request meets.
    application.add_middleware(NamesWhatIsThere, page=page)
    application.add_middleware(OfThisEdition, edition=edition)
    application.add_middleware(Heartbeats, tabs=around.open_tabs)
    application.add_middleware(SignedOutStreams, visitors=visitors)
    application.add_middleware(Gate, closed=closed)
    application.add_middleware(OfItsReader, visitors=visitors, marks=around.marks)
    application.add_middleware(Entrance, visitors=visitors, settings=settings)
    application.add_middleware(SameOriginOnly)
    application.add_middleware(BreakingOff, stopping=around.stopping)
    application.add_middleware(SafeHeaders, settings=settings)
    application.add_middleware(AccessLog)
    application.add_middleware(UnderRootPath, root_path=settings.root_path)
    return application


def build_with_model(around: Surroundings) -> FastAPI:
    """The same with the model that the settings name. Raises `CannotServe`."""
    return build_application(_loaded_pipeline(around.settings), around)


def serve(settings: Settings, build: Callable[[Surroundings], FastAPI] = build_with_model) -> None:
    """Load the model and serve until interrupted. Raises `CannotServe`, and then holds nothing open."""
    set_up_logs()
    allow_most_open_files()
    with ExitStack() as held:
        _take_data_folder(settings, held)
        with ExitStack() as opened:
            listening = opened.enter_context(listen(settings.host, settings.port))
            try:
                around = Surroundings.of(settings)
            except (RecordsUnavailable, AccountsUnreadable) as error:
                raise CannotServe(str(error)) from error
            opened.callback(around.store.close)
            around.store.films.remove_leftovers()
            application = build(around)
            opened.pop_all()  # both are closed by what runs, at its end
        run(application, listening, around)


def _take_data_folder(settings: Settings, held: ExitStack) -> None:
    """For this server alone, as long as it is held. Raises `CannotServe`."""
    try:
        held.enter_context(only_server(settings.data_dir))
        keep_temporary_files_in(settings.data_dir)
    except (AnotherServer, NotOurFolder) as error:
        raise CannotServe(str(error)) from error
    except OSError as error:
        raise _unwritable(error) from None


def _loaded_pipeline(settings: Settings) -> "Gaze2ReportPipeline":
    """The model that the settings name. Raises `CannotServe`."""
    silence_gradio(settings)
    from gaze2report_core.cores import leave_cores_for_two
    from gaze2report_core.hub import EMBEDDED_MODEL, ModelNotFound
    from gaze2report_core.pipeline import DeviceMissing, Gaze2ReportPipeline
    from gaze2report_core.unreadable import UnreadableModel

    take_over_library_logs()
    try:
        leave_cores_for_two()
        return Gaze2ReportPipeline.from_pretrained(settings.model or EMBEDDED_MODEL, device=settings.device)
    except (DeviceMissing, ModelNotFound, UnreadableModel) as error:
        raise CannotServe(str(error)) from error


def run(application: FastAPI, listening: socket.socket, around: Surroundings) -> None:
    """Serve on the socket until interrupted, and say where once it can be reached."""
    server = Running(
        configuration(application, around.settings),
        address=address_of(listening, around.settings),
        described=_described(application, around),
        stopping=around.stopping,
    )
    server.run(sockets=[listening])


def configuration(application: FastAPI, settings: Settings) -> uvicorn.Config:
    """How the application is served. Behind trusted proxies the visitor is the last address that none of them has."""
    return uvicorn.Config(
        application,
        http=PromptConnection,
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
        raise _unwritable(error) from None


def _unwritable(error: OSError) -> CannotServe:
    return CannotServe(f"The data folder cannot be written ({type(error).__name__}): choose another with --data-dir.")


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


def _mount(application: FastAPI, page: "gr.Blocks", options: Mapping[str, Any], around: Surroundings) -> None:
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
        root_path=around.settings.root_path or None,
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        max_file_size=1,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        blocked_paths=[str(around.settings.data_dir)],
        auth_dependency=around.marks.for_page,
        **options,
    )


def _described(application: FastAPI, around: Surroundings) -> dict[str, object]:
    """What runs, for the log."""
    return {
        "version": __version__,
        **getattr(application.state, "model", {}),
        "accounts": around.visitors.accounts is not None,
        "database": around.store.engine.dialect.name,
    }
