"""Decoding: greedy, sampled and beam search from one writer, and when the computing stops."""

import json
import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from gaze2report_core.decoding_settings import DecodingSettings, SettingsRefused
from gaze2report_core.generation import RUN_WRITTEN_ONCE, ReportWriter, Stop, never
from gaze2report_core.model.prompt import Prompt
from gaze2report_core.presets import VisualTokens
from gaze2report_core.report_text import sentences
from tests.small_model import SMALL, random_model, random_studies, small_config, small_tokenizer

TOKENIZER = small_tokenizer()
PROMPT = Prompt.of(SMALL.instruction, TOKENIZER)


class Desk:
    """A writer with random weights, and the prompts of three studies to write from."""

    def __init__(self, visual_tokens: VisualTokens = VisualTokens.ONE, *, lateral: bool = True) -> None:
        model = random_model(small_config(visual_tokens=visual_tokens))
        self.language_model = model.merge_adapters()
        with torch.no_grad():
            self.language_model.model.norm.weight *= 6  # surer than random weights are, so that ties are rare
            prompt, self.mask = model.prompt_embeddings(random_studies(3, lateral=lateral), PROMPT)
            # Random weights hardly hear one visual-gaze token: let the prompts differ as those of trained weights do.
            self.prompt = prompt + 0.2 * torch.randn(prompt.shape, generator=torch.Generator().manual_seed(0))
            self.without_film = model.prompt_without_film(PROMPT)
        self.writer = ReportWriter(self.language_model, TOKENIZER)

    def stream(
        self, settings: DecodingSettings, studies: slice = slice(None), stop: Stop = never
    ) -> Generator[tuple[list[str], bool], None, None]:
        return self.writer.stream(self.prompt[studies], self.mask[studies], settings, self.without_film, stop)

    def texts(self, settings: DecodingSettings, studies: slice = slice(None)) -> list[str]:
        *_, (texts, finished) = self.stream(settings, studies)
        assert finished
        return texts

    @contextmanager
    def watched(self) -> Iterator[list[Tensor]]:
        """What each call of the language model was fed while the context lasts: embeddings, or beam search's tokens."""
        calls: list[Tensor] = []

        def note(_: object, __: object, given: dict[str, Any]) -> None:
            calls.append(given["inputs_embeds"] if "inputs_embeds" in given else given["input_ids"])

        hook = self.language_model.register_forward_pre_hook(note, with_kwargs=True)
        try:
            yield calls
        finally:
            hook.remove()

    def tokens_of(self, calls: list[Tensor]) -> list[list[int]]:
        """The tokens that were fed back, a list for each study."""
        table = self.language_model.get_input_embeddings().weight
        fed_back = torch.cat([call for call in calls if call.shape[1] == 1], dim=1)  # (B, T, W)
        return torch.cdist(fed_back, table.expand(len(fed_back), -1, -1)).argmin(dim=-1).tolist()


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


SHORT = DecodingSettings(max_new_tokens=12)


def test_the_text_grows_with_every_token_and_ends_in_whole_sentences(desk: Desk) -> None:
    *growing, (last, finished) = desk.stream(SHORT)
    assert finished
    assert not any(done for _, done in growing)
    assert 1 <= len(growing) <= SHORT.max_new_tokens
    for study in range(3):
        lengths = [len(texts[study]) for texts, _ in growing]
        assert lengths == sorted(lengths)
        assert not last[study] or last[study][-1] in ".!?"
        assert len(set(sentences(last[study]))) == len(sentences(last[study]))


@pytest.mark.parametrize("read", [1, 4])
def test_closing_the_iterator_stops_the_computing(desk: Desk, read: int) -> None:
    with desk.watched() as calls:
        stream = desk.stream(DecodingSettings(max_new_tokens=100))
        for _ in range(read):
            next(stream)
        stream.close()
        assert len(calls) == read
        assert next(stream, None) is None
        assert len(calls) == read


@pytest.mark.parametrize(
    "settings",
    [
        DecodingSettings(),
        DecodingSettings("sample"),
        DecodingSettings("beam", num_beams=1),
        DecodingSettings("beam", length_penalty=2.0),
        DecodingSettings("beam", guidance=2.0),
    ],
    ids=lambda settings: f"{settings.method} {settings.num_beams} {settings.guidance}",
)
def test_every_way_of_writing_is_stopped_within_a_token_and_keeps_its_beginnings(
    desk: Desk, settings: DecodingSettings
) -> None:
    with desk.watched() as calls:
        *_, (texts, finished) = desk.stream(settings, stop=lambda: len(calls) >= 5)
    assert len(calls) <= 6  # with guidance two a token
    assert not finished
    assert all(texts) and len(texts) == 3


