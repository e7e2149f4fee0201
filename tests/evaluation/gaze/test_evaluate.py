"""Predicted gaze against recordings: whose films count, what the systems are, and the whole way on drawn films."""

import json
from pathlib import Path

import numpy as np
import pytest

from gaze2report_core.evaluation.gaze import GazeEvaluationRefused, evaluate_gaze, gaze_tables
from gaze2report_core.evaluation.gaze.films import predicted_gaze, sides_of_findings
from gaze2report_core.evaluation.gaze.recorded import RecordedGaze
from gaze2report_core.evaluation.gaze.scores import METRICS, Recorded, differences, scores_of
from gaze2report_core.evaluation.gaze.systems import (
    EXPECTED,
    MEAN_READER,
    OTHER_FINDING,
    SAME_FINDING,
    SAMPLES,
    System,
    agreed_path,
    centre,
    draw,
    mean_path,
    others,
    systems,
    uniform,
)
from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze.metrics import ScanMatch, medoid
from gaze2report_core.gaze.recordings import NamedRecording
from gaze2report_core.model.folder import save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.studies import Study
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, write_film
from tests.small_model import random_model, small_tokenizer

pytestmark = pytest.mark.thorough

EFFUSION, HEART = Finding.PLEURAL_EFFUSION, Finding.CARDIOMEGALY


def path(*fixations: tuple[float, float, float]) -> Scanpath:
    x, y, duration = np.array(fixations).T
    return Scanpath(x, y, duration, GazeSource.RECORDED)


def recording(film: str, finding: str | None, split: str, x: float = 0.3) -> NamedRecording:
    return NamedRecording(film, finding, split, path((x, 0.6, 0.3), (x + 0.1, 0.7, 0.2), (x, 0.8, 0.4)))


RECORDINGS = [
    *(recording(f"t{number}", "cardiomegaly", "train", 0.4 + number / 50) for number in range(3)),
    *(recording(f"t{number}", "pleural effusion", "train", 0.1 + number / 50) for number in range(3)),
    recording("t0", "cardiomegaly", "valid"),
    *(recording(f"v{number}", "cardiomegaly", "valid", 0.45 + number / 50) for number in range(3)),
    *(recording(f"v{number}", "Pleural Effusion", "valid", 0.15 + number / 50) for number in range(2)),
    recording("v0", "clavicle", "valid"),
    recording("v0", None, "valid"),
    recording("v1", "cardiomegaly", "test"),
    NamedRecording("v1", HEART, "valid", Scanpath.empty(GazeSource.RECORDED)),
]


def study(uid: str, frontal: str | None, *labels: str) -> Study:
    return Study(uid, frontal, None, "", "val", "", "", "", labels)


STUDIES = [
    study("1", "large_heart.png", "Cardiomegaly", "Pleural Effusion/left"),
    study("2", "clear_lungs.png", "Pleural Effusion/right/small"),
    study("3", "clear_lungs.png", "normal"),
    study("4", None, "Cardiomegaly"),
]


def test_recordings_of_films_that_occur_in_training_are_kept_apart() -> None:
    recorded = RecordedGaze.of(RECORDINGS, "valid")
    assert {finding: len(paths) for finding, paths in recorded.evaluated.items()} == {HEART: 4, EFFUSION: 2}
    assert {finding: len(paths) for finding, paths in recorded.unseen.items()} == {HEART: 3, EFFUSION: 2}
    assert {finding: len(paths) for finding, paths in recorded.training.items()} == {HEART: 3, EFFUSION: 3}


def test_a_side_counts_where_all_labels_of_the_finding_name_it() -> None:
    labels = (
        "Opacity/lung/left",
        "Opacity/lung/base/left",
        "Pleural Effusion/left",
        "Pleural Effusion/right",
        "normal",
    )
    assert sides_of_findings(study("1", None, *labels)) == {
        Finding.LUNG_OPACITY: Side.LEFT,
        EFFUSION: None,
        Finding.NO_FINDING: None,
    }


