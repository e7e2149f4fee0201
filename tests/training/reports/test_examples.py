"""Studies as examples of reports."""

from gaze2report_core.studies import Study
from gaze2report_core.training.reports.examples import examples_of
from tests.training.small_data import HELD_OUT, TRAINING


def test_examples_have_their_films_and_text_and_the_held_out_ones_stand_apart(studies: list[Study]) -> None:
    training, held_out, film_names = examples_of(studies)
    assert (len(training), len(held_out)) == (len(TRAINING), len(HELD_OUT))
    assert len(film_names) == len(set(film_names)) == 35 + 8
    for example in (*training, *held_out):
        assert example.text.count(".") == 2  # the sentence with the mark of de-identification is gone
        assert example.frontal is not None
        assert film_names[example.frontal].endswith("_front.jpg")
        if example.lateral is not None:
            front, side = film_names[example.frontal], film_names[example.lateral]
            assert side == front.replace("_front", "_side")
