"""The scanpath predictor: film and query count, gaze turns with the film, and a batch changes nothing."""

import pytest
import torch

from gaze2report_core.model.fixation_distributions import FixationDistributions
from gaze2report_core.model.query import GENERAL_READING, QueryTokens, query_tokens
from gaze2report_core.model.scanpath_predictor import ScanpathPredictor
from gaze2report_core.model.typical_reading import typical_reading
from tests.model.readings import scanpath_of
from tests.small_model import SMALL, small_tokenizer

TOKENIZER = small_tokenizer()
LONGEST = SMALL.scanpath.longest_query


@pytest.fixture(scope="module")
def predictor() -> ScanpathPredictor:
    torch.manual_seed(0)
    predictor = ScanpathPredictor(SMALL.scanpath, SMALL.encoder.width, SMALL.language_model.vocabulary_size)
    predictor.side_sense.directions.normal_()
    return predictor.eval().requires_grad_(False)


def predicted(predictor: ScanpathPredictor, queries: list[str | None], seed: int = 0) -> FixationDistributions:
    film = torch.randn((2, 1, 196, SMALL.encoder.width), generator=torch.Generator().manual_seed(seed))
    patches, mirrored = film.expand(-1, len(queries), -1, -1)
    return predictor(patches, mirrored, query_tokens(queries, TOKENIZER, LONGEST))


def test_film_and_query_both_count(predictor: ScanpathPredictor) -> None:
    reading = predicted(predictor, [None]).place
    assert reading.shape == (1, 2 * SMALL.scanpath.foci, SMALL.scanpath.most_fixations, 2)
    assert not torch.allclose(reading, predicted(predictor, ["pleural effusion"]).place, atol=1e-3)
    assert not torch.allclose(reading, predicted(predictor, [None], seed=1).place, atol=1e-3)


def test_a_query_is_answered_the_same_beside_a_longer_one(predictor: ScanpathPredictor) -> None:
    alone = predicted(predictor, ["effusion"])
    beside = predicted(predictor, ["effusion", "a small left pleural effusion"])
    torch.testing.assert_close(beside.place[:1], alone.place)
    torch.testing.assert_close(beside.log_duration[:1], alone.log_duration)
    torch.testing.assert_close(beside.valid[:1], alone.valid)


@pytest.mark.parametrize("query", [None, "", "  \n "])
def test_who_asks_for_nothing_gets_a_general_reading(query: str | None) -> None:
    asked_for = query_tokens([query], TOKENIZER, 99)
    assert TOKENIZER.decode(asked_for.ids[0].tolist()) == GENERAL_READING
    assert asked_for.mask.all() and asked_for.general.all()


def test_a_query_is_lower_case_without_double_spaces_and_cut() -> None:
    asked_for = query_tokens(["Pleural\n  EFFUSION"], TOKENIZER, 99)
    assert TOKENIZER.decode(asked_for.ids[0].tolist()) == "pleural effusion"
    assert not asked_for.general.any()
    assert query_tokens(["effusion " * 5000], TOKENIZER, LONGEST).ids.shape == (1, LONGEST)


def test_the_typical_reader_is_the_same_every_time(predictor: ScanpathPredictor) -> None:
    answer = predicted(predictor, [None])
    typical = scanpath_of(typical_reading(answer), 0).to_fixations()
    assert typical == scanpath_of(typical_reading(answer), 0).to_fixations()


def test_gaze_turns_with_the_film(predictor: ScanpathPredictor) -> None:
    patches, mirrored = torch.randn(2, 5, 196, SMALL.encoder.width)
    query = query_tokens(["pleural effusion"] * 5, TOKENIZER, LONGEST)
    plain, turned = predictor(patches, mirrored, query), predictor(mirrored, patches, query)
    torch.testing.assert_close(plain.start.softmax(-1), turned.start.softmax(-1).roll(SMALL.scanpath.foci, 1))
    on_left = [typical_reading(answer) for answer in (plain, turned)]
    shares = [
        (one.durations * one.valid * (one.places[..., 0] < 0.5)).sum(1) / (one.durations * one.valid).sum(1)
        for one in on_left
    ]
    assert ((shares[0] > 0.5) != (shares[1] > 0.5)).all()


def test_only_a_reading_of_the_whole_film_keeps_to_an_order_of_sides_in_the_mirror(
    predictor: ScanpathPredictor,
) -> None:
    patches, mirrored = torch.randn((2, 1, 196, SMALL.encoder.width), generator=torch.Generator().manual_seed(0))

    def course_in_the_mirror(query: str | None) -> torch.Tensor:
        """Of the mirror image, each focus in the place of its twin."""
        course = predictor(mirrored, patches, query_tokens([query], TOKENIZER, LONGEST)).course
        return course.roll(SMALL.scanpath.foci, 1)

    asked_for = predicted(predictor, ["pleural effusion"]).course
    torch.testing.assert_close(asked_for, course_in_the_mirror("pleural effusion"))
    general = predicted(predictor, [None]).course
    assert not torch.allclose(general, course_in_the_mirror(None), atol=1e-3)


def test_a_film_is_read_the_same_alone_and_in_a_batch(predictor: ScanpathPredictor) -> None:
    patches, mirrored = torch.randn(2, 3, 196, SMALL.encoder.width)
    query = query_tokens([None] * 3, TOKENIZER, LONGEST)
    together = typical_reading(predictor(patches, mirrored, query))
    for film in range(3):
        its_query = QueryTokens(*(part[[film]] for part in query))
        alone = typical_reading(predictor(patches[[film]], mirrored[[film]], its_query))
        torch.testing.assert_close(together.places[film], alone.places[0])
        torch.testing.assert_close(together.durations[film], alone.durations[0])
        assert torch.equal(together.valid[film], alone.valid[0])


def test_a_sampled_reader_is_the_same_for_the_same_seed_and_another_for_another(predictor: ScanpathPredictor) -> None:
    answer = predicted(predictor, [None])

    def reading(seed: int) -> list[dict[str, float]]:
        sampled = answer.sampled_reading(torch.Generator().manual_seed(seed))
        return scanpath_of(sampled, 0).to_fixations()

    assert reading(1) == reading(1)
    assert len({str(reading(seed)) for seed in range(20)}) == 20


def test_a_reader_of_sides_has_the_last_word_on_the_side(predictor: ScanpathPredictor) -> None:
    film = torch.randn((2, 1, 196, SMALL.encoder.width), generator=torch.Generator().manual_seed(0))
    query = query_tokens(["pleural effusion"], TOKENIZER, LONGEST)

    def on_the_left(side: float) -> float:
        return float(predictor(*film, query, torch.tensor([side])).expected_share_on_films_left())

    assert abs(on_the_left(4.0) - on_the_left(-4.0)) > 0.02
    own = predictor.side_sense(*film)[:, 0]
    torch.testing.assert_close(
        predictor(*film, query, own).expected_patch_durations(), predictor(*film, query).expected_patch_durations()
    )