def test_a_greedy_report_that_is_stopped_is_the_beginning_of_the_one_that_is_not(desk: Desk) -> None:
    grown = [texts for texts, _ in desk.stream(SHORT)]
    with desk.watched() as calls:
        *_, (texts, _) = desk.stream(SHORT, stop=lambda: len(calls) == 4)
    assert texts == grown[3]


@pytest.mark.parametrize("method", ["greedy", "sample", "beam"])
def test_what_is_stopped_before_it_begins_is_not_begun(desk: Desk, method: Any) -> None:
    with desk.watched() as calls:
        assert list(desk.stream(DecodingSettings(method), stop=lambda: True)) == []
    assert calls == []


def test_nothing_is_computed_before_somebody_reads(desk: Desk) -> None:
    with desk.watched() as calls:
        desk.stream(SHORT)
        assert calls == []


def test_no_more_tokens_are_written_than_asked_for(desk: Desk) -> None:
    with desk.watched() as calls:
        assert len(list(desk.stream(DecodingSettings(max_new_tokens=5)))) == 6  # each token, and the finished text
        assert len(calls) == 5


def test_the_end_token_ends_a_report_and_the_others_go_on(desk: Desk) -> None:
    """A token of the first report is made the end token: that report ends before it, others that lack it write on."""
    settings = DecodingSettings(max_new_tokens=10)
    with desk.watched() as calls:
        whole = [texts for texts, _ in desk.stream(settings)]
    tokens = desk.tokens_of(calls)
    end = next(token for token in tokens[0][3:] if token not in tokens[1] or token not in tokens[2])
    ordinary = TOKENIZER.eos_token_id
    try:
        TOKENIZER.eos_token_id = end
        ended = [texts for texts, _ in desk.stream(settings)]
    finally:
        TOKENIZER.eos_token_id = ordinary
    for study, row in enumerate(tokens):
        stop = row.index(end) if end in row else len(row)
        expected = [whole[min(step, stop - 1)][study] if stop else "" for step in range(len(row))]
        assert [texts[study] for texts in ended[: len(row)]] == expected
    assert any(end not in row for row in tokens)


def test_nothing_is_computed_once_all_reports_have_ended(desk: Desk) -> None:
    settings = DecodingSettings(max_new_tokens=10)
    with desk.watched() as calls:
        list(desk.stream(settings, slice(1)))
    tokens = desk.tokens_of(calls)[0]
    ordinary = TOKENIZER.eos_token_id
    try:
        TOKENIZER.eos_token_id = tokens[4]
        with desk.watched() as calls:
            list(desk.stream(settings, slice(1)))
    finally:
        TOKENIZER.eos_token_id = ordinary
    assert len(calls) == tokens.index(tokens[4]) + 1 <= 5


def test_reports_of_a_batch_are_those_that_are_written_alone(desk: Desk) -> None:
    for settings in (SHORT, DecodingSettings("sample", seed=5, max_new_tokens=12)):
        together = desk.texts(settings)
        assert together == [desk.texts(settings, slice(study, study + 1))[0] for study in range(3)]
        assert len(set(together)) > 1


def test_a_sampled_report_is_the_same_for_the_same_seed_and_another_for_another(desk: Desk) -> None:
    def sampled(seed: int) -> str:
        return desk.texts(DecodingSettings("sample", seed=seed, max_new_tokens=12))[0]

    assert sampled(3) == sampled(3)
    assert len({sampled(seed) for seed in range(6)}) > 3


@pytest.mark.thorough
def test_words_are_drawn_as_often_as_they_are_likely(desk: Desk) -> None:
    with torch.no_grad():
        logits = desk.language_model(inputs_embeds=desk.prompt[:1]).logits[0, -1]
    temperature, draws = 0.3, 200
    probability = torch.softmax(logits / temperature, dim=-1)
    likeliest = int(probability.argmax())
    settings = [
        DecodingSettings("sample", temperature=temperature, seed=seed, max_new_tokens=2) for seed in range(draws)
    ]
    written = []
    for setting in settings:
        with desk.watched() as calls:
            list(desk.stream(setting, slice(1)))
        written.append(desk.tokens_of(calls)[0][0] if len(calls) > 1 else TOKENIZER.eos_token_id)
    expected = float(probability[likeliest])
    assert 0.02 < expected < 0.98
    assert written.count(likeliest) / draws == pytest.approx(
        expected, abs=4 * (expected * (1 - expected) / draws) ** 0.5
    )