def test_constant_paths_by_hand() -> None:
    recordings = [path((0.2, 0.4, 0.1), (0.6, 0.6, 0.3)), path((0.4, 0.8, 0.5), (0.8, 0.2, 0.7))]
    mean = mean_path(recordings)
    assert [mean.x.tolist(), mean.y.tolist(), mean.duration.tolist()] == [
        pytest.approx([0.3, 0.7]),
        pytest.approx([0.6, 0.4]),
        pytest.approx([0.3, 0.5]),
    ]
    middle = centre(recordings)
    assert [*middle.x, *middle.y] == [0.5] * 4
    assert middle.duration == pytest.approx([0.4, 0.4])


def test_constant_paths_are_as_long_as_recordings_usually_are() -> None:
    recordings = [path((0.2, 0.4, 0.1)), path(*[(0.4, 0.8, 0.5)] * 3)]
    assert mean_path(recordings).x == pytest.approx([0.3, 0.4])  # the second look is of one recording alone
    assert centre(recordings).duration == pytest.approx([0.4, 0.4])  # each look counts once


def test_what_is_drawn_is_drawn_once_and_from_all_over_the_film() -> None:
    scanpaths = [path((number / 10, 0.5, 0.3)) for number in range(10)]
    random = np.random.default_rng(0)
    assert sorted(one.x[0] for one in draw(scanpaths, random, 20)) == [one.x[0] for one in scanpaths]
    assert len({one.x[0] for one in draw(scanpaths, random, 4)}) == 4
    recorded = path(*[(0.5, 0.5, seconds) for seconds in np.linspace(0.1, 1, 500)])
    drawn = uniform(recorded, random)
    np.testing.assert_array_equal(drawn.duration, recorded.duration)
    for axis in (drawn.x, drawn.y):
        assert axis.min() < 0.05 and axis.max() > 0.95
    assert abs(np.corrcoef(drawn.x, drawn.y)[0, 1]) < 0.2


def test_others_are_the_recordings_of_all_other_findings() -> None:
    of_heart, of_effusion, of_edema = (path((x, 0.5, 0.3)) for x in (0.1, 0.2, 0.3))
    training = {HEART: [of_heart], EFFUSION: [of_effusion], Finding.EDEMA: [of_edema]}
    assert others(training, EFFUSION) == [of_heart, of_edema]


def test_a_system_is_scored_by_the_mean_over_what_it_offers_for_the_finding() -> None:
    near, far = path((0.3, 0.6, 0.3), (0.6, 0.6, 0.3)), path((0.8, 0.1, 0.3), (0.1, 0.9, 0.2))
    # The middle fixation goes where scanpaths are simplified.
    recordings = [Recorded(HEART, path((0.3, 0.6, 0.3), (0.33, 0.6, 0.1), (0.6, 0.6, 0.3))), Recorded(EFFUSION, far)]
    both, alone, other = (
        scores_of(System("", {HEART: of_heart, EFFUSION: [far]}), recordings)
        for of_heart in ([near, far], [near], [far])
    )
    for metric in METRICS:
        of_each = [one.value_for(metric, HEART) for one in (alone, other)]
        assert both.value_for(metric, HEART) == pytest.approx(np.mean(of_each))
        assert both.value(metric) == pytest.approx(
            (both.value_for(metric, HEART) + both.value_for(metric, EFFUSION)) / 2
        )
        difference = differences(alone, other)[metric].difference
        assert difference == pytest.approx(alone.value(metric) - other.value(metric))
    assert alone.value_for("multimatch_length", HEART) == alone.value_for("multimatch_direction", HEART) == 1
    assert both.value_for("string_edit_distance", EFFUSION) == 0


