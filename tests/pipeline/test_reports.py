"""Reports of the pipeline, as training meant them: one or both, whole, streaming or stopped."""

import copy
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
import torch

from gaze2report_core.decoding_settings import DecodingSettings, SettingsRefused
from gaze2report_core.examination import NO_FRONTAL, Examination, WithoutFindings
from gaze2report_core.imaging import Radiograph
from gaze2report_core.model.folder import UnreadableModel, save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.presets import Variant
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS
from tests.small_model import REPORTS, Situation, random_model, small_config, small_tokenizer

GREEDY = DecodingSettings()


@pytest.fixture(scope="module")
def base1(tmp_path_factory: pytest.TempPathFactory) -> Gaze2ReportPipeline:
    folder = tmp_path_factory.mktemp("base1")
    save_model(random_model(small_config(Variant.BASE1)), small_tokenizer(), folder)
    return Gaze2ReportPipeline.from_pretrained(folder, device="cpu")


@contextmanager
def computing_of(pipeline: Gaze2ReportPipeline) -> Iterator[list[int]]:
    """The batch sizes of the language model's calls while the context lasts."""
    calls: list[int] = []

    def note(_: object, __: object, given: dict[str, Any]) -> None:
        fed = given.get("inputs_embeds")
        calls.append(len(given["input_ids"] if fed is None else fed))  # beam search feeds tokens after the prompt

    hook = pipeline.model.language_model.register_forward_pre_hook(note, with_kwargs=True)
    try:
        yield calls
    finally:
        hook.remove()


@pytest.mark.parametrize("situation", REPORTS, ids=str)
@pytest.mark.parametrize("method", ["greedy", "beam"])
def test_each_study_gets_the_report_that_was_learnt_for_it(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph], situation: Situation, method: str
) -> None:
    frontal, lateral, gaze = situation
    examination = Examination(frontal and film(frontal), lateral and film(lateral))
    settings = DecodingSettings(method)
    (draft,) = pipeline.generate_many([examination], "predicted" if gaze else None, settings=settings)
    assert draft.text == REPORTS[situation]
    assert draft.finished
    assert (draft.scanpath is None) == (not gaze)


