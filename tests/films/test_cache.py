"""What is computed of a film: once while it is asked for, and gone when nobody has asked for it in a while."""

import pytest

from gaze2report_core.films.cache import MOST_FILMS, SECONDS_KEPT, FilmCache
from gaze2report_core.imaging import Radiograph
from tests.clock import Clock
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, drawn_chest, png


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def computed() -> list[str]:
    """The hash of each film that was computed, in order."""
    return []


@pytest.fixture
def cache(clock: Clock, computed: list[str]) -> FilmCache[None]:
    """A cache of a function that gives nothing and says so."""
    return FilmCache(lambda film: computed.append(film.content_hash), clock=clock)


@pytest.fixture(scope="module")
def heart() -> Radiograph:
    return Radiograph.from_bytes(png(drawn_chest(LARGE_HEART)))


@pytest.fixture(scope="module")
def lungs() -> Radiograph:
    return Radiograph.from_bytes(png(drawn_chest(CLEAR_LUNGS)))


def test_a_film_is_computed_once_also_where_nothing_comes_of_it(
    cache: FilmCache[None], computed: list[str], heart: Radiograph, lungs: Radiograph
) -> None:
    for film in (heart, lungs, heart, lungs):
        cache(film)
    assert computed == [heart.content_hash, lungs.content_hash]


def test_a_film_goes_when_nobody_has_asked_for_it_in_a_while(
    cache: FilmCache[None], clock: Clock, computed: list[str], heart: Radiograph, lungs: Radiograph
) -> None:
    cache(heart)
    cache(lungs)
    clock.now = SECONDS_KEPT - 1
    cache(heart)
    cache.forget_unused()
    assert len(cache._kept) == 2, "the time of neither is over"
    clock.now = SECONDS_KEPT
    cache.forget_unused()
    assert [content_hash for content_hash, *_ in cache._kept] == [heart.content_hash]
    clock.now = 2 * SECONDS_KEPT
    cache.forget_unused()
    assert not cache._kept
    cache(heart)
    assert computed == [heart.content_hash, lungs.content_hash, heart.content_hash]


def test_of_many_films_the_one_least_recently_asked_for_goes(
    cache: FilmCache[None], computed: list[str], heart: Radiograph, lungs: Radiograph
) -> None:
    cache(heart)
    cache(lungs)
    for number in range(MOST_FILMS - 1):
        cache(heart)
        cache(Radiograph.from_bytes(png(drawn_chest(LARGE_HEART)[: 200 - number])))
    assert len(cache._kept) == MOST_FILMS
    computed.clear()
    cache(heart)
    assert computed == []
    cache(lungs)
    assert computed == [lungs.content_hash]
