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
from app.web.cookies import COOKIE, COOKIE_SECONDS
from app.web.entrance import TWO_COOKIES, Entrance

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


@pytest.mark.parametrize(
    ("address", "settings", "name"),
    [
        ("http://testserver", Settings(), COOKIE),
        ("http://testserver", Settings(root_path="/gaze"), f"{COOKIE}-gaze"),
        ("https://testserver", Settings(), f"__Host-{COOKIE}"),
        ("https://testserver", Settings(root_path="/gaze"), f"__Secure-{COOKIE}-gaze"),
        ("http://testserver", Settings(SPACE_ID="owner/name"), f"__Host-{COOKIE}"),
        ("http://testserver", Settings(SPACE_ID="owner/name", root_path="/gaze"), f"__Secure-{COOKIE}-gaze"),
    ],
)
def test_over_tls_the_cookie_has_a_name_that_no_other_host_can_give_one(
    address: str, settings: Settings, name: str
) -> None:
    (cookie,) = cookies_of(browser(Visitors(None), settings, address).get("/"))
    assert cookie.startswith(f"{name}=")
    if name.startswith("__Host-"):  # else browsers do not take it
        assert "; Path=/;" in cookie and "; Secure" in cookie and "Domain" not in cookie


OWN, ANOTHERS = "o" * 43, "a" * 43


@pytest.mark.parametrize(
    ("address", "name"), [("http://testserver", COOKIE), ("https://testserver", f"__Host-{COOKIE}")]
)
@pytest.mark.parametrize("path", ["/", "/login", "/config", "/films"])
def test_of_two_cookies_neither_is_taken(address: str, name: str, path: str) -> None:
    """One may have been put there by another host of the domain, and browsers do not say which."""
    for first, second in ((OWN, ANOTHERS), (ANOTHERS, OWN)):
        headers = {"Cookie": f"{name}={first}; theme=dark; {name}={second}"}
        answer = browser(Visitors(None), address=address).get(path, headers=headers)
        assert (answer.status_code, answer.json()["detail"], cookies_of(answer)) == (400, TWO_COOKIES, [])


def test_two_that_say_the_same_are_one_and_what_is_none_of_ours_does_not_count() -> None:
    ada = browser(Visitors(None))
    alone = ada.get("/", headers={"Cookie": f"{COOKIE}={OWN}"}).text
    for sent in (f"{COOKIE}={OWN}; {COOKIE}={OWN}", f"{COOKIE}=x; {COOKIE}={OWN}; {COOKIE}="):
        answer = ada.get("/", headers={"Cookie": sent})
        assert (answer.text, cookies_of(answer)) == (alone, [])


def test_health_and_assets_are_the_same_whatever_cookies_there_are() -> None:
    headers = {"Cookie": f"{COOKIE}={OWN}; {COOKIE}={ANOTHERS}"}
    for path in ("/health", "/page-assets/x.svg", "/favicon.ico", "/robots.txt"):
        assert browser(Visitors(None)).get(path, headers=headers).status_code == 200


def test_a_cookie_of_http_which_any_host_of_the_domain_can_give_is_no_ones_over_https() -> None:
    for settings in (Settings(), Settings(root_path="/gaze"), Settings(SPACE_ID="owner/name")):
        answer = browser(Visitors(None), settings, "https://testserver").get("/", headers={"Cookie": f"{COOKIE}={OWN}"})
        assert answer.text != Visitors(None).known_by(OWN).reader
        (given,) = cookies_of(answer)
        assert OWN not in given


def cookie_given(settings: Settings, address: str) -> str:
    (given,) = cookies_of(browser(Visitors(None), settings, address).get("/"))
    return given.partition(";")[0]


@pytest.mark.parametrize("address", ["http://testserver", "https://testserver"])
@pytest.mark.parametrize(("above", "below"), [("", "/gaze"), ("/gaze", "/gaze/2"), ("/a", "/a/~"), ("", "/%C3%A4")])
def test_what_is_served_below_a_path_is_not_kept_from_a_reader_by_the_cookie_of_what_is_above(
    address: str, above: str, below: str
) -> None:
    """On another port of the host, or there before: browsers send both."""
    outer, inner = (cookie_given(Settings(root_path=path), address) for path in (above, below))
    ada = browser(Visitors(None), Settings(root_path=below), address)
    alone = ada.get("/", headers={"Cookie": inner}).text
    both = ada.get("/", headers={"Cookie": f"{inner}; {outer}"})
    assert (both.status_code, both.text, cookies_of(both)) == (200, alone, [])


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
