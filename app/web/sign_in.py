"""The sign-in page: there only when accounts are kept."""

import asyncio
import html
import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from app.accounts import Accounts, Brake
from app.records import EventKind, RecordStore, RecordsUnavailable
from app.settings import Settings
from app.visitors import Visitors
from app.web.cookies import cookie_header
from app.web.fair_turns import FairTurns, TooManyWait, place_of
from app.web.records_away import TRY_AGAIN_AFTER

MOST_FORM_BYTES = 4096
SECONDS_OF_FORM = 10
"""Until all of it has arrived: whoever is not signed in may hold a connection open no longer."""
FREE_TRIES_FROM_ADDRESS = 4
"""Of one account."""
FREE_TRIES_OF_ADDRESS = 30
"""Of any account: many readers of one hospital share an address."""
FREE_TRIES_OF_ACCOUNT, LONGEST_WAIT_OF_ACCOUNT = 40, 30.0
"""From any address. Its owner does not wait long (seconds) for what others guess."""
CHECKED_AT_ONCE, MOST_WAITING = 2, 50
"""Passwords, each of which takes a core for some tenths of a second: fifty wait ten seconds for theirs, or less."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gaze2Report: sign in</title>
<link rel="icon" type="image/svg+xml" href="page-assets/icons/gaze2report.svg"><style>
:root {{ color-scheme: dark; background: #0b0e11; color: #d7dee5; font: 16px/1.5 system-ui, sans-serif }}
main {{ max-width: 22rem; margin: 15vh auto; padding: 0 1rem }}
label {{ display: block; margin-top: 1rem }}
input, button {{ font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; margin-top: .25rem }}
button {{ margin-top: 1.5rem }}
[role=alert] {{ color: #f0a49c }}
</style></head><body><main><h1>Gaze2Report</h1>{message}
<form method="post" action="{action}">
<label>Name <input name="name" autocomplete="username" required autofocus maxlength="64"></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required maxlength="256"></label>
<button>Sign in</button></form><p>For research. Not a medical device.</p></main></body></html>"""


def sign_in_routes(accounts: Accounts, visitors: Visitors, store: RecordStore, settings: Settings) -> APIRouter:
    """`GET` and `POST /login`, `POST /logout`; `POST /presence` keeps who is there signed in, `GET` says who it is."""
    door = _Door(accounts, visitors, store, settings)
    routes = APIRouter()
    routes.add_api_route("/login", door.show, methods=["GET"])
    routes.add_api_route("/login", door.sign_in, methods=["POST"])
    routes.add_api_route("/logout", door.sign_out, methods=["POST"])
    routes.add_api_route("/presence", door.see, methods=["POST"])
    routes.add_api_route("/presence", door.say_who, methods=["GET"])
    return routes


