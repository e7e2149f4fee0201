"""The pipeline: a film goes in, gaze and a report come out, as training meant them."""

import copy
import pickle
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gaze2report_core.examination import NO_FRONTAL, Examination, WithoutFindings, WithoutTower
from gaze2report_core.film_cache import FilmCache
from gaze2report_core.findings.encoder_reading import ENCODER_READING, EncoderReading, LinearReading
from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.findings.incidental_reading import IncidentalReading
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.generation import DecodingSettings, SettingsRefused
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.imaging import FilmRefused, Radiograph, View, warning_of_body_part
from gaze2report_core.model.config import Variant
from gaze2report_core.model.folder import UnreadableModel, save_model
from gaze2report_core.pipeline import NOT_A_CHEST, Gaze2ReportPipeline
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS, drawn_chest, png
from tests.imaging.films import dicom, ramp
from tests.small_model import REPORTS, Situation, random_model, small_config, small_tokenizer

GREEDY = DecodingSettings()


@pytest.fixture(scope="module")
def pipeline(small_model_folder: Path) -> Gaze2ReportPipeline:
    return Gaze2ReportPipeline.from_pretrained(small_model_folder, device="cpu")


@pytest.fixture(scope="module")
def base1(tmp_path_factory: pytest.TempPathFactory) -> Gaze2ReportPipeline:
    folder = tmp_path_factory.mktemp("base1")
    save_model(random_model(small_config(Variant.BASE1)), small_tokenizer(), folder)
    return Gaze2ReportPipeline.from_pretrained(folder, device="cpu")


@pytest.fixture(scope="module")
def film(pipeline: Gaze2ReportPipeline) -> Callable[[int], Radiograph]:
    films = {kind: pipeline.read(png(drawn_chest(kind))) for kind in (LARGE_HEART, CLEAR_LUNGS, SIDEWAYS)}
    return films.__getitem__


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


