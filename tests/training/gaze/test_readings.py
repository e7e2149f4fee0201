"""GazeSearch's recordings, the films that they are paired with, and the full readings composed of them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.studies import Study
from gaze2report_core.training.gaze.films_by_finding import FilmsByFinding, OnFilm, on_film_of_nih, on_film_of_study
from gaze2report_core.training.gaze.gazesearch import RecordedSearch, read_gazesearch, side_of
from gaze2report_core.training.gaze.readings import ReadingComposer, weights_of_sides
from gaze2report_core.training.run.data_folder import NihFilm
from gaze2report_core.training.run.needed import TrainingRefused


def film(*mesh: str) -> OnFilm:
    """A film of IU X-Ray by its annotators' labels."""
    return on_film_of_study(Study("1", "a.png", None, "", "train", "", "", "", mesh))


def recording(finding: Finding, side: Side | None = None) -> RecordedSearch:
    """One fixation; its place says which finding and side it is of."""
    place = {None: 0.5, Side.RIGHT: 0.2, Side.LEFT: 0.8}[side]
    scanpath = Scanpath(
        np.array([place]), np.array([list(Finding).index(finding) / 20]), np.ones(1), GazeSource.RECORDED
    )
    return RecordedSearch(scanpath, finding, side)


RECORDINGS = [
    recording(Finding.CARDIOMEGALY),
    *(recording(finding, side) for finding in (Finding.ATELECTASIS, Finding.PLEURAL_EFFUSION) for side in Side),
]


def what_was_read(place: np.ndarray) -> list[tuple[Finding, Side | None]]:
    sides = {0.5: None, 0.2: Side.RIGHT, 0.8: Side.LEFT}
    return [(list(Finding)[round(y * 20)], sides[x]) for x, y in place]


def write_gazesearch(folder: Path, *entries: dict[str, Any]) -> Path:
    (folder / "gazesearch").mkdir()
    (folder / "gazesearch" / "scanpaths.json").write_text(json.dumps(entries))
    return folder


def entry(task: str, x: list[float], y: list[float], duration: list[float], split: str = "train") -> dict[str, Any]:
    return {"name": "film", "task": task, "X": x, "Y": y, "T": duration, "split": split}


def test_places_are_read_in_pixels_of_their_frame_and_those_beyond_it_are_dropped(tmp_path: Path) -> None:
    data = write_gazesearch(
        tmp_path,
        entry("pleural effusion", [22.4, 230.0, 44.8], [112.0, 10.0, 224.0], [0.5, 9.0, 0.25]),
        entry("cardiomegaly", [300.0], [10.0], [1.0]),
        entry("edema", [112.0], [112.0], [1.0], split="valid"),
    )
    (only,) = read_gazesearch(data, "train")
    assert only.finding is Finding.PLEURAL_EFFUSION
    assert only.side is Side.RIGHT  # of the patient, on the film's left
    assert only.scanpath.to_fixations() == [
        {"x": pytest.approx(0.1), "y": 0.5, "duration": 0.5},
        {"x": pytest.approx(0.2), "y": 1.0, "duration": 0.25},
    ]


def test_a_data_folder_without_gazesearch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"There is no gazesearch/scanpaths\.json in the folder that was given\."):
        read_gazesearch(tmp_path, "train")


@pytest.mark.parametrize(("x", "side"), [(0.2, Side.RIGHT), (0.8, Side.LEFT), (0.52, None)])
def test_a_reading_is_of_the_side_that_got_clearly_more_time(x: float, side: Side | None) -> None:
    scanpath = Scanpath(np.array([0.5, x]), np.array([0.5, 0.5]), np.array([0.1, 5.0]), GazeSource.RECORDED)
    assert side_of(scanpath) is side
    assert side_of(Scanpath.empty(GazeSource.RECORDED)) is None


def test_films_are_found_by_finding_and_side_and_by_finding_where_no_film_says_the_side() -> None:
    films = FilmsByFinding(
        [film("normal"), film("Pleural Effusion/left"), film("Pleural Effusion/right", "Cardiomegaly")]
    )
    assert films.films(Finding.PLEURAL_EFFUSION, Side.LEFT) == [1]
    assert films.films(Finding.PLEURAL_EFFUSION, None) == [1, 2]
    assert films.films(Finding.CARDIOMEGALY, Side.LEFT) == [2]
    assert films.films(Finding.FRACTURE, None) == []
    both = FilmsByFinding([film("Pleural Effusion/left", "Pleural Effusion/right")])
    assert both.on_films == [{Finding.PLEURAL_EFFUSION: None}]  # what is on both sides is on no side alone


