"""How figures stand in the cells of tables."""

from gaze2report_core.evaluation.markdown import NOT_MEASURED, SIGNED, as_markdown, figure_cell, interval_cell
from gaze2report_core.evaluation.significance import Figure, Interval, PairedTest

FIGURE = Figure(0.5124, Interval(0.4981, 0.53))
DIFFERENCE = PairedTest(0.005, Interval(-0.01, 0.02), 0.3, 0.015)


def test_a_figure_stands_before_its_interval_with_as_many_digits() -> None:
    assert figure_cell(FIGURE) == "0.512 (0.498 to 0.530)"
    assert figure_cell(FIGURE, ".0%") == "51% (50% to 53%)"
    assert interval_cell(FIGURE.interval, ".4f") == "0.4981 to 0.5300"


def test_a_difference_and_both_ends_of_its_interval_have_their_signs() -> None:
    assert figure_cell(DIFFERENCE.figure, SIGNED) == "+0.005 (-0.010 to +0.020)"


def test_a_dash_stands_where_nothing_was_measured() -> None:
    assert figure_cell(None) == interval_cell(None) == NOT_MEASURED


def test_a_bar_in_a_name_opens_no_cell() -> None:
    assert as_markdown(["system", "F1"], [["a|b", "1"]]) == "| system | F1 |\n|---|---:|\n| a/b | 1 |\n"