def test_the_path_that_recordings_agree_on_is_more_like_them_than_the_most_typical_recording() -> None:
    # Each of three readers leaves the way of the others once.
    recordings = [
        path((0.1, 0.1, 0.3), (0.5, 0.5, 0.3), (0.9, 0.1, 0.3)),
        path((0.1, 0.1, 0.3), (0.9, 0.9, 0.3), (0.9, 0.9, 0.3)),
        path((0.9, 0.1, 0.3), (0.5, 0.5, 0.3), (0.9, 0.9, 0.3)),
    ]
    agreed = agreed_path(recordings)
    assert list(zip(agreed.x, agreed.y, strict=True)) == [(0.1, 0.1), (0.5, 0.5), (0.9, 0.9)]
    likeness = [ScanMatch().scores(one, recordings).mean() for one in (agreed, medoid(recordings))]
    assert likeness[0] > likeness[1]


def test_every_system_offers_scanpaths_for_every_finding_and_repeats_with_the_seed() -> None:
    training = RecordedGaze.of(RECORDINGS, "valid").training
    first, again, other = (systems({"Mine": training}, training, seed) for seed in (1, 1, 2))
    assert [system.name for system in first][-3:] == [OTHER_FINDING, SAME_FINDING, "Mine"]
    assert len(systems({}, {HEART: training[HEART]}, 1)) == len(first) - 2, "no other finding, and no predictor"
    for system in first:
        assert set(system.scanpaths) == {HEART, EFFUSION}
        assert all(system.scanpaths.values())
    places = [
        [[one.x.tolist() for paths in system.scanpaths.values() for one in paths] for system in offered]
        for offered in (first, again, other)
    ]
    assert places[0] == places[1] != places[2]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    write_film(folder / "large_heart.png", LARGE_HEART)
    write_film(folder / "clear_lungs.png", CLEAR_LUNGS)
    return folder


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Gaze2ReportPipeline:
    folder = tmp_path_factory.mktemp("model")
    save_model(random_model(), small_tokenizer(), folder)
    return Gaze2ReportPipeline.from_pretrained(folder, device="cpu")


def test_a_real_model_is_measured_beside_the_baselines(pipeline: Gaze2ReportPipeline, images: Path) -> None:
    evaluation = evaluate_gaze(pipeline, RECORDINGS, STUDIES, images, samples=2, resamples=20)
    assert evaluation.unreadable_films == 0
    assert evaluation.films == {HEART: 1, EFFUSION: 2}
    assert evaluation.recordings == {HEART: 4, EFFUSION: 2}
    assert evaluation.unseen_recordings == {HEART: 3, EFFUSION: 2}
    medoid = evaluation.systems["Constant path of the finding, medoid"]
    assert medoid.value("scanmatch") > evaluation.systems["Uniform draw"].value("scanmatch")
    found = json.loads(json.dumps(evaluation.to_dict()))
    mean_reader = found["systems"][MEAN_READER]["scanmatch"]
    for metric, figure in found["systems"][MEAN_READER].items():
        difference = found["differences"][MEAN_READER]["Uniform draw"][metric]
        assert figure["value"] - found["systems"]["Uniform draw"][metric]["value"] == pytest.approx(
            difference["difference"]
        )
        assert difference["interval"]["low"] <= difference["difference"] <= difference["interval"]["high"]
    assert found["sides"][SAMPLES]["by_finding"][EFFUSION]["asked"] == 2
    assert found["maps"][MEAN_READER]["correlations"][HEART].keys() == {HEART, EFFUSION}
    assert found["distributions"]["Recordings"]["fixations"] == {
        "quantiles": dict.fromkeys(["0.1", "0.25", "0.5", "0.75", "0.9"], 3.0),
        "wasserstein": 0.0,
    }
    assert not {MEAN_READER, SAMPLES, EXPECTED} & found["differences"][MEAN_READER].keys()
    assert {OTHER_FINDING, SAME_FINDING} <= found["maps"].keys()
    assert medoid.findings == (HEART,) * 3 + (EFFUSION,) * 2, "of unseen films alone"
    assert found["maps"][MEAN_READER]["mean"] != found["maps_of_unseen"][MEAN_READER]["mean"]
    crossings = "saccades to the other half of the film, share"
    assert found["distributions"][SAME_FINDING][crossings] != found["distributions"]["Recordings"][crossings]
    assert len({found["sides"][name]["time_on_side"]["value"] for name in (MEAN_READER, SAMPLES, EXPECTED)}) == 3
    tables = gaze_tables(evaluation)
    assert f"| {MEAN_READER} | {mean_reader['value']:.3f} (" in tables
    assert f"| {SAMPLES} | Recordings of other findings | " in tables
    assert tables.count("\n| Uniform draw |") == 5  # scanpaths twice, ScanMatch by finding, maps twice
    assert tables.count(" | Uniform draw |") == 2 * 2 + 2 * 3  # less it: scanpaths of two twice, maps of three twice
    assert found["same_side"]["films"] == {EFFUSION: 2} and found["same_side"]["recordings"] == {EFFUSION: 2}
    assert (
        "Scanpaths paired by side: 2 of these recordings" in tables
        and "side alone (2 films and findings); 95 %" in tables
    )
    assert "95 % by bootstrap over recordings, 2,000 draws" in tables
    assert tables.count("over those that were predicted for, 20 draws.") == 2
    widths = {line.count("|") for line in tables.splitlines() if line.startswith("| Predictor, mean reader")}
    assert widths <= {line.count("|") for line in tables.splitlines() if line.startswith("|---")}


