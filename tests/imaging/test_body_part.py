"""Films whose files name another part of the body."""

import pytest

from gaze2report_core.imaging import warning_of_body_part


@pytest.mark.parametrize("part", [None, "CHEST", "CHESTABDOMEN", "THORAX", "RIB"])
def test_nothing_is_said_of_the_chest_and_its_parts(part: str | None) -> None:
    assert warning_of_body_part(part) is None


def test_another_part_is_named() -> None:
    assert "another part of the body (hand)" in str(warning_of_body_part("HAND"))
