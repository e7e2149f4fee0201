"""The sign-in page: there only when accounts are kept."""

import html
import math
from collections.abc import Mapping
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from app.accounts import Accounts, Brake
from app.records import EventKind, RecordStore, RecordsUnavailable
from app.settings import Settings
from app.visitors import Visitors
from app.web.entrance import cookie_header
from app.web.records_away import TRY_AGAIN_AFTER

MOST_FORM_BYTES = 4096
# Many readers of one hospital share an address, so it may fail more often than one account before it has to wait.
FREE_TRIES_OF_ACCOUNT, FREE_TRIES_OF_ADDRESS = 4, 30

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gaze2Report: sign in</title><style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
main {{ max-width: 22rem; margin: 15vh auto; padding: 0 1rem }}
label {{ display: block; margin-top: 1rem }}
input, button {{ font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; margin-top: .25rem }}
button {{ margin-top: 1.5rem }}
[role=alert] {{ color: light-dark(#a11, #f88) }}
</style></head><body><main><h1>Gaze2Report</h1>{message}
<form method="post" action="{action}">
<label>Name <input name="name" autocomplete="username" required autofocus maxlength="64"></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required maxlength="256"></label>
<button>Sign in</button></form><p>For research. Not a medical device.</p></main></body></html>"""


def sign_in_routes(accounts: Accounts, visitors: Visitors, store: RecordStore, settings: Settings) -> APIRouter:
    """`GET` and `POST /login`, `POST /logout`."""
    routes = APIRouter()
    account_brake, address_brake = Brake(free=FREE_TRIES_OF_ACCOUNT), Brake(free=FREE_TRIES_OF_ADDRESS)
    home, action = f"{settings.root_path}/", f"{settings.root_path}/login"

    def page(sentence: str = "", status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        message = f'<p role="alert">{html.escape(sentence)}</p>' if sentence else ""
        return HTMLResponse(_PAGE.format(message=message, action=html.escape(action)), status, headers)

    @routes.get("/login")
    def show() -> Response:
        return page()

    @routes.post("/login")
    async def sign_in(request: Request) -> Response:
        name, password = await _name_and_password(request)
        address = request.client.host if request.client is not None else ""
        # Each try counts as wrong until it has proved right, so that many at once are not all free.
        wait = address_brake.try_once(address)
        if wait == 0 and (wait := account_brake.try_once(name)) > 0:
            address_brake.take_back(address)
        if wait > 0:
            seconds = str(math.ceil(wait))
            sentence = f"Too many wrong tries. Please wait {seconds} seconds and try again."
            return page(sentence, 429, {"Retry-After": seconds})
        if not await run_in_threadpool(accounts.check, name, password):
            return page("Name or password is wrong.", 401)
        account_brake.forget(name)
        address_brake.take_back(address)
        try:
            await run_in_threadpool(store.record_event, name, EventKind.SIGNED_IN)
        except RecordsUnavailable as unavailable:  # nobody is let in unnoted
            return page(str(unavailable), 503, TRY_AGAIN_AFTER)
        visitors.sign_out(Visitors.of(request))
        cookie = visitors.sign_in(name)
        answer = RedirectResponse(home, 303)
        answer.headers.append("set-cookie", cookie_header(cookie, request.scope, settings))
        return answer

    @routes.post("/logout")
    async def sign_out(request: Request) -> Response:
        visitor = Visitors.of(request)
        visitors.sign_out(visitor)
        try:
            if visitor.signed_in:
                await run_in_threadpool(store.record_event, visitor.reader, EventKind.SIGNED_OUT)
        except RecordsUnavailable as unavailable:
            return page(f"You are signed out. {unavailable}", 503, TRY_AGAIN_AFTER)
        return RedirectResponse(action, 303)

    return routes


async def _name_and_password(request: Request) -> tuple[str, str]:
    form = bytearray()
    async for chunk in request.stream():
        form += chunk
        if len(form) > MOST_FORM_BYTES:
            return "", ""
    try:
        fields = parse_qs(form.decode("utf-8", "replace"), max_num_fields=8)
    except ValueError:
        return "", ""
    return fields.get("name", [""])[0].strip()[:64], fields.get("password", [""])[0]
