"""Against pycocoevalcap's own figures, with one Java process for the module's pairs."""

import subprocess
import sys

import numpy as np
import pytest
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge

from gaze2report_core.evaluation import meteor as meteor_module
from gaze2report_core.evaluation.language_metrics import language_scores
from gaze2report_core.evaluation.meteor import MeteorUnavailable
from gaze2report_core.evaluation.registry import METRICS, load_metric
from gaze2report_core.evaluation.score import Score
from gaze2report_core.scored_text import clean_candidate, clean_report

pytestmark = pytest.mark.thorough

REFERENCES = {
    "a": "The heart is normal in size. The lungs are clear.",
    "b": "There is a small left pleural effusion with adjacent atelectasis.",
    "c": "Heart size within normal limits; no focal airspace disease | no pneumothorax.",
    "d": "Stable calcified granuloma in the right upper lobe.",
    "e": "No acute disease.",
}
CANDIDATES = {
    "a": "The heart is normal in size. The lungs are clear.",
    "b": "There are small bilateral effusions. Atelectasis is seen at the left base.",
    "c": "The cardiac silhouette is normal.\nNo pneumothorax ||| or focal consolidations.",
    "d": "",
    "z": "A report for a study that was not asked for.",
}


@pytest.fixture(scope="module")
def measured() -> list[dict[str, Score]]:
    return language_scores(REFERENCES, [CANDIDATES, REFERENCES, {}])


@pytest.fixture(scope="module")
def cleaned() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    references = {uid: [clean_report(text).replace("|", " ")] for uid, text in REFERENCES.items()}
    candidates = {uid: [clean_candidate(CANDIDATES.get(uid, "")).replace("|", " ")] for uid in REFERENCES}
    return references, candidates


def test_bleu_is_the_librarys(measured, cleaned) -> None:
    references = {uid: [clean_report(text)] for uid, text in REFERENCES.items()}
    candidates = {uid: [clean_candidate(CANDIDATES.get(uid, ""))] for uid in REFERENCES}
    overall, by_study = Bleu(4).compute_score(references, candidates, verbose=0)
    found = measured[0]
    bleu = [found[f"bleu_{order}"] for order in (1, 2, 3, 4)]
    assert [score.value for score in bleu] == pytest.approx(overall, rel=1e-12)
    for order, score in enumerate(bleu):
        assert score.per_study == pytest.approx(np.array(by_study[order]), abs=1e-12)


def test_rouge_l_is_the_librarys(measured) -> None:
    references = {uid: [clean_report(text)] for uid, text in REFERENCES.items()}
    candidates = {uid: [clean_candidate(CANDIDATES.get(uid, ""))] for uid in REFERENCES}
    overall, by_study = Rouge().compute_score(references, candidates)
    assert measured[0]["rouge_l"].value == pytest.approx(overall)
    assert measured[0]["rouge_l"].per_study == pytest.approx(by_study)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_meteor_is_the_java_archives_own_figure(measured, cleaned) -> None:
    """The library's wrapper leaves its pipes open, hence the filters: they are for it alone."""
    overall, by_study = Meteor().compute_score(*cleaned)
    assert measured[0]["meteor"].value == pytest.approx(overall, rel=1e-9)
    assert measured[0]["meteor"].per_study == pytest.approx(np.array(by_study), rel=1e-9)


def test_the_reference_itself_scores_one_and_nothing_scores_zero(measured) -> None:
    _, perfect, nothing = measured
    for name in ("bleu_1", "bleu_4", "rouge_l", "meteor"):
        assert perfect[name].value == pytest.approx(1.0, abs=1e-6)
        assert nothing[name].value == 0.0


def test_missing_and_empty_candidates_score_zero_in_every_metric(measured) -> None:
    for name, score in measured[0].items():
        assert score.per_study[3:] == pytest.approx([0.0, 0.0], abs=1e-12), name
        assert score.per_study[0] > 0.9, name


def test_no_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no reference report to compare with"):
        language_scores({}, [{"a": "Clear."}])


def test_without_java_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MeteorUnavailable) as refusal:
        meteor_module.meteor(["clear"], ["clear"])
    assert str(refusal.value) == (
        "METEOR needs Java and no java was found: install a runtime (on Debian: apt install default-jre-headless)."
    )


def test_a_java_that_dies_is_reported_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MeteorUnavailable, match=r"METEOR stopped before it had scored every report"):
        meteor_module.meteor(["clear"], ["clear"])


def test_every_registered_metric_can_be_loaded() -> None:
    assert all(callable(load_metric(name)) for name in METRICS)
    with pytest.raises(KeyError, match="There is no metric named cider; there are bertscore, bertscore_minilm, bleu, "):
        load_metric("cider")


def test_evaluation_needs_no_torch_and_loads_metrics_only_when_asked() -> None:
    code = (
        "import sys, gaze2report_core.evaluation; "
        "sys.exit(', '.join({'torch', 'transformers', 'gradio', 'pycocoevalcap'} & set(sys.modules)))"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert finished.stderr.strip() == ""