def test_films_are_read_for_their_findings_and_one_sided_ones_in_the_mirror_too(
    pipeline: Gaze2ReportPipeline, images: Path
) -> None:
    gaze, unreadable = predicted_gaze(pipeline, STUDIES, images, [HEART], samples=2, seed=3)
    assert unreadable == 0
    assert [(one.uid, one.finding, one.side, one.mirrored is not None) for one in gaze] == [
        ("1", HEART, None, False),
        ("1", EFFUSION, Side.LEFT, True),
        ("2", EFFUSION, Side.RIGHT, True),
    ]
    film = pipeline.read(images / "clear_lungs.png")
    for readers, seen in ((gaze[2].readers, film), (gaze[2].mirrored, film.mirrored())):
        assert readers is not None
        assert readers.mean.to_fixations() == pipeline.predict_gaze(seen, "pleural effusion").to_fixations()
        drawn = pipeline.sample_gaze(seen, "pleural effusion", count=2, seed=3 + 1)  # the second film's own draws
        assert [one.to_fixations() for one in readers.samples] == [one.to_fixations() for one in drawn]
        np.testing.assert_array_equal(readers.expected, pipeline.expected_patch_durations(seen, "pleural effusion"))


def test_without_anything_to_compare_the_evaluation_is_refused(pipeline: Gaze2ReportPipeline, images: Path) -> None:
    seen = [one for one in RECORDINGS if one.film.startswith("t")]
    with pytest.raises(GazeEvaluationRefused, match="there is nothing to compare"):
        evaluate_gaze(pipeline, seen, STUDIES, images, resamples=5)


def test_films_that_cannot_be_read_are_left_out_and_counted(pipeline: Gaze2ReportPipeline, images: Path) -> None:
    absent = [study("5", "absent.png", "Cardiomegaly"), study("6", "absent.png", "Pleural Effusion/left")]
    evaluation = evaluate_gaze(pipeline, RECORDINGS, [*STUDIES, *absent], images, samples=2, resamples=5)
    assert evaluation.films == {HEART: 1, EFFUSION: 2}
    assert evaluation.to_dict()["unreadable_films"] == 2
    assert gaze_tables(evaluation).startswith("2 films could not be read and are left out.\n")
    with pytest.raises(GazeEvaluationRefused, match="None of the 2 films can be read: check that --images is"):
        evaluate_gaze(pipeline, RECORDINGS, absent, images, resamples=5)


def test_one_finding_alone_has_no_other_to_be_compared_with(pipeline: Gaze2ReportPipeline, images: Path) -> None:
    evaluation = evaluate_gaze(pipeline, RECORDINGS, STUDIES, images, samples=2, findings=[HEART], resamples=5)
    assert "Recordings of other findings" not in {*evaluation.systems, *evaluation.maps}
    assert "Recordings of the finding, other films" in evaluation.maps
    assert evaluation.same_side is None and "paired by side" not in gaze_tables(evaluation)