def test_the_colder_the_surer(desk: Desk) -> None:
    cold = DecodingSettings("sample", temperature=0.05, seed=1, max_new_tokens=12)
    hot = DecodingSettings("sample", temperature=5, seed=1, max_new_tokens=12)
    assert desk.texts(cold) != desk.texts(hot)


@pytest.mark.thorough
def test_no_run_of_six_tokens_is_written_twice() -> None:
    desk = Desk()
    with torch.no_grad():
        desk.language_model.model.norm.weight *= 20  # so sure of itself that it would go round in circles
    for settings in (
        DecodingSettings(max_new_tokens=120),
        DecodingSettings(max_new_tokens=120, guidance=5),
        DecodingSettings("sample", max_new_tokens=120),
    ):
        with desk.watched() as calls:
            desk.texts(settings, slice(1))
        calls_with_film = calls[:: 2 if settings.guidance else 1]
        tokens = desk.tokens_of(calls_with_film)[0]
        runs = [tuple(tokens[first : first + RUN_WRITTEN_ONCE]) for first in range(len(tokens) - RUN_WRITTEN_ONCE + 1)]
        assert len(runs) > 60
        assert len(set(runs)) == len(runs)
        assert TOKENIZER.pad_token_id not in tokens


def test_beam_search_yields_once_and_finds_other_texts_with_more_beams(desk: Desk) -> None:
    ((texts, finished),) = desk.stream(DecodingSettings("beam", num_beams=3, max_new_tokens=12))
    assert finished
    assert len(texts) == 3
    assert texts != desk.texts(DecodingSettings("beam", num_beams=1, max_new_tokens=12))


@pytest.mark.parametrize("guidance", [1.0, 3.0])
@pytest.mark.parametrize("lateral", [True, False])
@pytest.mark.parametrize("visual_tokens", VisualTokens)
def test_one_beam_writes_what_greedy_decoding_writes(
    visual_tokens: VisualTokens, lateral: bool, guidance: float
) -> None:
    desk = Desk(visual_tokens, lateral=lateral)
    one_beam = DecodingSettings("beam", num_beams=1, max_new_tokens=12, guidance=guidance)
    assert desk.texts(one_beam) == desk.texts(DecodingSettings(max_new_tokens=12, guidance=guidance))


def test_one_beam_knows_no_length_penalty_of_the_model(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("transformers")
    logger.addHandler(caplog.handler)  # its records do not go on to the root
    try:
        desk.texts(DecodingSettings("beam", num_beams=1, max_new_tokens=12, length_penalty=2.0))
    finally:
        logger.removeHandler(caplog.handler)
    assert not [record for record in caplog.records if "length_penalty" in record.getMessage()]


def test_beams_of_a_batch_are_those_of_a_study_alone(desk: Desk) -> None:
    settings = DecodingSettings("beam", num_beams=3, max_new_tokens=12, guidance=2.0)
    assert desk.texts(settings) == [desk.texts(settings, slice(study, study + 1))[0] for study in range(3)]


@pytest.mark.parametrize("method", ["greedy", "sample", "beam"])
def test_guidance_of_one_is_no_guidance_and_stronger_guidance_writes_something_else(desk: Desk, method: Any) -> None:
    def texts(guidance: float | None) -> list[str]:
        return desk.texts(DecodingSettings(method, max_new_tokens=12, guidance=guidance))

    assert texts(None) == texts(1.0)
    assert texts(1.0) != texts(6.0)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"method": "magic"}, "There is no way of decoding called 'magic': use greedy, sample or beam."),
        ({"temperature": 0.0}, "The temperature must be between 0.05 and 5."),
        ({"temperature": float("nan")}, "The temperature must be between 0.05 and 5."),
        ({"seed": -1}, "The seed must be a whole number from 0 to 9223372036854775807."),
        ({"seed": 2**63}, "The seed must be a whole number from 0 to 9223372036854775807."),
        ({"seed": 1.5}, "The seed must be a whole number from 0 to 9223372036854775807."),
        ({"num_beams": 0}, "The number of beams must be a whole number from 1 to 16."),
        ({"num_beams": 2.5}, "The number of beams must be a whole number from 1 to 16."),
        ({"max_new_tokens": 0}, "The number of tokens of a report must be a whole number from 1 to 512."),
        ({"max_new_tokens": 10.5}, "The number of tokens of a report must be a whole number from 1 to 512."),
        ({"max_new_tokens": 513}, "The number of tokens of a report must be a whole number from 1 to 512."),
        ({"guidance": 0.5}, "Guidance must be between 1 (none) and 10."),
        ({"length_penalty": -1.0}, "The length penalty must be between 0 and 5."),
        ({"findings_threshold": 0.0}, "The factor of the findings' thresholds must be between 0.05 and 20."),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_those_that_do(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        DecodingSettings(**settings)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("method", "name", "least", "most", "step"),
    [
        ("sample", "temperature", 0.05, 5.0, 0.01),
        ("sample", "seed", 0, 2**63 - 1, 1),
        ("beam", "num_beams", 1, 16, 1),
        ("greedy", "max_new_tokens", 1, 512, 1),
        ("greedy", "guidance", 1.0, 10.0, 0.01),
        ("beam", "length_penalty", 0.0, 5.0, 0.01),
        ("greedy", "findings_threshold", 0.05, 20.0, 0.01),
    ],
)
def test_settings_reach_from_their_least_value_to_their_most(
    method: Any, name: str, least: Any, most: Any, step: Any
) -> None:
    for value in (least, most):
        assert getattr(DecodingSettings(method, **{name: value}), name) == value
    for value in (least - step, most + step):
        with pytest.raises(SettingsRefused, match=r"between|whole number"):
            DecodingSettings(method, **{name: value})


