import pytest

from gaze2report_core.evaluation.baselines import (
    CONSTANT_REPORT,
    available_baselines,
    constant,
    random_training,
    shuffled_films,
)


@pytest.mark.parametrize("studies", [2, 3, 50])
@pytest.mark.parametrize("seed", range(5))
def test_shuffled_films_give_nobody_their_own_report_and_lose_none(studies: int, seed: int) -> None:
    candidates = {f"study {number}": f"report {number}" for number in range(studies)}
    shuffled = shuffled_films(candidates, seed)
    assert list(shuffled) == list(candidates)
    assert sorted(shuffled.values()) == sorted(candidates.values())
    assert all(shuffled[uid] != candidates[uid] for uid in candidates)


def test_shuffling_depends_on_the_seed_alone() -> None:
    candidates = {str(number): f"report {number}" for number in range(50)}
    assert shuffled_films(candidates, 3) == shuffled_films(candidates, 3)
    assert shuffled_films(candidates, 3) != shuffled_films(candidates, 4)


def test_one_study_cannot_be_shuffled() -> None:
    with pytest.raises(ValueError, match="Films can be shuffled among two studies or more"):
        shuffled_films({"a": "Clear."})


def test_a_random_training_report_is_never_the_studys_own() -> None:
    training = {str(number): f"report {number}" for number in range(4)}
    for seed in range(20):
        drawn = random_training(list(training), training, seed)
        assert all(report in training.values() and report != training[uid] for uid, report in drawn.items())
    assert random_training(["9"], training, 1) == random_training(["9"], training, 1)
    assert len({random_training(["9"], training, seed)["9"] for seed in range(50)}) == 4


@pytest.mark.parametrize("training", [{}, {"a": "Clear."}])
def test_a_random_report_needs_another_study(training: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="There is no training report of another study to draw"):
        random_training(["a"], training)


def test_the_constant_report_is_one_text_for_all() -> None:
    assert constant(["a", "b"]) == {"a": CONSTANT_REPORT, "b": CONSTANT_REPORT}


def test_baselines_that_cannot_be_had_are_left_out() -> None:
    assert list(available_baselines({"a": "Clear."}, {"a": "Clear lungs."})) == ["Constant report"]
    all_of_them = ["Shuffled films", "Random training report", "Constant report"]
    assert list(available_baselines({"a": "Clear.", "b": ""}, {"c": "Clear lungs."})) == all_of_them
    assert list(available_baselines({"a": "Clear.", "b": ""}, {"a": "Clear lungs."})) == [
        *("Shuffled films", "Constant report")
    ], "a has no other report to draw"


def test_a_random_report_is_drawn_where_all_training_studies_are_measured_themselves() -> None:
    """Without a split, and for that of training."""
    training = {"a": "Clear lungs.", "b": "A large heart."}
    drawn = available_baselines({"a": "", "b": "", "c": ""}, training)["Random training report"]
    assert (drawn["a"], drawn["b"]) == ("A large heart.", "Clear lungs.")
    assert drawn["c"] in training.values()
