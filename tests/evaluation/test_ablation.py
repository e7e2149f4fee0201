"""Variants side by side: spread over seeds, and tests in which a study's reports of all seeds go together."""

import numpy as np
import pytest

from gaze2report_core.evaluation import Evaluation, evaluate_with_baselines
from gaze2report_core.evaluation.ablation import Trial, ablation_document, compared_with_others, over_seeds
from tests.evaluation.studies import REPORTS, write_lines, write_studies

pytestmark = pytest.mark.thorough

VAL = [uid for uid, (split, _) in REPORTS.items() if split == "val"]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evaluation]:
    """A variant that copies the references, but for one study in its second seed; one that says the same of all."""
    folder = tmp_path_factory.mktemp("ablation")
    copied = {uid: REPORTS[uid][1] for uid in VAL}
    texts = {
        "Gaze2Report, seed 0": copied,
        "Gaze2Report, seed 1": copied | {VAL[0]: "The lungs are clear."},
        "Base-1, seed 0": dict.fromkeys(VAL, "The lungs are clear."),
    }
    paths = {
        name: write_lines(folder / f"{number}.jsonl", [{"uid": uid, "report": text} for uid, text in of_system.items()])
        for number, (name, of_system) in enumerate(texts.items())
    }
    first, *others = paths
    studies = write_studies(folder / "studies.csv")
    beside = {name: paths[name] for name in others}
    return evaluate_with_baselines(paths[first], studies, "val", name=first, beside=beside)


@pytest.fixture
def trials(measured: dict[str, Evaluation]) -> dict[str, list[Trial]]:
    return {
        "Base-1": [Trial(measured["Base-1, seed 0"], 1.5)],
        "Gaze2Report": [Trial(measured[f"Gaze2Report, seed {seed}"], 1.25 + seed / 10) for seed in (0, 1)],
    }


def test_figures_are_means_with_their_spread_over_seeds(
    measured: dict[str, Evaluation], trials: dict[str, list[Trial]]
) -> None:
    controls = {name: found for name, found in measured.items() if "seed" not in name}
    document = ablation_document(trials, controls, "Gaze2Report")
    rows = {line.split(" | ")[0][2:]: line.strip("| ").split(" | ") for line in document.splitlines() if "|" in line}
    titles = rows["system"]
    gaze = dict(zip(titles, rows["Gaze2Report"], strict=True))
    rouge = [trial.evaluation.scores["rouge_l"].value for trial in trials["Gaze2Report"]]
    assert gaze["ROUGE-L"] == f"{np.mean(rouge):.4f} ± {np.std(rouge, ddof=1):.4f}"
    assert (gaze["seeds"], gaze["held-out loss"], gaze["distinct reports"]) == ("2", "1.3000 ± 0.0707", "3 ± 0")
    base = dict(zip(titles, rows["Base-1"], strict=True))
    assert (base["seeds"], base["micro F1"], base["distinct reports"]) == ("1", "0.0000", "1")
    assert dict(zip(titles, rows["Constant report"], strict=True))["seeds"] == "–"
    cited = dict(zip(titles, rows["Gaze2Report, the paper's (cited, its test split)"], strict=True))
    assert (cited["micro F1"], cited["BLEU-4"]) == ("–", "0.1780")
    about_tests, tests = document.split("Gaze2Report minus Base-1, paired randomisation tests\n\n")
    assert about_tests.endswith("is in no p-value and no interval.\n\n"), (
        "what the spread over seeds has to do with them"
    )
    assert tests.startswith("| figure | difference | 95 % interval | p |")


def test_the_seeds_of_a_variant_count_as_one_system(trials: dict[str, list[Trial]]) -> None:
    pooled = over_seeds(trials["Gaze2Report"])
    rouge = [trial.evaluation.scores["rouge_l"].value for trial in trials["Gaze2Report"]]
    assert pooled["rouge_l"].value == pytest.approx(np.mean(rouge))
    assert len(pooled["rouge_l"].counts) == len(VAL)
    bleu = [trial.evaluation.scores["bleu_4"].value for trial in trials["Gaze2Report"]]
    assert min(bleu) < pooled["bleu_4"].value < max(bleu), "of all reports together, which is no mean of two figures"
    assert pooled["bleu_4"].value != pytest.approx(np.mean(bleu), abs=1e-4)
    once, twice = over_seeds(trials["Base-1"]), over_seeds(trials["Base-1"] * 2)
    for name in ("micro_f1", "macro_f1", "bleu_4", "meteor", "keyword_recall"):
        assert once[name].value == pytest.approx(twice[name].value)


def test_the_variant_in_question_is_tested_against_each_other_one(trials: dict[str, list[Trial]]) -> None:
    tests = compared_with_others(trials, "Gaze2Report")
    assert list(tests) == ["Base-1"]
    assert tests["Base-1"]["bleu_1"].difference > 0
    assert 0.2 < tests["Base-1"]["micro_f1"].p_value <= 1  # three studies prove nothing
    assert compared_with_others({"Base-1": trials["Base-1"]}, "Gaze2Report") == {}
    assert "p-value" not in ablation_document({"Base-1": trials["Base-1"]}, {}, "Gaze2Report")
