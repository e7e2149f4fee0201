"""What tuning a language model over tokens that were made once changes, and how likely it finds a text."""

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
import torch

from gaze2report_core.model.config import Gaze2ReportConfig
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.prompt import report_tokens
from gaze2report_core.presets import VisualTokens
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.reports.consensus_targets import Target
from gaze2report_core.training.reports.encoded_films import EncodedFilms, study_batch
from gaze2report_core.training.reports.examples import Example
from gaze2report_core.training.reports.obedience import _ConsensusReports
from gaze2report_core.training.reports.reinforcement import (
    LONGEST,
    _WorthOfDrawnReports,
    drawn_tokens,
    reinforce,
)
from gaze2report_core.training.reports.reward import RewardWeights
from gaze2report_core.training.reports.study_tokens import StudyTokens
from gaze2report_core.training.reports.tuning import Tuning
from gaze2report_core.training.run.checkpoint import progress_of
from gaze2report_core.training_settings import TrainingSettings
from tests.small_model import REPORTS, SMALL, random_model, small_config, small_tokenizer
from tests.training.gradients import names_of, reached

TEXTS = list(REPORTS.values())
EXAMPLES = [Example(str(film), film, None, why, TEXTS[film]) for film, why in enumerate(("Chest pain.", "", "Cough."))]
FOUND = {"with_gaze": [["Cardiomegaly", None]], "without_gaze": []}
FILMS = EncodedFilms(
    torch.randn(1, 3, 196, SMALL.encoder.width, generator=torch.Generator().manual_seed(0)),
    torch.rand(1, 3, 196, generator=torch.Generator().manual_seed(0)),
)
TARGETS = [
    Target("0", True, "findings: cardiomegaly", "indication: Chest pain", TEXTS[0]),
    Target("1", False, None, None, TEXTS[1]),
]


ONCE = TrainingSettings(epochs=1, batch_size=2, learning_rate=1e-3)


@pytest.fixture
def tuning() -> Tuning:
    return tuning_of()


def tuning_of(config: Gaze2ReportConfig = SMALL, settings: TrainingSettings = ONCE) -> Tuning:
    """The same whenever it is asked for."""
    model = random_model(replace(config, findings_prompt=True, indication_prompt=True))
    tokens = StudyTokens.of(model, FILMS, EXAMPLES)
    predicted = PredictedFindings({example.uid: FOUND for example in EXAMPLES})
    return Tuning(model, small_tokenizer(), tokens, EXAMPLES[:2], EXAMPLES[2:], predicted, settings)


def adapters_of(model: Gaze2ReportModel) -> set[str]:
    return {name for name in names_of(model, "language_model.") if "lora_" in name}


@pytest.mark.parametrize("visual_tokens", VisualTokens)
@torch.no_grad()
def test_a_text_is_as_likely_as_the_whole_model_finds_it(visual_tokens: VisualTokens) -> None:
    tuning = tuning_of(small_config(visual_tokens=visual_tokens))
    model, texts = tuning.model, [example.text for example in EXAMPLES]
    frame = tuning.prompt("findings: cardiomegaly", "indication: cough")
    without_gaze = torch.tensor([False, True, False])
    prompts, mask = tuning.tokens.prompts(model, ["0", "1", "2"], [frame] * 3, ~without_gaze)
    rows = [tuning.tokens_of(text) for text in texts]
    studies = study_batch(FILMS, EXAMPLES, [0, 0, 0], without_gaze)
    loss = model.loss(studies, frame, *report_tokens(texts, tuning.tokenizer))
    each = tuning.log_likelihood(prompts, mask, rows)
    assert -each.sum() / sum(map(len, rows)) == pytest.approx(loss.item(), rel=1e-4)


def test_one_batch_of_consensus_reports_reaches_adapters_alone(tuning: Tuning) -> None:
    tuning.only_adapters()
    objective = _ConsensusReports(tuning, TARGETS, TARGETS)
    assert reached(objective.loss(TARGETS), tuning.model) == adapters_of(tuning.model) != set()
    with torch.no_grad():
        assert objective.held_out_score() == objective.held_out_score() > 0


def test_or_the_whole_language_model_which_gets_adapters_that_say_nothing_yet(tuning: Tuning) -> None:
    tuning.whole_language_model()
    objective = _ConsensusReports(tuning, TARGETS, TARGETS)
    assert not adapters_of(tuning.model)
    assert reached(objective.loss(TARGETS), tuning.model) == names_of(tuning.model, "language_model.")
    with torch.no_grad():
        before = objective.held_out_score()
        tuning.renew_adapters()
        assert adapters_of(tuning.model)
        assert objective.held_out_score() == pytest.approx(before, rel=1e-5)


