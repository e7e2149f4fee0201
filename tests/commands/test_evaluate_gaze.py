"""`evaluate-gaze` on a file as GazeSearch publishes it, a table of studies and drawn films."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaze2report_core.evaluation.gaze.scores import METRICS
from gaze2report_core.evaluation.gaze.systems import (
    AGREED,
    CENTRE,
    MEAN_PATH,
    MEDOID,
    OTHER_FINDING,
    PREDICTED,
    SAME_FINDING,
    UNIFORM,
)
from tests.commands.conftest import Run

pytestmark = pytest.mark.thorough

BASELINES = {CENTRE, UNIFORM, MEAN_PATH, MEDOID, AGREED, OTHER_FINDING, SAME_FINDING}
FRAME = 224
STUDIES = """uid,split,report,mesh,frontal,lateral
1,val,,Cardiomegaly;Pleural Effusion/left,large_heart.png,
2,val,,Pleural Effusion/right/small,clear_lungs.png,
3,val,,Cardiomegaly,letter.png,
4,train,,Cardiomegaly,large_heart.png,
"""
"""The film of study 3 is none, and study 4 is of another split."""


def entry(film: str, task: str, split: str, place: tuple[float, float], seed: int) -> dict[str, Any]:
    """Four fixations around a place of the film, as GazeSearch writes them."""
    x, y = np.clip(np.random.default_rng(seed).normal(np.array(place)[:, None], 0.05, (2, 4)), 0, 1) * FRAME
    return {"name": film, "task": task, "split": split, "X": x.tolist(), "Y": y.tolist(), "T": [0.3, 0.2, 0.4, 0.2]}


def entries() -> list[dict[str, Any]]:
    places = {"cardiomegaly": (0.55, 0.6), "pleural effusion": (0.2, 0.8)}
    return [
        entry(f"{split}-{task}-{number}.jpg", task, split, place, seed=10 * number + len(task) + len(split))
        for task, place in places.items()
        for split, count in (("train", 4), ("valid", 3))
        for number in range(count)
    ]


@pytest.fixture
def words(tmp_path: Path, films: Path, small_model_folder: Path) -> tuple[str | Path, ...]:
    recordings, studies = tmp_path / "scanpaths.json", tmp_path / "studies.csv"
    recordings.write_text(json.dumps(entries()))
    studies.write_text(STUDIES)
    return (
        *("evaluate-gaze", "--recordings", recordings, "--images", films, "--studies", studies),
        *("--samples", "2", "--resamples", "10", "--model", small_model_folder, "--device", "cpu"),
    )


def test_tables_figures_and_the_count_of_unreadable_films(
    run: Run, words: tuple[str | Path, ...], tmp_path: Path
) -> None:
    markdown = tmp_path / "made" / "gaze.md"
    ran = run(*words, "--json", "--markdown", markdown)
    assert ran.code == 0, ran.err
    assert "1 film could not be read and is left out." in ran.err

    found = json.loads(ran.out)
    assert found["films"] == {"Cardiomegaly": 1, "Pleural Effusion": 2}
    assert found["recordings"] == found["unseen_recordings"] == {"Cardiomegaly": 3, "Pleural Effusion": 3}
    assert found["unreadable_films"] == 1
    assert set(found["systems"]) - set(PREDICTED) == BASELINES
    for predictor, of_others in found["differences"].items():
        assert set(of_others) == BASELINES
        for other, metrics in of_others.items():
            assert tuple(metrics) == METRICS
            for metric, difference in metrics.items():
                first, second = (found["systems"][name][metric]["value"] for name in (predictor, other))
                assert difference["difference"] == pytest.approx(first - second)
                assert difference["interval"]["low"] <= difference["interval"]["high"]
    assert set(found["map_differences"]) == set(PREDICTED)
    for of_others in (*found["map_differences"].values(), *found["map_differences_of_unseen"].values()):
        assert set(of_others) == BASELINES
        assert all(set(figures) == {"cc", "kl", "sim", "nss", "auc"} for figures in of_others.values())
    # What readers did on other films tells more of where they look than a draw over the whole film does.
    assert found["maps"]["Recordings of the finding, other films"]["mean"]["cc"] > 0.8
    assert found["maps"]["Uniform draw"]["mean"]["cc"] < 0.5

    tables = markdown.read_text(encoding="utf-8")
    assert tables.startswith("1 film could not be read and is left out.\n")
    # Scanpaths, those paired by side, and maps against both sets of recordings.
    assert tables.count("| predictor | less | ") == 4
    assert found["same_side"]["films"] == {"Pleural Effusion": 2}


def test_what_cannot_be_written_is_said_before_anything_is_predicted(
    run: Run, words: tuple[str | Path, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    ran = run(*words, "--markdown", tmp_path / "file" / "gaze.md")
    assert ran.refusal == "The file given as --markdown cannot be written: give another place."
    recordings = words[words.index("--recordings") + 1]
    assert run(*words, "--markdown", recordings).refusal == (
        "The file given as --markdown is read or written by this command already: give another place."
    )
    assert "films:" not in ran.err  # the bar of the films that are gone through


def test_a_folder_without_the_films_is_refused(run: Run, words: tuple[str | Path, ...], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = run(*words, "--images", empty)
    assert ran.refusal == "None of the 3 films can be read: check that --images is the folder of the films."


def test_splits_that_there_are_not_are_refused_before_the_model_is_loaded(
    run: Run, words: tuple[str | Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaze2report_core.commands.evaluate_gaze.load_pipeline", lambda _: pytest.fail("it is loaded"))
    assert run(*words, "--recordings-split", "vla").refusal == (
        "The recordings have no split named vla: their splits are train, valid."
    )
    assert run(*words, "--split", "vla").refusal == (
        "The studies file has no split named vla: its splits are train, val."
    )