class _Door:
    """Lets readers in and out, and notes both in the records."""

    def __init__(self, accounts: Accounts, visitors: Visitors, store: RecordStore, settings: Settings) -> None:
        self.accounts = accounts
        self.visitors = visitors
        self.store = store
        self.settings = settings
        self.tries = _Tries()
        self.turns = FairTurns(at_once=CHECKED_AT_ONCE, most_waiting=MOST_WAITING)
        self.threads = ThreadPoolExecutor(CHECKED_AT_ONCE)  # of its own: all other requests share the others

    def show(self) -> Response:
        return self._page()

    async def sign_in(self, request: Request) -> Response:
        try:
            name, password = await _name_and_password(request)
        except TimeoutError:
            return self._page("The form did not arrive in time. Please try again.", 408, {"Connection": "close"})
        place = place_of(request.client.host if request.client is not None else "")
        if (wait := self.tries.begin(name, place)) > 0:
            seconds = str(math.ceil(wait))
            sentence = f"Too many wrong tries. Please wait {seconds} seconds and try again."
            return self._page(sentence, 429, {"Retry-After": seconds})
        try:
            async with self.turns.turn(place):
                loop = asyncio.get_running_loop()
                is_right = await loop.run_in_executor(self.threads, self.accounts.check, name, password)
        except TooManyWait as refusal:
            self.tries.take_back(name, place)
            return self._page(str(refusal), 503, {"Retry-After": "5"})
        if not is_right:
            answer = self._page("Name or password is wrong.", 401)
            # Noted behind the answer: how long that takes must not tell whether there is such an account.
            answer.background = BackgroundTask(self._note_failure, name)
            return answer
        self.tries.succeeded(name, place)
        try:
            await run_in_threadpool(self.store.record_event, name, EventKind.SIGNED_IN)
        except RecordsUnavailable as unavailable:  # nobody is let in unnoted
            return self._page(str(unavailable), 503, TRY_AGAIN_AFTER)
        return self._let_in(name, request)

    async def sign_out(self, request: Request) -> Response:
        visitor = Visitors.of(request)
        self.visitors.sign_out(visitor)
        try:
            if visitor.signed_in:
                await run_in_threadpool(self.store.record_event, visitor.reader, EventKind.SIGNED_OUT)
        except RecordsUnavailable as unavailable:
            return self._page(f"You are signed out. {unavailable}", 503, TRY_AGAIN_AFTER)
        return RedirectResponse(f"{self.settings.root_path}/login", 303)

    def see(self, request: Request) -> Response:
        """The page says that a person did something; all else that it sends, it may send by itself."""
        self.visitors.see(Visitors.of(request))
        return Response(status_code=204)

    def say_who(self, request: Request) -> Response:
        """The page asks by itself whether its reader is still signed in, who is not seen by that."""
        return JSONResponse({"name": Visitors.of(request).reader})

    def _note_failure(self, name: str) -> None:
        """Only what is the name of an account is kept: a mistyped one may be a password."""
        if self.accounts.password_hash(name) is not None:
            with suppress(RecordsUnavailable):
                self.store.record_event(name, EventKind.SIGN_IN_FAILED)

    def _let_in(self, name: str, request: Request) -> Response:
        """Send the reader to the page with a new cookie."""
        self.visitors.sign_out(Visitors.of(request))
        cookie = self.visitors.sign_in(name)
        answer = RedirectResponse(f"{self.settings.root_path}/", 303)
        answer.headers.append("set-cookie", cookie_header(cookie, request.scope, self.settings))
        return answer

    def _page(self, sentence: str = "", status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        message = f'<p role="alert">{html.escape(sentence)}</p>' if sentence else ""
        action = html.escape(f"{self.settings.root_path}/login")
        return HTMLResponse(_PAGE.format(message=message, action=action), status, headers)


class _Tries:
    """Tries to sign in, braked for the address, for the account from that address, and later for the account at all.

    So whoever knows no more than a name does not keep its owner out.
    """

    def __init__(self) -> None:
        self._of_address = Brake(free=FREE_TRIES_OF_ADDRESS)
        self._from_address = Brake(free=FREE_TRIES_FROM_ADDRESS)
        self._of_account = Brake(free=FREE_TRIES_OF_ACCOUNT, longest=LONGEST_WAIT_OF_ACCOUNT)

    def begin(self, name: str, address: str) -> float:
        """Count a try. Returns 0, or the seconds to wait, and then it is not counted.

        It counts as wrong until it has succeeded, so that many at once are not all free.
        """
        counted: list[tuple[Brake, str]] = []
        for brake, key in self._braked(name, address):
            if (wait := brake.try_once(key)) > 0:
                for earlier, its_key in counted:
                    earlier.take_back(its_key)
                return wait
            counted.append((brake, key))
        return 0.0

    def take_back(self, name: str, address: str) -> None:
        """The last try was not looked at, or was right."""
        for brake, key in self._braked(name, address):
            brake.take_back(key)

    def succeeded(self, name: str, address: str) -> None:
        """The last try was right. What others tried from other addresses still counts."""
        self.take_back(name, address)
        self._from_address.forget(_pair(name, address))

    def _braked(self, name: str, address: str) -> tuple[tuple[Brake, str], ...]:
        return (self._of_address, address), (self._from_address, _pair(name, address)), (self._of_account, name)


def _pair(name: str, address: str) -> str:
    return f"{address} {name}"


async def _name_and_password(request: Request) -> tuple[str, str]:
    """Raises `TimeoutError`, and `ClientDisconnect` where the browser goes meanwhile."""
    form = bytearray()
    async with asyncio.timeout(SECONDS_OF_FORM):
        async for chunk in request.stream():
            form += chunk
            if len(form) > MOST_FORM_BYTES:
                return "", ""
    try:
        fields = parse_qs(form.decode("utf-8", "replace"), max_num_fields=8)
    except ValueError:
        return "", ""
    return fields.get("name", [""])[0].strip()[:64], fields.get("password", [""])[0]
