"""Which addresses are served, what a log calls them, and where they are below a proxy's path."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.paths import GRADIO_ROUTES, METHODS_OF_OWN_ROUTES, OWN_ROUTES, STATIC_ROUTES, UNKNOWN, route_label
from app.web.root_path import UnderRootPath


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "/"),
        ("/films", "/films"),
        ("/films/", UNKNOWN),
        ("/films\n", UNKNOWN),
        ("/views/a-B_9", "/views/*"),
        ("/views/", UNKNOWN),
        ("/views/a/b", UNKNOWN),
        ("/corrections.jsonl", "/corrections.jsonl"),
        ("/correctionsxjsonl", UNKNOWN),
        ("/page-assets/icons/gaze2report.svg", "/page-assets/*"),
        ("/page-assets/.env", UNKNOWN),
        ("/page-assets/../app.py", UNKNOWN),
        ("/page-assets//etc", UNKNOWN),
        ("/assets/@vite-x.js", "/assets/*"),
        ("/assets/../x", UNKNOWN),
        ("/static/img/x.svg", "/static/*"),
        ("/theme.css", "/theme.css"),
        ("/gradio_api/theme.css", "/theme.css"),
        ("/config/", "/config"),
        ("/gradio_api/heartbeat/a1", "/gradio_api/heartbeat/*"),
        ("/gradio_api/heartbeat/a1/b", UNKNOWN),
        *(
            (path, path)
            for path in (
                "/favicon.ico",
                "/manifest.json",
                "/robots.txt",
                "/gradio_api/app_id",
                "/gradio_api/startup-events",
                "/gradio_api/queue/join",
                "/gradio_api/queue/data",
                "/gradio_api/cancel",
                "/gradio_api/reset",
                "/gradio_api/component_server",
            )
        ),
        ("/gradio_api/upload", UNKNOWN),
        ("/FILMS", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_an_address_has_the_label_of_its_route_or_is_not_served(path: str, label: str) -> None:
    assert route_label({"path": path}) == label


@pytest.mark.parametrize("root", ["/gaze", "/gaze/"])
@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/gaze", "/"),
        ("/gaze/", "/"),
        ("/gaze/films", "/films"),
        ("/films", "/films"),
        ("/gazefilms", UNKNOWN),
        ("/gaze/gaze/films", UNKNOWN),
    ],
)
def test_below_a_path_of_a_proxys_an_address_is_told_with_and_without_it(root: str, path: str, label: str) -> None:
    assert route_label({"path": path, "root_path": root}) == label


@given(st.text(max_size=30).map(lambda rest: f"/{rest}") | st.sampled_from(["/films", "/views/x", "/x/../films"]))
def test_no_label_holds_what_only_the_address_of_one_visitor_does(path: str) -> None:
    assert route_label({"path": path}) in {UNKNOWN, *OWN_ROUTES, *GRADIO_ROUTES}


def test_each_route_of_our_own_has_its_methods_and_what_is_static_is_served() -> None:
    assert METHODS_OF_OWN_ROUTES.keys() == OWN_ROUTES.keys()
    assert OWN_ROUTES.keys() | GRADIO_ROUTES.keys() >= STATIC_ROUTES


def under_root_path(root_path: str, path: str, kind: str = "http") -> dict[str, Any]:
    """The request as what stands behind sees it."""
    seen: list[Any] = []

    async def inside(scope: Any, *_: Any) -> None:
        seen.append(scope)

    scope = {"type": kind, "path": path, "raw_path": path.encode("utf-8", "surrogateescape"), "root_path": ""}
    asyncio.run(UnderRootPath(inside, root_path)(scope, None, None))  # type: ignore[arg-type]
    return seen[0]


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("/films", "/gaze/films"),
        ("/", "/gaze/"),
        ("/gaze", "/gaze"),
        ("/gaze/films", "/gaze/films"),
        ("/gazette", "/gaze/gazette"),
        ("/Röntgen\udcff", "/gaze/Röntgen\udcff"),
    ],
)
def test_every_address_begins_with_the_root_path_once(path: str, whole: str) -> None:
    scope = under_root_path("/gaze", path)
    assert (scope["path"], scope["root_path"]) == (whole, "/gaze")
    assert scope["raw_path"].decode("utf-8", "surrogateescape") == whole


@pytest.mark.parametrize(("root_path", "kind"), [("", "http"), ("/gaze", "lifespan"), ("/gaze", "websocket")])
def test_without_a_root_path_and_beside_requests_nothing_is_changed(root_path: str, kind: str) -> None:
    scope = under_root_path(root_path, "/films", kind)
    assert (scope["path"], scope["raw_path"], scope["root_path"]) == ("/films", b"/films", "")
