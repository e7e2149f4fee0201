"""Who is let in, and which cookie a browser gets, asked without a server in between."""

import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.accounts import Accounts, hash_password, write_account
from app.settings import Settings
from app.visitors import Visitors
from app.web.entrance import COOKIE, COOKIE_SECONDS, Entrance

WHOLE_WORLD = ["/login", "/logout", "/health", "/page-assets/x.svg", "/favicon.ico", "/robots.txt"]
METHODS = ["GET", "HEAD", "POST"]


async def who(request: Request) -> Response:
    return PlainTextResponse(request.state.visitor.reader)


async def new_cookie(request: Request) -> Response:
    """As the sign-in does, whose cookie is for who signed in."""
    answer = PlainTextResponse("")
    answer.headers.append("set-cookie", f"{COOKIE}={'s' * 43}; Path=/")
    answer.headers.append("set-cookie", "another=1")
    return answer


def browser(visitors: Visitors, settings: Settings | None = None, address: str = "http://testserver") -> TestClient:
    inside = Starlette(
        routes=[Route("/login", new_cookie, methods=["POST"]), Route("/{path:path}", who, methods=METHODS)]
    )
    return TestClient(Entrance(inside, visitors, settings or Settings()), address, follow_redirects=False)


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Visitors:
    file = tmp_path_factory.mktemp("accounts") / "accounts"
    write_account(file, "ada", hash_password("correct horse battery"))
    return Visitors(Accounts(file))


def cookies_of(answer: Any) -> list[str]:
    cookies: list[str] = answer.headers.get_list("set-cookie")
    return cookies


def test_a_new_browser_gets_one_cookie_for_a_year_and_is_known_by_it() -> None:
    ada = browser(Visitors(None))
    first = ada.get("/")
    assert re.fullmatch(
        rf"{COOKIE}=[\w-]{{43}}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax", ";".join(cookies_of(first))
    )
    again = ada.get("/")
    assert (cookies_of(again), again.text) == ([], first.text)
    assert browser(Visitors(None)).get("/").text != first.text


def test_only_the_page_and_the_sign_in_give_a_cookie() -> None:
    """A browser asks for an icon at the root of the host without the cookie that it has for the page below a path."""
    ada = browser(Visitors(None), Settings(root_path="/gaze"))
    assert [len(cookies_of(ada.get(path))) for path in ("/favicon.ico", "/config", "/page-assets/x.svg")] == [0] * 3
    assert len(cookies_of(ada.get("/login"))) == 1


def test_a_cookie_that_the_answer_itself_sets_is_the_only_one_of_ours() -> None:
    assert cookies_of(browser(Visitors(None)).post("/login")) == [f"{COOKIE}={'s' * 43}; Path=/", "another=1"]


@pytest.mark.parametrize("length", [42, 44])
def test_a_cookie_of_another_length_is_none_of_ours(length: int) -> None:
    answer = browser(Visitors(None)).get("/", headers={"Cookie": f"{COOKIE}={'x' * length}"})
    assert len(cookies_of(answer)) == 1


def test_over_tls_a_cookie_never_leaves_it_and_below_a_path_it_stays_there() -> None:
    settings = Settings(root_path="/gaze")
    (cookie,) = cookies_of(browser(Visitors(None), settings, "https://testserver").get("/"))
    assert cookie.endswith(f"; Path=/gaze; Max-Age={COOKIE_SECONDS}; HttpOnly; Secure; SameSite=Lax")


@pytest.mark.parametrize("path", WHOLE_WORLD)
def test_what_is_needed_to_sign_in_is_open_to_all(accounts: Visitors, path: str) -> None:
    assert browser(accounts).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/config", "/films", "/presence", "/assets/x.js", "/nowhere", "/login/x"])
def test_everything_else_is_for_who_signed_in(accounts: Visitors, path: str) -> None:
    for method in ("POST",) if path == "/" else ("GET", "POST"):
        outside = browser(accounts).request(method, path)
        assert outside.status_code == 401
        assert outside.json()["detail"] == "You are signed out: sign in again in another tab."
    signed_in = browser(accounts)
    signed_in.cookies.set(COOKIE, accounts.sign_in("ada"))
    assert (signed_in.post(path).status_code, signed_in.post(path).text) == (200, "ada")


@pytest.mark.parametrize(("method", "status"), [("GET", 303), ("HEAD", 303), ("POST", 401)])
def test_who_looks_at_the_page_is_sent_to_the_sign_in_with_a_cookie(
    accounts: Visitors, method: str, status: int
) -> None:
    answer = browser(accounts, Settings(root_path="/gaze")).request(method, "/")
    assert (answer.status_code, answer.headers.get("location")) == (status, "/gaze/login" if status == 303 else None)
    assert len(cookies_of(answer)) == 1


def test_the_application_starts_and_ends_without_a_visitor(accounts: Visitors) -> None:
    with browser(accounts) as outside:
        assert outside.get("/").status_code == 303
