"""Serving below a path of a proxy's, whether or not the proxy cuts that path off before it passes a request on."""

from starlette.types import ASGIApp, Receive, Scope, Send


class UnderRootPath:
    """Gives every request its root path, and an address that begins with it, as ASGI wants."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.root_path:
            path: str = scope["path"]
            scope["root_path"] = self.root_path
            if path != self.root_path and not path.startswith(self.root_path + "/"):
                scope["path"] = self.root_path + path
                scope["raw_path"] = scope["path"].encode("utf-8", "surrogateescape")
        await self.app(scope, receive, send)
