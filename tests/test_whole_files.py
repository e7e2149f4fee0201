"""A break in the middle of writing leaves what was there."""

from pathlib import Path

import pytest

from gaze2report_core.whole_files import replace_whole


def test_a_file_is_replaced_when_the_new_one_is_whole_and_stays_when_writing_breaks_off(tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    replace_whole(history, lambda path: path.write_text("old"))

    def broken_off(path: Path) -> None:
        path.write_text("hal")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_whole(history, broken_off)
    assert history.read_text() == "old"
    replace_whole(history, lambda path: path.write_text("new"))
    assert history.read_text() == "new"
    assert list(tmp_path.iterdir()) == [history], "what was left unfinished is written over"
