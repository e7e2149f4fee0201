"""Clinical figures against a plain count over sets, and on the reports that show what they are for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaze2report_core.evaluation import bootstrap_interval, randomisation_test
from gaze2report_core.evaluation.baselines import CONSTANT_REPORT
from gaze2report_core.evaluation.clinical import (
    Findings,
    clinical,
    clinical_scores,
    label_figure,
    support,
)
from gaze2report_core.evaluation.registry import load_metric
from gaze2report_core.findings import ABNORMALITIES, FINDINGS, Finding

REFERENCES = [
    "The heart is enlarged. Small left pleural effusion.",
    "Right basilar atelectasis. No effusion.",
    "The lungs are clear. Heart size is normal.",
]
studies_of_findings = st.lists(
    st.tuples(st.frozensets(st.sampled_from(FINDINGS)), st.frozensets(st.sampled_from(FINDINGS))),
    min_size=1,
    max_size=6,
)


def plain_f1(asked: set[tuple[int, Finding]], said: set[tuple[int, Finding]]) -> float:
    return 2 * len(asked & said) / (len(asked) + len(said)) if asked or said else 0


@given(studies_of_findings)
@settings(max_examples=20)
def test_figures_are_those_of_a_plain_count_over_sets(studies: list[tuple[Findings, Findings]]) -> None:
    scores = clinical_scores([there for there, _ in studies], [stated for _, stated in studies])
    for ending, labels in (("", ABNORMALITIES), ("_14", FINDINGS)):
        asked, said = (
            {(number, label) for number, study in enumerate(studies) for label in study[side] if label in labels}
            for side in (0, 1)
        )
        by_label = [
            plain_f1({pair for pair in asked if pair[1] is label}, {pair for pair in said if pair[1] is label})
            for label in labels
        ]
        assert scores[f"micro_f1{ending}"].value == pytest.approx(plain_f1(asked, said))
        assert scores[f"macro_f1{ending}"].value == pytest.approx(np.mean(by_label))
        assert scores[f"micro_precision{ending}"].value == pytest.approx(len(asked & said) / max(1, len(said)))
        assert scores[f"micro_recall{ending}"].value == pytest.approx(len(asked & said) / max(1, len(asked)))
        decisions = len(studies) * len(labels)
        assert scores[f"micro_accuracy{ending}"].value == pytest.approx(1 - len(asked ^ said) / decisions)


def test_each_label_has_figures_of_its_own() -> None:
    asked = [{Finding.EDEMA}, {Finding.EDEMA}, {Finding.FRACTURE}]
    said = [{Finding.EDEMA}, set[Finding](), {Finding.EDEMA}]
    scores = clinical_scores(asked, said)
    assert scores[label_figure(Finding.EDEMA, "precision")].value == pytest.approx(1 / 2)
    assert scores[label_figure(Finding.EDEMA, "recall")].value == pytest.approx(1 / 2)
    assert scores["recall_fracture"].value == 0
    assert support(asked)[Finding.EDEMA] == 2


def test_the_constant_report_states_no_finding_and_the_reference_states_its_own() -> None:
    silent = clinical(REFERENCES, [CONSTANT_REPORT] * 3)
    assert silent["micro_f1"].value == silent["macro_f1"].value == 0
    assert silent["micro_accuracy"].value == pytest.approx(1 - 3 / 39)
    same = clinical(REFERENCES, REFERENCES)
    assert same["micro_f1_14"].value == 1
    assert same["normal_share"].value == pytest.approx(1 / 3)


def test_doubt_and_denial_count_as_silence() -> None:
    scores = clinical(["Left pleural effusion."] * 2, ["There may be an effusion.", "No effusion."])
    assert scores["recall_pleural_effusion"].value == 0


def test_intervals_and_paired_tests_work_on_the_figure_itself() -> None:
    references = REFERENCES * 20
    same, silent = (
        load_metric("clinical")(references, candidates)["micro_f1"] for candidates in (references, [""] * 60)
    )
    assert bootstrap_interval(same).low == 1
    test = randomisation_test(same, silent)
    assert test.difference == 1
    assert test.p_value < 0.01