def test_one_batch_of_drawn_reports_reaches_adapters_alone(tuning: Tuning) -> None:
    tuning.only_adapters()
    tuning.model.train()
    objective = _WorthOfDrawnReports(tuning, RewardWeights())
    torch.manual_seed(0)
    loss = objective.loss(EXAMPLES)
    assert tuning.model.training, "what is judged without dropout goes on with it"
    assert reached(loss, tuning.model) == adapters_of(tuning.model) != set()


def test_drawn_reports_are_asked_for_with_indications_and_without(
    tuning: Tuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuning.only_adapters()
    told: list[tuple[str | None, str | None]] = []
    frame = Tuning.prompt

    def spied(tuning: Tuning, findings: str | None, indication: str | None = None) -> object:
        told.append((findings, indication))
        return frame(tuning, findings, indication)

    monkeypatch.setattr(Tuning, "prompt", spied)
    monkeypatch.setattr("gaze2report_core.training.reports.reinforcement.LONGEST", 4)
    objective = _WorthOfDrawnReports(tuning, RewardWeights())
    torch.manual_seed(0)
    with torch.no_grad():
        objective.loss(EXAMPLES * 6)
        assert {why or None for _, why in told} == {None, "indication: Chest pain", "indication: Cough"}
        assert {findings for findings, _ in told} == {"findings: cardiomegaly", "findings: none"}
        told.clear()
        cut_off = RewardWeights().disobedience  # the finding that was told is left out, and nothing is worth anything
        assert objective.held_out_score() == objective.held_out_score() == pytest.approx(cut_off)
    assert [why or None for _, why in told] == ["indication: Cough", None] * 2


def test_drawn_reports_repeat_no_run_of_tokens_and_differ(tuning: Tuning) -> None:
    prompts, mask = tuning.tokens.prompts(tuning.model, ["0"] * 4, [tuning.prompt(None)] * 4, torch.ones(4))
    end = tuning.tokenizer.eos_token_id
    torch.manual_seed(0)
    drawn = drawn_tokens(tuning.model, prompts, mask, end, longest=LONGEST)
    assert len({tuple(row) for row in drawn}) == 4
    likeliest = drawn_tokens(tuning.model, prompts, mask, end, longest=LONGEST, greedy=True)
    for row in (*drawn, *likeliest):
        runs = [tuple(row[start : start + 6]) for start in range(len(row) - 5)]
        assert len(runs) == len(set(runs))
        assert end not in row[:-1]
    assert len({tuple(row) for row in likeliest}) == 1


class DrawnFromReports:
    """Draws reports of the studies, in the place of a model that cannot write yet; `break_at` is a call of it."""

    def __init__(self, tuning: Tuning, break_at: int | None = None) -> None:
        self.rows = [tuning.tokens_of(text) for text in TEXTS[: len(EXAMPLES)]]
        self.calls = count(1)
        self.break_at = break_at

    def __call__(self, _model: object, prompt: torch.Tensor, *_: object, **__: object) -> list[list[int]]:
        if next(self.calls) == self.break_at:
            raise KeyboardInterrupt
        return [self.rows[row] for row in torch.randint(len(self.rows), (len(prompt),)).tolist()]


@pytest.mark.thorough
def test_a_training_by_reward_that_was_broken_off_goes_on_as_the_unbroken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taught(out: Path, break_at: int | None = None) -> Gaze2ReportModel:
        tuning = tuning_of(settings=replace(ONCE, epochs=3))
        draws = DrawnFromReports(tuning, break_at)
        monkeypatch.setattr("gaze2report_core.training.reports.reinforcement.drawn_tokens", draws)
        reinforce(tuning, RewardWeights(), out, {"part": "reward"})
        return tuning.model

    unbroken = taught(tmp_path / "unbroken")
    with pytest.raises(KeyboardInterrupt):
        taught(tmp_path / "broken", break_at=7)  # a batch and two kinds of held-out prompts make an epoch
    assert progress_of(tmp_path / "broken").epochs_done == 2
    resumed = taught(tmp_path / "broken")
    assert progress_of(tmp_path / "broken") == progress_of(tmp_path / "unbroken")
    for name, weights in unbroken.state_dict().items():
        assert torch.equal(weights, resumed.state_dict()[name]), name
