"""Metrics whose packages or weights may be missing say so; where they are at hand, equal texts score best."""

import pytest

from gaze2report_core.evaluation.registry import load_metric
from gaze2report_core.evaluation.weighted_metrics import MetricUnavailable

REPORT = "The heart is enlarged. There is a small left pleural effusion."


@pytest.mark.parametrize(
    ("metric", "figure"), [("bertscore", "bertscore"), ("radgraph", "radgraph_f1"), ("f1chexbert", "chexbert_micro_f1")]
)
def test_a_metric_scores_equal_texts_best_or_says_what_is_missing(metric: str, figure: str) -> None:
    try:
        scores = load_metric(metric)([REPORT, REPORT], [REPORT, "The lungs are clear."])
    except MetricUnavailable as missing:
        assert any(words in str(missing) for words in ("is not installed", "are not on this machine"))
    else:
        assert scores[figure].part(slice(0, 1)).value == pytest.approx(1, abs=1e-3)
        assert scores[figure].value < 1