@pytest.mark.parametrize(
    ("methods", "name", "value", "meant"),
    [
        (("greedy", "beam"), "temperature", 0.5, "sample"),
        (("greedy", "beam"), "seed", 3, "sample"),
        (("greedy", "sample"), "num_beams", 5, "beam"),
        (("greedy", "sample"), "length_penalty", 1.0, "beam"),
    ],
)
def test_a_setting_of_another_method_is_refused(methods: tuple[Any, ...], name: str, value: Any, meant: Any) -> None:
    for method in methods:
        with pytest.raises(SettingsRefused, match=f"^The setting {name} .* give method='{meant}' as well, or leave it"):
            DecodingSettings(method, **{name: value})
    assert getattr(DecodingSettings(meant, **{name: value}), name) == value


def test_numpys_whole_numbers_are_taken_and_can_be_written_as_json() -> None:
    settings = DecodingSettings("sample", seed=np.int64(4), max_new_tokens=np.int64(8))  # type: ignore[arg-type]
    assert json.loads(json.dumps(settings.to_dict()))["seed"] == 4


@pytest.mark.parametrize(
    ("settings", "used"),
    [
        (DecodingSettings(), {"method": "greedy", "max_new_tokens": 160}),
        (
            DecodingSettings("sample", seed=4),
            {"method": "sample", "temperature": 1.0, "seed": 4, "max_new_tokens": 160},
        ),
        (DecodingSettings("beam"), {"method": "beam", "num_beams": 3, "max_new_tokens": 160, "length_penalty": 2.0}),
        (DecodingSettings("beam", num_beams=1), {"method": "beam", "num_beams": 1, "max_new_tokens": 160}),
    ],
)
def test_what_is_recorded_of_settings_is_what_the_method_uses_with_the_models_own_values(
    settings: DecodingSettings, used: dict[str, Any]
) -> None:
    assert settings.completed(guidance=3.0, length_penalty=2.0).to_dict() == used | {"guidance": 3.0}


def test_a_models_own_values_stand_in_for_those_that_settings_leave_open_alone() -> None:
    said = DecodingSettings("beam", guidance=1.0, length_penalty=0.0).completed(guidance=3.0, length_penalty=2.0)
    assert (said.guidance, said.length_penalty) == (1.0, 0.0)
    half = DecodingSettings("beam", guidance=2.0).completed(guidance=3.0, length_penalty=2.0)
    assert (half.guidance, half.length_penalty) == (2.0, 2.0)


def test_what_changes_findings_or_leaves_a_report_as_it_was_written_is_recorded_where_it_is_asked_for() -> None:
    assert not {"unrevised", "findings_threshold", "hedged"} & DecodingSettings().to_dict().keys()
    asked = DecodingSettings(unrevised=True, findings_threshold=0.5).to_dict()
    assert (asked["unrevised"], asked["findings_threshold"]) == (True, 0.5)
    assert DecodingSettings(hedged=True).to_dict()["hedged"] is True
    with pytest.raises(SettingsRefused, match="not revised is not hedged"):
        DecodingSettings(hedged=True, unrevised=True)