def test_a_film_of_nih_has_what_its_labels_say_on_the_side_that_is_likely() -> None:
    nih = on_film_of_nih(NihFilm(Path("film.png"), "Effusion|Cardiomegaly|Hernia"), Side.RIGHT)
    assert nih == {Finding.PLEURAL_EFFUSION: Side.RIGHT, Finding.CARDIOMEGALY: None}
    assert on_film_of_nih(NihFilm(Path("film.png"), "No Finding"), Side.LEFT) == {}
    films = FilmsByFinding([film("Pleural Effusion/left"), nih])
    assert films.films(Finding.PLEURAL_EFFUSION, Side.RIGHT) == [1]


def composed(
    films: FilmsByFinding, start: RecordedSearch, times: int = 200
) -> list[tuple[int, str | None, np.ndarray]]:
    composer = ReadingComposer(RECORDINGS, films, 30)
    random = np.random.default_rng(0)
    readings = [composer.compose(start, random) for _ in range(times)]
    return [(reading.film, reading.query, reading.place) for reading in readings]


def test_a_search_is_asked_for_by_its_finding_on_a_film_that_has_it() -> None:
    films = FilmsByFinding([film("normal"), film("Pleural Effusion/left")])
    searches = [r for r in composed(films, recording(Finding.PLEURAL_EFFUSION, Side.LEFT)) if r[1] is not None]
    assert 80 < len(searches) < 160
    for shown, query, place in searches:
        assert shown == 1
        assert "pleural effusion" in str(query)
        assert "right" not in str(query)
        assert what_was_read(place) == [(Finding.PLEURAL_EFFUSION, Side.LEFT)]
    assert any("left pleural effusion" in str(query) for _, query, _ in searches)


def test_a_full_reading_goes_through_the_regions_and_returns_to_a_finding_of_the_film() -> None:
    films = FilmsByFinding([film("Pleural Effusion/left")])
    full = [r for r in composed(films, recording(Finding.PLEURAL_EFFUSION, Side.LEFT)) if r[1] is None]
    assert full
    for _, _, place in full:
        assert what_was_read(place) == [
            (Finding.CARDIOMEGALY, None),
            (Finding.ATELECTASIS, Side.RIGHT),
            (Finding.ATELECTASIS, Side.LEFT),
            (Finding.PLEURAL_EFFUSION, Side.LEFT),  # the film's own, in the region of both sides
            (Finding.PLEURAL_EFFUSION, Side.LEFT),
        ]


def test_a_finding_of_one_lung_is_not_looked_for_in_the_other() -> None:
    films = FilmsByFinding([film("Pulmonary Atelectasis/left")])
    full = [place for _, query, place in composed(films, recording(Finding.ATELECTASIS, Side.LEFT)) if query is None]
    assert full
    for place in full:
        assert what_was_read(place)[1:3] == [(Finding.ATELECTASIS, Side.RIGHT), (Finding.ATELECTASIS, Side.LEFT)]


def test_regions_without_recordings_are_left_out() -> None:
    composer = ReadingComposer([recording(Finding.CARDIOMEGALY)], FilmsByFinding([film("normal")]), 30)
    random = np.random.default_rng(0)
    for _ in range(20):
        reading = composer.compose(composer.recordings[0], random)
        assert what_was_read(reading.place) == [(Finding.CARDIOMEGALY, None)]


def test_no_reading_is_longer_than_what_can_be_predicted() -> None:
    composer = ReadingComposer(RECORDINGS, FilmsByFinding([film("Pleural Effusion/left")]), 3)
    random = np.random.default_rng(0)
    readings = [composer.compose(RECORDINGS[-1], random) for _ in range(50)]
    assert {len(reading.duration) for reading in readings} == {1, 3}


@pytest.mark.shared
def test_all_of_gazesearch_is_read(shared_data: Path) -> None:
    recordings = read_gazesearch(shared_data, "train") + read_gazesearch(shared_data, "valid")
    assert 4300 < len(recordings) <= 4387
    assert {recording.side for recording in recordings} == {None, Side.LEFT, Side.RIGHT}


def test_the_odds_of_sides_are_drawn_half_of_the_way_to_even_ones() -> None:
    of_sides = [recording(Finding.ATELECTASIS, Side.LEFT)] * 9 + [recording(Finding.ATELECTASIS, Side.RIGHT)]
    weights = weights_of_sides([*of_sides, recording(Finding.CARDIOMEGALY)])
    assert weights[:9].sum() == pytest.approx(3 * weights[9])
    assert weights[:10].sum() == pytest.approx(10)
    assert weights[10] == 1
