"""Which tabs are open, by the heartbeats that go on."""

import asyncio
from typing import Any

import pytest

from app.web.heartbeats import Heartbeats, OpenTabs


def test_a_tab_is_open_from_the_first_of_its_heartbeats_to_the_end_of_the_last() -> None:
    tabs = OpenTabs()
    with tabs.heartbeat("tab"):
        with tabs.heartbeat("tab"), tabs.heartbeat("another"):
            assert "tab" in tabs and "another" in tabs
        assert "tab" in tabs and "another" not in tabs
    assert "tab" not in tabs


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/gradio_api/heartbeat/tab", True),
        ("/reading/gradio_api/heartbeat/tab", True),
        ("/gradio_api/queue/join", False),
    ],
)
def test_only_a_heartbeat_counts_and_only_until_it_breaks_off(path: str, seen: bool) -> None:
    tabs = OpenTabs()
    found: list[bool] = []

    async def broken_off(*_: Any) -> None:
        found.append("tab" in tabs)
        raise ConnectionError

    scope = {"type": "http", "path": path, "root_path": "/reading"}
    with pytest.raises(ConnectionError):
        asyncio.run(Heartbeats(broken_off, tabs)(scope, broken_off, broken_off))  # type: ignore[arg-type]
    assert found == [seen] and "tab" not in tabs