def test_gaze_that_is_none_is_refused_with_what_may_be_given(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    for examination in (film(LARGE_HEART), Examination(None, film(SIDEWAYS))):
        with pytest.raises(ValueError, match=r'Gaze must be a Scanpath, "predicted", or None'):
            pipeline.generate(examination, "off")  # type: ignore[arg-type] # as it is called on the command line


def test_an_array_is_no_gaze_and_a_path_no_film(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    with pytest.raises(ValueError, match=r'Gaze must be a Scanpath, "predicted", or None'):
        pipeline.generate(film(LARGE_HEART), np.zeros((14, 14)))  # type: ignore[arg-type]
    path: Any = "chest.dcm"
    for ask in (pipeline.generate, pipeline.predict_gaze, pipeline.expected_gaze):
        with pytest.raises(TypeError, match="A film must be a Radiograph"):
            ask(path)
    with pytest.raises(TypeError, match="A film must be a Radiograph"):
        pipeline.sample_gaze(path, count=1)


def test_readers_are_one_or_more_and_their_seed_is_a_whole_number(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    for count in (0, -1):
        with pytest.raises(ValueError, match=r"The number of readers must be 1 or more\."):
            pipeline.sample_gaze(film(LARGE_HEART), count=count)
    with pytest.raises(SettingsRefused, match="The seed must be a whole number from 0"):
        pipeline.predict_gaze(film(LARGE_HEART), seed=1.5)  # type: ignore[arg-type]


def test_gaze_that_lasts_no_time_is_none_and_stands_in_the_draft(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    glance = Scanpath(np.array([0.5]), np.array([0.5]), np.array([0.0]), GazeSource.EDITED)
    draft = pipeline.generate(film(LARGE_HEART), glance)
    assert draft.text == REPORTS[LARGE_HEART, None, False]
    assert draft.scanpath is glance


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


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.deepcopy])
def test_a_pipeline_is_loaded_anew_and_not_copied(
    pipeline: Gaze2ReportPipeline, duplicate: Callable[[object], object]
) -> None:
    with pytest.raises(TypeError, match=r"cannot be copied or pickled: load it with `from_pretrained` in each process"):
        duplicate(pipeline)


def test_recorded_gaze_takes_the_place_of_predicted_gaze(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    predicted = pipeline.predict_gaze(film(LARGE_HEART))
    recorded = Scanpath(predicted.x, predicted.y, predicted.duration, GazeSource.RECORDED)
    draft = pipeline.generate(film(LARGE_HEART), recorded)
    assert draft.text == REPORTS[LARGE_HEART, None, True]
    assert draft.scanpath is recorded
    (first, *_), (second, *_) = (
        list(pipeline.stream(film(LARGE_HEART), gaze, settings=DecodingSettings("sample", seed=1, temperature=5)))[::-1]
        for gaze in (recorded, Scanpath(np.array([0.9]), np.array([0.9]), np.array([30.0]), GazeSource.RECORDED))
    )
    assert first.text != second.text


def test_predicted_gaze_is_a_readers_own_each_time_and_on_each_film(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    heart = film(LARGE_HEART)
    typical = pipeline.predict_gaze(heart)
    assert typical.source is GazeSource.PREDICTED
    assert len(typical) >= 1
    assert typical.to_fixations() == pipeline.predict_gaze(heart).to_fixations()
    assert pipeline.predict_gaze(heart, seed=1).to_fixations() == pipeline.predict_gaze(heart, seed=1).to_fixations()
    others = [
        pipeline.predict_gaze(heart, seed=1),
        pipeline.predict_gaze(heart, "left pleural effusion"),
        pipeline.predict_gaze(film(CLEAR_LUNGS)),
    ]
    assert all(other.to_fixations() != typical.to_fixations() for other in others)
    assert pipeline.predict_gaze(heart, "  ").to_fixations() == typical.to_fixations()


def test_a_reader_of_sides_leads_the_gaze_and_a_mirror_turns_it(tmp_path: Path, pipeline: Gaze2ReportPipeline) -> None:
    # Twice as large as the model sees it: a film and its mirror image are then squashed alike.
    drawn = pipeline.read(png(drawn_chest(LARGE_HEART, 448, 448)))
    mirrored = drawn.mirrored()
    config = replace(small_config(), scanpath=replace(small_config().scanpath, side_labels=14))

    def shares(surety: float, folder: Path) -> list[float]:
        """Of the expected gaze on film and mirror image, how much goes to the half on the right."""
        model = random_model(config)
        reader = model.scanpath_predictor.side_reader
        assert reader is not None
        reader.surety.fill_(surety)
        save_model(model, small_tokenizer(), folder)
        loaded = Gaze2ReportPipeline.from_pretrained(folder, device="cpu")
        expected = [loaded.expected_gaze(one, "effusion") for one in (drawn, mirrored)]
        return [float(one[:, 7:].sum() / one.sum()) for one in expected]

    sure, of_mirrored = shares(30.0, tmp_path / "sure")
    assert sure + of_mirrored == pytest.approx(1, abs=1e-3)
    assert sure - shares(-30.0, tmp_path / "contrary")[0] != pytest.approx(0, abs=0.01)


def test_several_readers_differ_repeat_with_the_seed_and_begin_with_the_one_of_that_seed(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    heart = film(LARGE_HEART)
    readers = [reader.to_fixations() for reader in pipeline.sample_gaze(heart, "pneumothorax", count=3, seed=5)]
    assert readers[0] == pipeline.predict_gaze(heart, "pneumothorax", seed=5).to_fixations()
    assert readers[0] != readers[1] != readers[2]
    again = pipeline.sample_gaze(heart, "pneumothorax", count=2, seed=5)
    assert [reader.to_fixations() for reader in again] == readers[:2]


def test_gaze_of_which_everything_was_deleted_is_still_called_edited(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    *_, last = pipeline.compare(film(LARGE_HEART), Scanpath.empty(GazeSource.EDITED))
    assert len(last.scanpath) == 0 and last.scanpath.source is GazeSource.EDITED
    assert last.gaze_on == last.gaze_off


def test_a_film_that_calls_itself_lateral_is_read_as_one(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    lateral = film(SIDEWAYS)
    object.__setattr__(lateral, "view", View.LATERAL)
    try:
        draft = pipeline.generate(lateral)
    finally:
        object.__setattr__(lateral, "view", View.UNKNOWN)
    assert draft.text == REPORTS[None, SIDEWAYS, False]
    assert draft.scanpath is None
    assert NO_FRONTAL in draft.warnings


def test_films_of_equal_values_and_other_windows_are_other_films(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    heart = film(LARGE_HEART)
    (window,) = heart.windows
    narrow = replace(heart, windows=(replace(window, width=window.width / 8),))
    assert narrow.content_hash == heart.content_hash
    assert pipeline.predict_gaze(narrow).to_fixations() != pipeline.predict_gaze(heart).to_fixations()


def test_a_film_whose_header_names_another_part_of_the_body_gets_a_warning(pipeline: Gaze2ReportPipeline) -> None:
    assert pipeline.read(dicom(ramp(), BodyPartExamined="CHEST")).warnings == ()
    (told,) = pipeline.read(dicom(ramp(), BodyPartExamined="HAND")).warnings
    assert told == warning_of_body_part("HAND")


def test_a_film_that_does_not_look_like_a_chest_gets_a_warning_and_a_report(
    small_model_folder: Path, film: Callable[[int], Radiograph]
) -> None:
    doubtful = Gaze2ReportPipeline.from_pretrained(small_model_folder, device="cpu")
    assert doubtful.read(png(drawn_chest(LARGE_HEART))).warnings == ()
    with torch.no_grad():
        doubtful.model.chest_check.classifier.bias.fill_(-3.0)
    warned = doubtful.read(png(drawn_chest(LARGE_HEART)))
    assert warned.warnings == (NOT_A_CHEST,)
    draft = doubtful.generate(Examination(warned, doubtful.read(png(drawn_chest(SIDEWAYS)))))
    assert draft.warnings == (NOT_A_CHEST,)  # once, though both films have it
    assert draft.text


def test_bytes_a_path_and_its_name_are_read_alike(pipeline: Gaze2ReportPipeline, tmp_path: Path) -> None:
    content = png(drawn_chest(CLEAR_LUNGS))
    path = tmp_path / "film"
    path.write_bytes(content)
    hashes = {pipeline.read(film).content_hash for film in (content, path, str(path))}
    assert len(hashes) == 1


def test_what_is_no_film_is_refused(pipeline: Gaze2ReportPipeline) -> None:
    with pytest.raises(FilmRefused) as refusal:
        pipeline.read(b"%PDF-1.7")
    assert refusal.value.reason == "not_an_image"


def test_a_study_needs_a_film() -> None:
    with pytest.raises(ValueError, match=r"A study needs a frontal or a lateral film\."):
        Examination(None, None)


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


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableModel, match=r"This is not a Gaze2Report model: config\.json is missing\."):
        Gaze2ReportPipeline.from_pretrained(tmp_path)


@pytest.fixture
def folder_with_findings(small_model_folder: Path, tmp_path: Path) -> Path:
    """The small model beside the embedded model's findings, which read an encoder of the same width."""
    folder = tmp_path / "with-findings"
    shutil.copytree(small_model_folder, folder)
    shutil.copytree(Path(EMBEDDED_MODEL) / FINDINGS_FOLDER, folder / FINDINGS_FOLDER)
    return folder


@pytest.mark.thorough
def test_findings_hear_the_encoder_that_has_seen_the_films_anyway(
    folder_with_findings: Path, film: Callable[[int], Radiograph]
) -> None:
    finding = Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    encoded: list[int] = []
    finding.model.encoder.register_forward_hook(lambda _, given, __: encoded.append(len(given[0])))
    heard = finding.find(Examination(film(LARGE_HEART), film(SIDEWAYS)), None)
    finding.find(film(LARGE_HEART), None)
    finding.chest_likelihood(film(SIDEWAYS))
    assert encoded == [1, 1]

    (folder_with_findings / FINDINGS_FOLDER / ENCODER_READING).unlink()
    towers_alone = Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    alone = towers_alone.find(Examination(film(LARGE_HEART), film(SIDEWAYS)), None)
    assert alone.thresholds != heard.thresholds
    assert [one.probability for one in alone.findings] != [one.probability for one in heard.findings]


@pytest.mark.thorough
def test_what_is_found_does_not_depend_on_what_was_computed_beside_it(
    folder_with_findings: Path, film: Callable[[int], Radiograph]
) -> None:
    both = Examination(film(LARGE_HEART), film(SIDEWAYS))
    at_once, one_by_one = (Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu") for _ in range(2))
    assert both.frontal is not None
    scanpath = one_by_one.predict_gaze(both.frontal)
    assert at_once.find(both).to_dict() == one_by_one.find(both, scanpath).to_dict()
    np.testing.assert_array_equal(list(at_once.stream(both))[-1].scanpath.duration, scanpath.duration)


@pytest.mark.thorough
def test_one_tower_is_heard_alone_where_an_examination_asks_for_it(
    folder_with_findings: Path, film: Callable[[int], Radiograph]
) -> None:
    finding = Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    all_of_them, *each = (
        finding.find(Examination(film(LARGE_HEART), tower=tower), None) for tower in (None, *range(5))
    )
    for place, together in enumerate(all_of_them.findings):
        alone = [reading.findings[place] for reading in each]
        said = [one.probability for one in alone]
        assert min(said) <= together.probability <= max(said), "together they say what lies between"
        assert together.low < together.probability < together.high
    assert len({reading.findings[1].probability for reading in each}) == 5
    with pytest.raises(WithoutTower, match="has 5 towers"):
        finding.find(Examination(film(LARGE_HEART), tower=5), None)


@pytest.mark.thorough
def test_nothing_that_was_computed_of_a_film_stays_when_nobody_asks_for_it_any_more(
    folder_with_findings: Path, film: Callable[[int], Radiograph], monkeypatch: pytest.MonkeyPatch
) -> None:
    caches: list[FilmCache[object]] = []
    made = FilmCache.__init__

    def watched(cache: FilmCache[object], *given: Callable[[Radiograph], object]) -> None:
        caches.append(cache)
        made(cache, *given)

    monkeypatch.setattr(FilmCache, "__init__", watched)
    finding = Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    finding.find(film(LARGE_HEART))
    assert caches and all(cache._kept for cache in caches), "each of them was asked for the film"
    monkeypatch.setattr("gaze2report_core.film_cache.SECONDS_KEPT", 0.0)
    finding.forget_unused_films()
    assert not any(cache._kept for cache in caches)


def narrow(linear: LinearReading) -> LinearReading:
    """The same of an encoder half as wide."""
    half = slice(0, linear.mean.shape[1] // 2)
    return replace(
        linear, mean=linear.mean[:, half], deviation=linear.deviation[:, half], weights=linear.weights[:, half]
    )


def test_findings_that_read_another_encoder_are_refused(folder_with_findings: Path) -> None:
    findings = folder_with_findings / FINDINGS_FOLDER
    reading, incidental = EncoderReading.from_folder(findings), IncidentalReading.from_folder(findings)
    assert reading is not None and incidental is not None
    replace(incidental, linear=narrow(incidental.linear)).save(findings)
    with pytest.raises(UnreadableModel, match=r"reads another encoder than this model's: remove incidental"):
        Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
    replace(reading, without_gaze=narrow(reading.without_gaze), with_gaze=narrow(reading.with_gaze)).save(findings)
    with pytest.raises(UnreadableModel, match=r"reads another encoder than this model's: remove encoder_reading"):
        Gaze2ReportPipeline.from_pretrained(folder_with_findings, device="cpu")
