"""Hand-made gaze of which it is known what comes nearest to the recordings of a film."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from gaze2report_core.evaluation.gaze.films import Readers
from gaze2report_core.evaluation.gaze.maps import MAP_FIGURES
from gaze2report_core.evaluation.gaze.own_films import own_films_tables
from gaze2report_core.evaluation.gaze.own_films.evaluate import OwnFilmsEvaluation, compared, differences
from gaze2report_core.evaluation.gaze.own_films.reading import LeftOut, OwnFilm
from gaze2report_core.evaluation.gaze.own_films.scores import ScoresByRecording
from gaze2report_core.evaluation.gaze.own_films.systems import (
    ANOTHER_FILMS_RECORDING,
    ANOTHER_READER,
    ON_ANOTHER_FILM,
    SYSTEMS,
    offered_to_each,
    other_films,
)
from gaze2report_core.evaluation.gaze.scores import METRICS, SCANMATCH, STRING_EDIT
from gaze2report_core.evaluation.gaze.systems import CENTRE, EXPECTED, MEAN_READER, PREDICTED, SAMPLES, UNIFORM
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze.recordings import Recording

PLACES = [(0.15 + 0.14 * (film % 3), 0.1 + 0.15 * (film // 3)) for film in range(9)]
"""Where readers look on each of nine films: nowhere near the middle, and on no two at the same place."""


def looking(place: tuple[float, float], seed: int) -> Scanpath:
    """Four fixations around a place of the film, and one far off."""
    random = np.random.default_rng(seed)
    x, y = np.array(place)[:, None] + random.normal(0, 0.015, (2, 4))
    return Scanpath([*x, 0.9], [*y, 0.9], [*random.uniform(0.2, 0.4, 4), 0.1], GazeSource.RECORDED)


def readers(scanpath: Scanpath) -> Readers:
    return Readers(scanpath, (scanpath, scanpath), scanpath.patch_durations())


def film(number: int, readings: int = 2, query: str | None = None, notes: tuple[str, ...] = ()) -> OwnFilm:
    """A film of which the predictor says what its first reader did."""
    recordings = tuple(
        Recording(looking(PLACES[number], seed=10 * number + reader), notes) for reader in range(readings)
    )
    return OwnFilm(f"{number}.png", query, readers(recordings[0].scanpath), recordings)


def evaluated(films: Sequence[OwnFilm], seed: int = 0) -> OwnFilmsEvaluation:
    return compared(films, seed, LeftOut())


BETTER_WHEN_LESS = {STRING_EDIT, "kl"}


def test_a_predictor_that_does_what_the_reader_did_beats_all_and_surely() -> None:
    found = evaluated([film(number, readings=1) for number in range(9)])
    same = found.scanpaths.figures(MEAN_READER)
    assert [same[metric].value for metric in METRICS] == pytest.approx([1.0] * 6 + [0.0])
    of_map = found.maps.figures(MEAN_READER)
    assert [of_map[name].value for name in ("cc", "kl", "sim")] == pytest.approx([1, 0, 1], abs=1e-9)
    for scores, names in ((found.scanpaths, (SCANMATCH, STRING_EDIT)), (found.maps, MAP_FIGURES)):
        for of_others in differences(scores).values():
            assert len(of_others) == 4, "itself on another film, a recording of another film, centre, uniform"
            for figures in of_others.values():
                for name in names:
                    sign = -1 if name in BETTER_WHEN_LESS else 1
                    interval = figures[name].interval
                    assert sign * figures[name].value > 0
                    assert interval is not None and sign * interval.low > 0 and sign * interval.high > 0


def test_one_that_does_what_readers_of_other_films_did_falls_to_what_these_are_worth() -> None:
    films = [film(number) for number in range(9)]
    shuffled = [replace(one, readers=other.readers) for one, other in zip(films, [*films[1:], films[0]], strict=True)]
    found, own = evaluated(shuffled), evaluated(films)
    for scores, of_own, name in ((found.scanpaths, own.scanpaths, SCANMATCH), (found.maps, own.maps, "cc")):
        worth, reader, other_film = (
            scores.figures(system)[name].value for system in (MEAN_READER, ANOTHER_READER, ANOTHER_FILMS_RECORDING)
        )
        assert worth < 0.7 * reader and worth < 0.7 * of_own.figures(MEAN_READER)[name].value
        assert worth == pytest.approx(other_film, abs=0.15)
        less = scores.less(MEAN_READER, ANOTHER_READER)
        assert less is not None and less[name].interval is not None and less[name].interval.high < 0


def test_another_reader_of_the_film_is_offered_where_there_is_one() -> None:
    found = evaluated([film(0, readings=3), film(1, readings=1), film(2, readings=2)])
    assert found.maps.counts(MEAN_READER) == (6, 3)
    assert found.maps.counts(ANOTHER_READER) == found.scanpaths.counts(ANOTHER_READER) == (5, 2)
    # The predictor does what the first reader of each did, as the others are compared with that reader in turn.
    first, second = found.scanpaths.by_system[ANOTHER_READER][[4, 5]]
    np.testing.assert_allclose(found.scanpaths.by_system[MEAN_READER][5], second)
    np.testing.assert_allclose(first, second)
    difference = found.maps.less(MEAN_READER, ANOTHER_READER)
    assert difference is not None
    own, other = (found.maps.by_system[system][[0, 1, 2, 4, 5]] for system in (MEAN_READER, ANOTHER_READER))
    assert difference["cc"].value == pytest.approx((own - other)[:, 0].mean()), "on the same five recordings"


def test_systems_have_one_order_and_expected_times_no_scanpath() -> None:
    found = evaluated([film(0, readings=1), film(1)])
    assert tuple(found.maps.by_system) == SYSTEMS
    without_scanpaths = {EXPECTED, ON_ANOTHER_FILM.format(EXPECTED)}
    assert tuple(found.scanpaths.by_system) == tuple(name for name in SYSTEMS if name not in without_scanpaths)


def test_one_film_alone_is_compared_with_what_looks_at_no_film() -> None:
    found = evaluated([film(0, readings=1)])
    assert tuple(found.maps.by_system) == (*PREDICTED, CENTRE, UNIFORM)
    assert "without intervals, which need 8 films" in own_films_tables(found)


def test_another_film_is_one_of_the_same_query_and_each_stands_for_one_other() -> None:
    films = [film(number, query=query) for number, query in enumerate(["edema", None, "Edema", None, "mass", "edema"])]
    orders = {tuple(map(id, other_films(films, np.random.default_rng(seed)))) for seed in range(20)}
    assert len(orders) > 1, "the order is drawn"
    for seed in range(20):
        others = other_films(films, np.random.default_rng(seed))
        assert others[4] is None, "nothing else is a search for a mass"
        for one, other in zip(films, others, strict=True):
            assert other is None or (other is not one and other.asked_for == one.asked_for)
        assert sorted(id(other) for other in others if other) == sorted(id(one) for one in films if one is not films[4])


def test_what_looks_at_no_film_is_as_long_as_recordings_and_repeats_with_the_seed() -> None:
    films = [film(number) for number in range(3)]
    first, again, other = (list(offered_to_each(films, seed)) for seed in (1, 1, 2))
    drawn = [[path.x.tolist() for path in each[0][2][UNIFORM].scanpaths] for each in (first, again, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    for _, _, systems in first:
        assert {len(path) for path in systems[UNIFORM].scanpaths} == {5}
        assert [len(path) for path in systems[CENTRE].scanpaths] == [5]
        assert len(systems[SAMPLES].maps) == 1 and len(systems[SAMPLES].maps[0]) == 2, "one map of all samples"


def by_recording(values: list[list[float]]) -> ScoresByRecording:
    """One figure of one system, of the recordings of each film."""
    films = [str(number) for number, of_film in enumerate(values) for _ in of_film]
    return ScoresByRecording.of(("figure",), films, [{MEAN_READER: np.array([one])} for row in values for one in row])


def test_means_are_over_recordings_and_films_are_drawn_with_all_of_theirs() -> None:
    values = np.random.default_rng(0).normal(size=12).tolist()
    assert by_recording([[0.0, 0.0, 0.0], [1.0]]).figures(MEAN_READER)["figure"].value == 0.25
    once, twice = (
        by_recording([times * [value] for value in values]).figures(MEAN_READER)["figure"] for times in (1, 4)
    )
    assert twice.value == pytest.approx(once.value)
    assert once.interval is not None and twice.interval is not None
    assert [twice.interval.low, twice.interval.high] == pytest.approx([once.interval.low, once.interval.high])


def test_seven_films_have_no_intervals() -> None:
    assert by_recording([[float(film)] * 3 for film in range(7)]).figures(MEAN_READER)["figure"].interval is None
    assert by_recording([[float(film)] for film in range(8)]).figures(MEAN_READER)["figure"].interval is not None


def test_tables_and_json_say_the_same_and_what_was_left_out() -> None:
    left_out = LeftOut(films=["It is a letter.", "It is empty."], recordings=["It holds no fixation."])
    found = compared([film(number) for number in range(9)], 0, left_out)
    described = json.loads(json.dumps(found.to_dict()))
    assert (described["films"], described["recordings"]) == (9, 18)
    assert described["left_out"] == {"films": 2, "recordings": 1}
    scanmatch = described["scanpaths"][MEAN_READER][SCANMATCH]
    assert described["scanpaths"][MEAN_READER]["recordings"] == 18
    tables = own_films_tables(found)
    assert tables.startswith(
        "2 films could not be used and are left out; of the first it is said: It is a letter.\n\n"
        "1 recording could not be used and is left out; of the first it is said: It holds no fixation.\n\n"
        "18 recordings of 9 films, each against what is offered for its own film: means over recordings; "
        "95 % by bootstrap over films, 2,000 draws, where there are 8 films.\n"
    )
    cell = f"{scanmatch['value']:.3f} ({scanmatch['low']:.3f} to {scanmatch['high']:.3f})"
    assert f"| {MEAN_READER} | 18 | 9 | {cell} |" in tables
    less = described["map_differences"][EXPECTED][ANOTHER_READER]["cc"]
    assert f"| {EXPECTED} | {ANOTHER_READER} | {less['value']:+.3f} ({less['low']:+.3f} to" in tables
    assert described["differences"].keys() == {MEAN_READER, SAMPLES}
    heads = [line.count("|") for line in tables.splitlines() if line.startswith("|---")]
    assert len(heads) == 4
    assert {line.count("|") for line in tables.splitlines() if line.startswith(f"| {MEAN_READER}")} <= set(heads)


SCALED = "The gaze was recorded on an image of {} pixels, larger than this film: places are scaled to the film."
OFF_FILM = "{} left out: off the film."


def test_what_is_said_of_recordings_is_said_once_for_each_kind() -> None:
    films = [
        film(0, readings=1),
        film(1, readings=2, notes=(OFF_FILM.format("1 fixation was"), SCALED.format("3,000×2000"))),
        film(2, readings=1, notes=(OFF_FILM.format("2 fixations were"),)),
        film(3, readings=1, notes=("All places lie in a corner.",)),
    ]
    found = evaluated(films)
    assert found.notes == [
        "There is a note on 3 recordings; of the first it is said: 1 fixation was left out: off the film.",
        f"There is a note on 2 recordings; of the first it is said: {SCALED.format('3,000×2000')}",
        "There is a note on 1 recording; of the first it is said: All places lie in a corner.",
    ]
    assert found.to_dict()["notes"] == found.notes
    assert own_films_tables(found).startswith("\n\n".join(found.notes))
