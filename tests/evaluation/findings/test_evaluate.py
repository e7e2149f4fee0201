"""Figures of the classifier of findings, from lines of `findings` and from the out-of-fold file of `train findings`."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gaze2report_core.evaluation.findings.comparison import compare_findings
from gaze2report_core.evaluation.findings.evaluate import evaluate_findings
from gaze2report_core.evaluation.findings.figures import (
    FEWEST_POSITIVES,
    OVERALL,
    frequent_findings,
    of_each_and_overall,
)
from gaze2report_core.evaluation.findings.files import read_findings
from gaze2report_core.evaluation.findings.reliability import reliability_of
from gaze2report_core.evaluation.findings.reliability_plot import draw_reliability
from gaze2report_core.evaluation.findings.tables import findings_tables
from gaze2report_core.findings import FINDINGS, Finding
from gaze2report_core.studies import StudiesRefused
from tests.evaluation.finding_files import SICK, STUDIES, write_lines, write_out_of_fold, write_studies

pytestmark = pytest.mark.thorough

HEART = Finding.CARDIOMEGALY


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    return write_studies(tmp_path / "studies.csv")


def test_a_classifier_that_is_right_is_right_by_every_figure(studies: Path, tmp_path: Path) -> None:
    read = read_findings(write_lines(tmp_path / "found.jsonl", sure=1), studies, None)
    found = evaluate_findings(read)
    assert found.studies == STUDIES
    assert found.attention is None
    for figures in found.labels.values():
        assert figures.positives[HEART] == len(SICK)
        heart = figures.area_under_curve[HEART]
        assert heart is not None
        assert (heart.value, heart.interval.low, heart.interval.high) == (1, 1, 1)
        assert figures.area_under_curve[Finding.EDEMA] is None  # no study has it
        assert (
            figures.f1[HEART].value == figures.overall["macro_area"].value == figures.overall["normal_area"].value == 1
        )
        assert figures.overall["frequent_macro_f1"].value == 1
        assert figures.overall["macro_f1"].value == pytest.approx(1 / 13)  # the other twelve are nowhere
        assert figures.overall["brier"].value == pytest.approx((0.2**2 + 12 * 0.05**2) / 13)
        assert figures.brier_of_frequency == pytest.approx(0.25 * 0.75 / 13)


def test_a_study_without_a_text_is_neither_normal_nor_sick_by_text(studies: Path, tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "found.jsonl", sure=1, has_incidental=True)
    of_all = evaluate_findings(read_findings(lines, studies, None))
    rows = studies.read_text(encoding="utf-8").splitlines()
    for number in SICK[2:]:
        rows[number + 1] = rows[number + 1].replace("The heart is enlarged.", "")  # below the header
    studies.write_text("\n".join(rows), encoding="utf-8")
    read = read_findings(lines, studies, None)
    found = evaluate_findings(read)
    by_hand, by_text = found.labels["by hand"], found.labels["by text"]
    for figures in (by_text.area_under_curve, by_text.f1):
        assert figures[HEART] is not None and figures[HEART].interval is None, "two studies tell little of it"
    assert "| 2 | 1.000 | 1.000 |" in findings_tables(found)
    assert "Cardiomegaly" not in by_text.to_dict()["intervals"]["area_under_curve"]
    assert (found.studies, by_hand.studies, by_text.studies) == (STUDIES, STUDIES, STUDIES - 8)
    assert by_hand == of_all.labels["by hand"]
    assert (by_text.positives[HEART], by_text.positives[Finding.NO_FINDING]) == (2, STUDIES - len(SICK))
    assert by_text.overall["micro_f1"].value == 1, "what is found where nobody wrote anything is no error"
    assert compare_findings(read, read).labels["by text"].overall["micro_f1"].value == 0
    assert [about.shown["by text"] for about in found.reliability] == [0, 0, 1, 0, 1]
    assert f"| over {STUDIES} studies | by hand | by text, {STUDIES - 8} with a text |" in findings_tables(found)


def test_without_any_text_there_are_labels_by_hand_alone(studies: Path, tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "found.jsonl", sure=1, has_incidental=True)
    rows = studies.read_text(encoding="utf-8")
    for text in ("The heart is enlarged.", "The heart is normal. The lungs are clear."):
        rows = rows.replace(text, "")
    studies.write_text(rows, encoding="utf-8")
    found = evaluate_findings(read_findings(lines, studies, None))
    assert list(found.labels) == list(found.incidental) == ["by hand"]
    assert "by text" not in findings_tables(found)


def test_intervals_hold_the_figure_and_widen_with_doubt(studies: Path, tmp_path: Path) -> None:
    read = read_findings(write_lines(tmp_path / "found.jsonl", sure=0.5), studies, None)
    heart = evaluate_findings(read).labels["by hand"].area_under_curve[HEART]
    assert heart is not None
    assert heart.interval.low < heart.value < heart.interval.high
    assert heart.interval.high - heart.interval.low > 0.1


def test_out_of_fold_says_what_was_found_with_gaze_and_without(studies: Path, tmp_path: Path) -> None:
    path = write_out_of_fold(tmp_path / "out_of_fold.json", sure=1, attention=(0.2, 0.6))
    with_gaze, without = (read_findings(path, studies, "train", gaze=gaze) for gaze in (True, False))
    assert with_gaze.uids == without.uids
    assert len(with_gaze.uids) == STUDIES * 4 // 5
    found = evaluate_findings(with_gaze)
    assert found.labels["by text"].overall["macro_area"].value == 1
    assert found.attention is not None
    assert found.attention.pairs[HEART] == 1  # the other of the two is of split extra
    compared = compare_findings(with_gaze, without)
    assert compared.attention is not None
    assert compared.attention.value == 0  # towers do not see the gaze, which enters when they have spoken
    by_hand = compared.labels["by hand"]
    better = by_hand.overall["macro_area"]
    assert better.value > 0.1
    assert better.interval.low > 0
    assert by_hand.overall["brier"].value < 0


def test_runs_are_compared_finding_by_finding(studies: Path, tmp_path: Path) -> None:
    path = write_out_of_fold(tmp_path / "out_of_fold.json", sure=1)
    with_gaze, without = (read_findings(path, studies, None, gaze=gaze) for gaze in (True, False))
    by_hand = compare_findings(with_gaze, without).labels["by hand"]
    area, f1 = by_hand.area_under_curve[HEART], by_hand.f1[HEART]
    first, second = (evaluate_findings(read).labels["by hand"] for read in (with_gaze, without))
    assert area is not None and f1 is not None
    assert area.value == pytest.approx(first.area_under_curve[HEART].value - second.area_under_curve[HEART].value)  # type: ignore[union-attr]
    assert f1.value == pytest.approx(first.f1[HEART].value - second.f1[HEART].value)
    assert 0 < area.interval.low < area.value < area.interval.high
    assert by_hand.area_under_curve[Finding.EDEMA] is None  # no study has it
    turned = compare_findings(without, with_gaze).labels["by hand"].area_under_curve[HEART]
    assert turned is not None
    assert (turned.value, turned.interval.low) == (-area.value, -area.interval.high)


def test_attention_is_the_mean_over_films_with_recorded_gaze(studies: Path, tmp_path: Path) -> None:
    first, second = (
        read_findings(write_out_of_fold(tmp_path / f"{name}.json", sure=1, attention=correlations), studies, None)
        for name, correlations in (("first", (0.2, 0.6, 0.7)), ("second", (0.1, 0.3)))
    )
    attention = evaluate_findings(first).attention
    assert attention is not None
    assert attention.pairs == {HEART: 3}
    assert attention.overall.value == attention.of_finding[HEART].value == pytest.approx(0.5)
    difference = compare_findings(first, second).attention
    assert difference is not None
    assert difference.value == pytest.approx(0.2)


def test_the_tables_show_a_dash_where_nothing_can_be_measured(studies: Path, tmp_path: Path) -> None:
    path = write_out_of_fold(tmp_path / "out_of_fold.json", sure=1, attention=(0.2, 0.6))
    read = read_findings(path, studies, None)
    evaluation = evaluate_findings(read)
    tables = findings_tables(evaluation, compare_findings(read, read_findings(path, studies, None, gaze=False)))
    assert tables.startswith("Intervals are of 95 %, by percentile bootstrap over studies, 500 draws.\n\n| finding |")
    assert "| Cardiomegaly | 10 | 1.000 (1.000 to 1.000) | 1.000 (1.000 to 1.000) | 10 |" in tables
    assert "| Edema | 0 | – | 0.000 | 0 | – |" in tables
    assert "| all | 2 | 0.400 (0.200 to 0.600) |" in tables
    assert "| Brier score, by text | -" in tables
    assert "| this run less the other | AUC by hand | F1 by hand | AUC by text | F1 by text |" in tables
    assert "| Edema | – | +0.000 | – |" in tables
    assert json.loads(json.dumps(evaluation.to_dict()))["by hand"]["intervals"]["macro_area"]["low"] == 1


def test_what_was_given_about_the_same_probability_is_counted_together(studies: Path, tmp_path: Path) -> None:
    read = read_findings(write_lines(tmp_path / "found.jsonl", sure=1), studies, None)
    reliability = reliability_of(read)
    counted = {(about.group, round(about.probability, 3)): about for about in reliability}
    assert len(counted) == len(reliability)
    assert list(counted) == [
        *(("13 findings", likely) for likely in (0.05, 0.2, 0.8)),
        *(("No Finding", likely) for likely in (0.2, 0.8)),
    ]
    rest, healthy, sick = (counted["13 findings", likely] for likely in (0.05, 0.2, 0.8))
    assert (rest.count, healthy.count, sick.count) == (12 * STUDIES, STUDIES - len(SICK), len(SICK))
    assert rest.shown == healthy.shown == {"by hand": 0, "by text": 0}
    assert sick.shown == {"by hand": 1, "by text": 1}
    assert all(about.interval is None for about in counted.values()), "the file has none"
    assert "| 13 findings | 10 | 0.800 | – | 1.000 | 1.000 |" in findings_tables(evaluate_findings(read))


def test_what_was_given_as_certain_is_counted_too(studies: Path, tmp_path: Path) -> None:
    read = read_findings(write_lines(tmp_path / "found.jsonl", sure=1), studies, None)
    certain = reliability_of(replace(read, probabilities=np.ones_like(read.probabilities)))
    assert [(about.count, about.probability) for about in certain] == [(13 * STUDIES, 1), (STUDIES, 1)]


@pytest.mark.parametrize("has_intervals", [False, True])
def test_reliability_is_drawn_with_the_intervals_that_there_are(
    studies: Path, tmp_path: Path, has_intervals: bool
) -> None:
    found = write_lines(tmp_path / "found.jsonl", sure=0.5, has_intervals=has_intervals)
    reliability = reliability_of(read_findings(found, studies, None))
    for about in reliability:
        assert (about.interval is not None) is has_intervals
        if about.interval is not None:
            assert about.interval.low == pytest.approx(0.9 * about.probability)
            assert about.interval.high == pytest.approx(0.9 * about.probability + 0.1)
    draw_reliability(reliability, tmp_path / "reliability.png")
    with Image.open(tmp_path / "reliability.png") as image:
        assert image.format == "PNG"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"1": {"with_gaze": [], "without_gaze": []}}', "names findings without their probabilities"),
        ("[1, 2]", "holds neither lines of `findings` nor"),
        ('{"uid": "1"}\n', "holds neither lines of `findings` nor"),
        ("", "No study of the studies file has findings"),
        (2 * '{"uid": "1", "findings": {}, "present": []}\n', "has two lines of one study: remove one of them."),
        ('{"uid": "1", "error": "The film is damaged."}\n', "No study of the studies file has findings"),
    ],
)
def test_other_files_are_refused(studies: Path, tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "other"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudiesRefused, match=complaint):
        read_findings(path, studies, None)


def test_a_file_that_is_not_there_is_not_called_another(studies: Path, tmp_path: Path) -> None:
    with pytest.raises(StudiesRefused, match="cannot be read: is its name right"):
        read_findings(tmp_path / "nowhere.jsonl", studies, None)


def test_runs_over_other_studies_are_not_compared(studies: Path, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "found.jsonl", sure=1)
    with pytest.raises(StudiesRefused, match="not over the same studies"):
        compare_findings(read_findings(path, studies, None), read_findings(path, studies, "train"))


def test_means_that_say_so_are_over_findings_with_eight_studies_and_never_over_no_finding() -> None:
    heart, edema, effusion = map(FINDINGS.index, (Finding.CARDIOMEGALY, Finding.EDEMA, Finding.PLEURAL_EFFUSION))
    truth = np.zeros((40, 14), dtype=bool)
    truth[:30, FINDINGS.index(Finding.NO_FINDING)] = True
    truth[30:38, heart] = truth[31:40, effusion] = truth[33:40, edema] = True  # 8, 9 and 7 studies
    assert FEWEST_POSITIVES == 8
    assert frequent_findings(truth).tolist() == [heart, effusion]
    likely = np.full(truth.shape, 0.1)
    likely[:, heart] += 0.5 * truth[:, heart]  # right of each study; all else is a guess
    figures = of_each_and_overall(likely, likely > 0.5, truth, frequent_findings(truth))
    overall = dict(zip(OVERALL, figures[-len(OVERALL) :], strict=True))
    assert overall["macro_area"] == pytest.approx((1 + 0.5) / 2)
    assert overall["frequent_macro_f1"] == pytest.approx((1 + 0) / 2)
    assert overall["normal_area"] == pytest.approx(0.5)
