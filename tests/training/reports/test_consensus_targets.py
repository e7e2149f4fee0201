"""What a model is taught to write: every kind of prompt, with gaze and without, and never from its own report."""

from pathlib import Path

import pytest
import torch

from gaze2report_core.findings import Finding
from gaze2report_core.findings.prompts import findings_prompt
from gaze2report_core.training.findings_prompts import PredictedFindings, found_in
from gaze2report_core.training.reports.consensus_targets import Target, consensus_targets, read_targets, save_targets
from gaze2report_core.training.reports.examples import Example
from gaze2report_core.training.reports.study_tokens import StudyTokens

NORMAL = "The heart is normal in size. The lungs are clear. No pleural effusion."
LARGE = "The heart is enlarged. The lungs are clear. No pleural effusion."
INDICATIONS = "Chest pain.", ""
OWN = "The lungs are clear of anything that was ever seen."


@pytest.fixture(scope="module")
def targets() -> tuple[list[Target], list[Target]]:
    texts = [NORMAL, LARGE] * 15 + [OWN, LARGE]
    examples = [Example(str(number), None, None, INDICATIONS[number % 2], text) for number, text in enumerate(texts)]
    torch.manual_seed(0)
    counts = torch.ones(len(texts), 1, dtype=torch.bool)
    places = {example.uid: i for i, example in enumerate(examples)}
    tokens = StudyTokens(torch.randn(2, len(texts), 1, 6), counts, places)
    predicted = PredictedFindings(
        {
            example.uid: {
                "with_gaze": [["Cardiomegaly", None]] if int(example.uid) % 3 == 0 else [],
                "without_gaze": [],
            }
            for example in examples
        }
    )
    return consensus_targets(examples[:-2], examples[-2:], tokens, predicted)


def test_each_study_is_taught_with_what_was_found_with_gaze_and_without(
    targets: tuple[list[Target], list[Target]],
) -> None:
    training, held_out = targets
    assert {target.uid for target in held_out} == {"30", "31"}
    of_three = [target for target in training if target.uid == "3"]
    assert Target("3", True, "findings: cardiomegaly", None, of_three[0].text) in of_three
    assert any(target.findings == "findings: none" and not target.gaze for target in of_three)
    assert any(target.findings is None for target in training)


def test_each_study_is_taught_without_an_indication_and_with_its_own_and_those_of_other_studies(
    targets: tuple[list[Target], list[Target]],
) -> None:
    training, held_out = targets
    told = {(target.uid, target.indication) for target in training}
    assert {indication for _, indication in told} == {None, "indication: Chest pain"}
    assert {(uid, None) for uid in "0123"} | {(uid, "indication: Chest pain") for uid in "02"} <= told
    lent = {uid for uid, indication in told if indication is not None and INDICATIONS[int(uid) % 2] == ""}
    assert lent
    assert {(target.uid, target.indication) for target in held_out} == {
        ("30", None),
        ("30", "indication: Chest pain"),
        ("31", None),
    }


def test_texts_state_what_their_prompts_say(targets: tuple[list[Target], list[Target]]) -> None:
    told = [target for part in targets for target in part if target.findings is not None]
    assert {target.findings for target in told} == {"findings: none", findings_prompt([(Finding.CARDIOMEGALY, None)])}
    assert all(findings_prompt(found_in(target.text)) == target.findings for target in told)


def test_a_sentence_of_one_report_alone_is_taught_to_nobody(targets: tuple[list[Target], list[Target]]) -> None:
    assert not any("ever seen" in target.text for part in targets for target in part)


def test_targets_are_read_as_they_were_kept(targets: tuple[list[Target], list[Target]], tmp_path: Path) -> None:
    save_targets(targets[1], tmp_path / "kept" / "targets.json")
    assert read_targets(tmp_path / "kept" / "targets.json") == targets[1]
