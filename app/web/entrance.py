"""At the door: every request gets its visitor, every new browser its cookie, and who must sign in is sent there."""

from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.visitors import Visitors, new_cookie
from app.web.answers import refused
from app.web.cookies import cookie_header, cookie_name, sent_cookies
from app.web.paths import route_label, route_path

GIVE_A_COOKIE = {"/", "/login"}
"""Browsers ask for others, such as an icon at the root of the host, without the cookie that they have for the page."""
SAME_FOR_ALL = {"/health", "/page-assets/*", "/favicon.ico", "/robots.txt"}
OPEN_TO_ALL = {"/login", "/logout", *SAME_FOR_ALL}
TWO_COOKIES = (
    "This browser sends two cookies of this page, one of which another site may have put there. "
    "Remove the cookies of this site, then load the page anew."
)


class Entrance:
    """Lets in who may enter. A visitor is at `request.state.visitor` from here on."""

    def __init__(self, app: ASGIApp, visitors: Visitors, settings: Settings) -> None:
        self.app = app
        self.visitors = visitors
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = sent_cookies(scope, name := cookie_name(scope, self.settings))
        if len(sent) > 1 and route_label(scope) not in SAME_FOR_ALL:
            await refused(400, TWO_COOKIES)(scope, receive, send)
            return
        to_be_set = not sent and route_path(scope) in GIVE_A_COOKIE
        cookie = sent[0] if sent else new_cookie()
        visitor = self.visitors.known_by(cookie)
        scope.setdefault("state", {})["visitor"] = visitor

        async def send_with_cookie(message: Message) -> None:
            if to_be_set and message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not any(value.startswith(f"{name}=") for value in headers.getlist("set-cookie")):
                    headers.append("set-cookie", cookie_header(cookie, scope, self.settings))
            await send(message)

        if self.visitors.may_enter(visitor) or route_label(scope) in OPEN_TO_ALL:
            await self.app(scope, receive, send_with_cookie)
        elif route_path(scope) == "/" and scope["method"] in ("GET", "HEAD"):
            await RedirectResponse(f"{self.settings.root_path}/login", 303)(scope, receive, send_with_cookie)
        else:
            answer = refused(401, "You are signed out: sign in again in another tab.")
            await answer(scope, receive, send_with_cookie)
