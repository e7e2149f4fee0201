"""Whose word on a visitor's address and scheme is taken: that of trusted proxies, and never a visitor's own."""

import asyncio
from typing import Any

import pytest

from app.server import configuration
from app.settings import Settings

VISITOR = "203.0.113.7"
FORGED = "198.51.100.1"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPACE_ID", "GAZE2REPORT_TRUSTED_PROXIES"):
        monkeypatch.delenv(name, raising=False)


def seen(settings: Settings, peer: str, forwarded_for: str) -> tuple[str, str]:
    """Scheme and address that the application sees of a request, which says that it came by HTTPS."""
    scopes: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)

    served: Any = configuration(application, settings)  # type: ignore[arg-type]
    served.load()
    headers = [(b"x-forwarded-proto", b"https"), (b"x-forwarded-for", forwarded_for.encode())]
    scope = {"type": "http", "scheme": "http", "client": (peer, 40000), "headers": headers}
    asyncio.run(served.loaded_app(scope, None, None))
    return scopes[0]["scheme"], scopes[0]["client"][0]


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
def test_a_proxy_on_this_machine_is_believed(peer: str) -> None:
    assert seen(Settings(), peer, VISITOR) == ("https", VISITOR)


@pytest.mark.parametrize("peer", ["172.18.0.2", "192.168.1.9", VISITOR])
def test_nobody_else_is_believed_unless_named(peer: str) -> None:
    assert seen(Settings(), peer, FORGED) == ("http", peer)


@pytest.mark.parametrize("named", ["172.18.0.2", "10.0.0.5, 172.16.0.0/12"])
def test_a_proxy_in_another_container_is_believed_where_it_is_named(named: str) -> None:
    settings = Settings(trusted_proxies=named)
    assert seen(settings, "172.18.0.2", VISITOR) == ("https", VISITOR)
    assert seen(settings, "127.0.0.1", VISITOR) == ("http", "127.0.0.1")


@pytest.mark.parametrize(
    "forwarded_for", [VISITOR, f"{FORGED}, {VISITOR}", f"{FORGED}, {VISITOR}, 10.1.2.3", f"10.9.9.9, {VISITOR}"]
)
def test_in_a_space_a_visitor_cannot_choose_an_address(forwarded_for: str) -> None:
    space = Settings(SPACE_ID="owner/space")
    assert seen(space, "10.16.3.4", forwarded_for) == ("https", VISITOR)
    assert seen(space, FORGED, forwarded_for) == ("http", FORGED)


@pytest.mark.parametrize("wrong", ["*", "proxy", "10.0.0.1/8", "10.0.0.5,,10.0.0.6", ""])
def test_what_is_no_address_and_no_network_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="give addresses or networks with commas between them"):
        Settings(trusted_proxies=wrong)
