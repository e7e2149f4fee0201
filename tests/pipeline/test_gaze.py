"""Gaze of the pipeline: predicted, of several readers, recorded, edited, or refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gaze2report_core.decoding_settings import DecodingSettings, SettingsRefused
from gaze2report_core.examination import Examination, GazeTooLong
from gaze2report_core.findings.labelling import labeller
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph
from gaze2report_core.model.folder import save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS, drawn_chest, png
from tests.small_model import REPORTS, random_model, small_config, small_tokenizer


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
    for ask in (pipeline.generate, pipeline.predict_gaze, pipeline.expected_patch_durations):
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


def test_gaze_in_another_unit_than_seconds_is_refused(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    milliseconds = Scanpath(np.full(20, 0.5), np.full(20, 0.5), np.full(20, 250.0), GazeSource.EDITED)
    with pytest.raises(GazeTooLong, match="lasts for more than an hour"):
        pipeline.generate(film(LARGE_HEART), milliseconds)


def test_a_query_that_is_no_text_is_refused(pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]) -> None:
    with pytest.raises(TypeError, match="The query must be text"):
        pipeline.predict_gaze(film(LARGE_HEART), 5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="The query holds half of a letter"):
        pipeline.predict_gaze(film(LARGE_HEART), "effusion \ud83d")


def test_gaze_that_lasts_no_time_is_none_and_stands_in_the_draft(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    glance = Scanpath(np.array([0.5]), np.array([0.5]), np.array([0.0]), GazeSource.EDITED)
    draft = pipeline.generate(film(LARGE_HEART), glance)
    assert draft.text == REPORTS[LARGE_HEART, None, False]
    assert draft.scanpath is glance


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
        expected = [loaded.expected_patch_durations(one, "effusion") for one in (drawn, mirrored)]
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


def test_no_sentence_of_a_reader_stays_when_the_server_has_what_is_unused_forgotten(
    pipeline: Gaze2ReportPipeline, film: Callable[[int], Radiograph]
) -> None:
    pipeline.predict_gaze(film(LARGE_HEART), "pleural effusion of Ada Lovelace")
    judged = labeller._read_sentence.cache_info
    assert judged().currsize
    pipeline.forget_unused_films()
    assert not judged().currsize


def test_no_word_of_a_reader_stays_with_the_tokenizer_either(
    pipeline: Gaze2ReportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = small_tokenizer()
    assert callable(tokenizer.backend_tokenizer.model._clear_cache), "the name is not public, and may change"
    forgotten: list[bool] = []
    model = SimpleNamespace(_clear_cache=lambda: forgotten.append(True))
    monkeypatch.setattr(pipeline._writer, "tokenizer", SimpleNamespace(backend_tokenizer=SimpleNamespace(model=model)))
    pipeline.forget_unused_films()
    assert forgotten
    for without_a_memory in (SimpleNamespace(), SimpleNamespace(backend_tokenizer=SimpleNamespace(model=object()))):
        monkeypatch.setattr(pipeline._writer, "tokenizer", without_a_memory)
        pipeline.forget_unused_films()