def test_studies_of_a_batch_get_the_reports_that_they_get_alone(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    with_gaze = [situation for situation in REPORTS if situation[2]]
    studies = [Examination(film(frontal), lateral and film(lateral)) for frontal, lateral, _ in with_gaze]
    drafts = pipeline.generate_many([*studies, Examination(None, film(SIDEWAYS))])
    assert [draft.text for draft in drafts] == [
        *(REPORTS[situation] for situation in with_gaze),
        REPORTS[None, SIDEWAYS, False],
    ]
    assert drafts[-1].scanpath is None
    assert drafts[-1].warnings == (NO_FRONTAL,)


def test_the_text_streams_and_the_last_draft_is_the_finished_one(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    *growing, last = pipeline.stream(film(LARGE_HEART))
    assert last.finished
    assert not any(draft.finished for draft in growing)
    assert last.text == growing[-1].text == REPORTS[LARGE_HEART, None, True]
    assert all(last.text.startswith(draft.text) for draft in growing)
    assert len(growing) > 10
    assert last.scanpath is not None
    assert last.scanpath.to_fixations() == pipeline.predict_gaze(film(LARGE_HEART)).to_fixations()


def test_both_reports_come_from_one_batch_and_are_those_of_two_streams(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    with computing_of(pipeline) as calls:
        *growing, last = pipeline.compare(film(LARGE_HEART))
    assert set(calls) == {2}
    assert (last.gaze_on, last.gaze_off) == (REPORTS[LARGE_HEART, None, True], REPORTS[LARGE_HEART, None, False])
    assert last.finished
    assert not any(comparison.finished for comparison in growing)
    for settings in (GREEDY, DecodingSettings("sample", temperature=1.3, seed=7), DecodingSettings("beam")):
        *_, last = pipeline.compare(film(CLEAR_LUNGS), settings=settings)
        *_, alone = pipeline.stream(film(CLEAR_LUNGS), settings=settings)
        *_, alone_without = pipeline.stream(film(CLEAR_LUNGS), None, settings=settings)
        assert (last.gaze_on, last.gaze_off) == (alone.text, alone_without.text)
        assert last.settings == alone.settings


@pytest.mark.parametrize(
    "settings", [GREEDY, DecodingSettings("sample", temperature=2, seed=3)], ids=["greedy", "sample"]
)
def test_where_gaze_makes_no_difference_both_reports_are_one(
    base1: Gaze2ReportPipeline, film: Callable[[int], Radiograph], settings: DecodingSettings
) -> None:
    texts = [(step.gaze_on, step.gaze_off) for step in base1.compare(film(LARGE_HEART), settings=settings)]
    assert len(texts) > 3
    assert all(gaze_on == gaze_off for gaze_on, gaze_off in texts)


def test_closing_a_comparison_stops_the_computing(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    with computing_of(pipeline) as calls:
        comparison = pipeline.compare(film(LARGE_HEART))
        for _ in range(3):
            next(comparison)
        comparison.close()
        assert len(calls) == 3
        assert next(comparison, None) is None
        assert len(calls) == 3


def test_a_beam_search_is_stopped_within_a_token_and_says_that_it_is_unfinished(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    with computing_of(pipeline) as calls:
        settings = DecodingSettings("beam")
        (comparison,) = pipeline.compare(film(LARGE_HEART), settings=settings, stop=lambda: len(calls) >= 4)
        assert len(calls) == 4
        assert not comparison.finished
        assert comparison.gaze_on and REPORTS[LARGE_HEART, None, True].startswith(comparison.gaze_on)
        calls.clear()
        (draft,) = pipeline.stream(film(LARGE_HEART), settings=settings, stop=lambda: len(calls) >= 4)
        assert (len(calls), draft.finished, draft.text) == (4, False, comparison.gaze_on)


def test_of_no_examinations_there_are_no_reports(pipeline: Gaze2ReportPipeline) -> None:
    assert pipeline.generate_many([]) == []


def test_the_keyword_mode_refuses_what_it_does_not_use(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    heart = film(LARGE_HEART)
    for examination, settings in (
        (heart, DecodingSettings(findings_threshold=0.05)),
        (heart, DecodingSettings(unrevised=True)),
        (Examination(heart, indication="Cough."), GREEDY),
    ):
        with pytest.raises(SettingsRefused, match="keyword mode"):
            pipeline.generate_keywords([examination], settings=settings)
    with pytest.raises(WithoutFindings):
        pipeline.generate_keywords([Examination(heart, indication=" ")])


def test_texts_for_prompts_are_written_under_the_models_own_guidance(
    pipeline: Gaze2ReportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.model, "config", replace(pipeline.model.config, guidance=3.0))
    with computing_of(pipeline) as calls:
        texts = [pipeline.texts_for(["findings: edema"], DecodingSettings(guidance=one)) for one in (None, 3.0)]
    assert texts[0] == texts[1] and len(calls) % 4 == 0, "with guidance there are two calls a token"
    assert pipeline.texts_for([], GREEDY) == []
    with pytest.raises(TypeError, match="put the one into a list"):
        pipeline.texts_for("findings: edema", GREEDY)


def test_what_is_no_list_and_what_are_no_settings_is_refused_by_a_sentence(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    one: Any = film(LARGE_HEART)
    for write in (pipeline.generate_many, pipeline.generate_keywords):
        for given in (one, Examination(one)):
            with pytest.raises(TypeError, match=r"^Examinations must be given as a list: put the one into a list"):
                write(given)
    settings: Any = {"method": "beam"}
    with pytest.raises(TypeError, match=r"^Settings must be DecodingSettings"):
        pipeline.generate(one, settings=settings)
    with pytest.raises(TypeError, match=r"^Settings must be DecodingSettings"):
        next(pipeline.stream_keywords(one, settings=settings))


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.deepcopy])
def test_a_pipeline_is_loaded_anew_and_not_copied(
    pipeline: Gaze2ReportPipeline, duplicate: Callable[[object], object]
) -> None:
    with pytest.raises(TypeError, match=r"cannot be copied or pickled: load it with `from_pretrained` in each process"):
        duplicate(pipeline)


def test_readers_at_the_same_time_get_what_they_get_alone(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    def report(kind: int) -> tuple[str, str]:
        *_, last = pipeline.compare(film(kind))
        return last.gaze_on, last.gaze_off

    alone = {kind: report(kind) for kind in (LARGE_HEART, CLEAR_LUNGS)}
    kinds = [LARGE_HEART, CLEAR_LUNGS] * 4
    with ThreadPoolExecutor(4) as readers:
        assert list(readers.map(report, kinds)) == [alone[kind] for kind in kinds]


def test_the_pipeline_says_which_model_it_is(pipeline: Gaze2ReportPipeline, small_model_folder: Path) -> None:
    assert pipeline.model_id == small_model_folder.name == "gaze2report-small"
    again = Gaze2ReportPipeline.from_pretrained(str(small_model_folder))
    assert again.revision == pipeline.revision
    assert len(pipeline.revision) == 12
    assert not any(parameter.requires_grad for parameter in pipeline.model.parameters())


@pytest.mark.parametrize("method", ["greedy", "beam"])
@pytest.mark.parametrize("guidance", [1.0, 2.0])
def test_the_language_model_alone_computes_in_another_type(
    pipeline: Gaze2ReportPipeline,
    small_model_folder: Path,
    film: Callable[[int], Radiograph],
    method: Literal["greedy", "beam"],
    guidance: float,
) -> None:
    halved = Gaze2ReportPipeline.from_pretrained(small_model_folder, device="cpu", dtype=torch.bfloat16)
    kept = {name: parameter.dtype for name, parameter in halved.model.named_parameters()}
    assert {kept[name] for name in kept if name.startswith("language_model.")} == {torch.bfloat16}
    assert {kept[name] for name in kept if not name.startswith("language_model.")} == {torch.float32}
    settings = DecodingSettings(method=method, guidance=guidance, max_new_tokens=12)
    one, other = (each.generate(film(LARGE_HEART), settings=settings) for each in (halved, pipeline))
    assert one.scanpath is not None and other.scanpath is not None
    assert one.text and one.scanpath.to_fixations() == other.scanpath.to_fixations()


def test_a_language_model_is_kept_in_floating_numbers_alone(small_model_folder: Path) -> None:
    with pytest.raises(TypeError, match=r"^A language model is kept as torch\.float32, .*, not as torch\.int8\.$"):
        Gaze2ReportPipeline.from_pretrained(small_model_folder, device="cpu", dtype=torch.int8)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableModel, match=r"This is not a Gaze2Report model: config\.json is missing\."):
        Gaze2ReportPipeline.from_pretrained(tmp_path)
