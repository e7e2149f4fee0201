"""How long work shows how far it has come: a bar at a terminal, lines in a log."""

import io
import sys

import pytest

from gaze2report_core.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("leave", [True, False])
def test_a_log_gets_a_line_at_the_beginning_and_one_at_the_end(leave: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    bar = progress_bar(range(500), desc="films", leave=leave)
    for step in bar:
        bar.set_postfix(loss=f"{step}", refresh=False)
    first, last = log.getvalue().splitlines()
    assert first.startswith("films: 0 of 500 [00:00<")
    assert last.startswith("films: 500 of 500 [00:0") and last.endswith(", loss=499]")
    assert "\r" not in log.getvalue() and "\n\n" not in log.getvalue()


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gaze2report_core.progress.SECONDS_BETWEEN_LINES", 0)
    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    with progress_bar(total=3, initial=1, desc="reports", unit="study") as bar:
        bar.update()
        bar.update()
    assert [line.partition(" [")[0] for line in log.getvalue().splitlines()] == [
        *(f"reports: {done} of 3" for done in (1, 2, 3, 3)),
    ]


def test_a_terminal_gets_one_line_that_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    assert list(progress_bar(range(3), desc="films")) == [0, 1, 2]
    assert terminal.getvalue().count("\n") == 1
    assert "\rfilms: 100%|" in terminal.getvalue()


def test_nothing_is_shown_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    assert list(progress_bar(range(3), disable=True)) == [0, 1, 2]
    assert log.getvalue() == ""
