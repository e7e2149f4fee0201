"""Metrics with weights of their own: what is made of a package's answers, and what is said where it has none.

The packages are stood in for, since neither they nor their weights are at hand where these tests run. Their stand-ins
keep to what each documents of its call and its answer.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from gaze2report_core.evaluation.registry import load_metric
from gaze2report_core.evaluation.weighted_metrics import BERTSCORE_MODEL, MetricUnavailable

REFERENCES = ["The heart is enlarged. There is a small left pleural effusion.", "The lungs are clear XXXX."]
CANDIDATES = ["The heart is enlarged.", "The lungs are clear."]

Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a module with these members in the place of a package."""

    def install(name: str, **members: Any) -> None:
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)

    return install


def test_bertscore_is_the_mean_of_f1_rescaled_on_cleaned_texts(install: Install) -> None:
    asked: dict[str, Any] = {}

    def score(candidates: list[str], references: list[str], **options: Any) -> tuple[np.ndarray, ...]:
        asked.update(candidates=candidates, references=references, **options)
        return np.array([0.9, 0.9]), np.array([0.1, 0.1]), np.array([0.25, 0.75])  # precision, recall, F1

    install("bert_score", score=score)
    found = load_metric("bertscore")(REFERENCES, CANDIDATES)
    assert found.keys() == {"bertscore"}
    assert found["bertscore"].value == 0.5
    assert found["bertscore"].per_study.tolist() == [0.25, 0.75]
    assert asked["candidates"] == ["the heart is enlarged .", "the lungs are clear ."]
    assert asked["references"][0].startswith("the heart is enlarged . there is")
    assert (asked["model_type"], asked["lang"], asked["rescale_with_baseline"]) == (BERTSCORE_MODEL, "en", True)


def test_radgraph_f1_is_the_mean_of_the_partial_reward(install: Install) -> None:
    class Scorer:
        def __init__(self, reward_level: str) -> None:
            assert reward_level == "partial"

        def __call__(self, hyps: list[str], refs: list[str]) -> tuple[float, list[float], list[Any], list[Any]]:
            assert (hyps, refs) == (CANDIDATES, REFERENCES)
            return 0.99, [0.4, 1.0], [], []  # what the package takes for the mean, each study's, its annotations

    install("radgraph", F1RadGraph=Scorer)
    found = load_metric("radgraph")(REFERENCES, CANDIDATES)
    assert found.keys() == {"radgraph_f1"}
    assert found["radgraph_f1"].value == pytest.approx(0.7)
    assert found["radgraph_f1"].per_study.tolist() == [0.4, 1.0]


class Labeller:
    """Hears single words, as CheXbert's labels in the package's own order."""

    target_names = ("Pleural Effusion", "Cardiomegaly", "No Finding")

    def get_label(self, text: str) -> list[int]:
        return [int("effusion" in text), int("heart" in text), int("clear" in text)]


def test_chexberts_labels_give_the_clinical_figures_under_names_of_their_own(install: Install) -> None:
    install("f1chexbert", F1CheXbert=Labeller)
    found = load_metric("f1chexbert")(REFERENCES, CANDIDATES)
    assert all(name.startswith("chexbert_") for name in found)
    # Of the references' two abnormalities one is said, and nothing else.
    assert found["chexbert_micro_recall"].value == 0.5
    assert found["chexbert_micro_precision"].value == 1
    assert found["chexbert_micro_f1"].value == pytest.approx(2 / 3)
    assert found["chexbert_micro_f1_14"].value == pytest.approx(4 / 5)
    assert found["chexbert_macro_f1"].value == pytest.approx(1 / 13)
    assert found["chexbert_f1_cardiomegaly"].value == found["chexbert_f1_no_finding"].value == 1
    assert found["chexbert_f1_pleural_effusion"].value == 0


@pytest.mark.parametrize(
    ("metric", "module", "package"),
    [
        ("bertscore", "bert_score", "bert-score"),
        ("radgraph", "radgraph", "radgraph"),
        ("f1chexbert", "f1chexbert", "f1chexbert"),
    ],
)
def test_a_package_or_weights_that_are_missing_are_named(
    install: Install, monkeypatch: pytest.MonkeyPatch, metric: str, module: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # as where it is not installed
    with pytest.raises(MetricUnavailable) as missing:
        load_metric(metric)(REFERENCES, CANDIDATES)
    assert str(missing.value) == f"the package {package} is not installed"

    def offline(*_: Any, **__: Any) -> None:
        raise OSError("We couldn't connect to 'https://huggingface.co'")

    install(module, score=offline, F1RadGraph=offline, F1CheXbert=offline)
    with pytest.raises(MetricUnavailable) as missing:
        load_metric(metric)(REFERENCES, CANDIDATES)
    assert str(missing.value) == f"the weights of {package} are not on this machine and cannot be fetched"
