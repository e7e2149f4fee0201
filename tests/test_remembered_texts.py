"""Texts that depend on no film are written once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.remembered_texts import RememberedTexts


def test_a_text_is_written_once_for_each_prompt_and_setting() -> None:
    asked: list[str] = []

    def write_and_count(prompts: Sequence[str], settings: DecodingSettings) -> list[str]:
        asked.extend(prompts)
        return [f"{prompt} {settings.num_beams}" for prompt in prompts]

    texts = RememberedTexts(write_and_count)
    assert texts(["a", "b", "a"], DecodingSettings("beam")) == ["a 3", "b 3", "a 3"]
    assert texts(["b", "c"], DecodingSettings("beam")) == ["b 3", "c 3"]
    assert texts(["b"], DecodingSettings("beam", num_beams=2)) == ["b 2"]
    assert asked == ["a", "b", "c", "b"]


def test_texts_do_not_depend_on_what_decoding_does_not_use() -> None:
    asked: list[str] = []

    def write_and_count(prompts: Sequence[str], settings: DecodingSettings) -> list[str]:
        asked.extend(prompts)
        return list(prompts)

    texts = RememberedTexts(write_and_count)
    of_no_effect: dict[str, Any]
    for of_no_effect in ({}, {"unrevised": True}, {"findings_threshold": 2}):
        texts(["a"], DecodingSettings(**of_no_effect))
    assert asked == ["a"]


def test_drawn_texts_are_not_remembered_and_of_others_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gaze2report_core.remembered_texts.MOST_TEXTS", 2)
    asked: list[str] = []

    def write_and_count(prompts: Sequence[str], settings: DecodingSettings) -> list[str]:
        asked.extend(prompts)
        return list(prompts)

    texts = RememberedTexts(write_and_count)
    for _ in range(2):
        assert texts(["drawn"], DecodingSettings("sample")) == ["drawn"]
    assert asked == ["drawn", "drawn"]
    asked.clear()
    assert texts(["a", "b", "c"], DecodingSettings()) == ["a", "b", "c"]
    assert texts(["b"], DecodingSettings()) == ["b"]
    assert texts(["d"], DecodingSettings()) == ["d"]
    assert texts(["b", "d"], DecodingSettings()) == ["b", "d"]
    assert texts(["c"], DecodingSettings()) == ["c"]
    assert asked == ["a", "b", "c", "d", "c"], "the one least recently asked for is forgotten first"


def test_several_threads_may_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gaze2report_core.remembered_texts.MOST_TEXTS", 3)
    texts = RememberedTexts(lambda prompts, settings: [prompt.upper() for prompt in prompts])
    asked = [["abcdefgh"[(start + step) % 8] for step in range(4)] for start in range(200)]
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda prompts: texts(prompts, DecodingSettings()), asked))
    assert told == [[prompt.upper() for prompt in prompts] for prompts in asked]
