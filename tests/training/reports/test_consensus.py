"""Consensus reports: they follow the film and the prompt, and no study's own report has a part in its own."""

import numpy as np
import pytest

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.prompts import Found
from gaze2report_core.training.findings_prompts import found_in
from gaze2report_core.training.reports import consensus as module
from gaze2report_core.training.reports.consensus import Consensus

ONE_STYLE = "The heart is normal in size. The lungs are clear. No pleural effusion or pneumothorax."
OTHER_STYLE = "Cardiac silhouette within normal limits. No focal airspace disease. Bony structures are intact."
STATING = "There is a left pleural effusion."


@pytest.fixture(scope="module")
def consensus() -> Consensus:
    """Films whose first feature says who reported them; the second is noise. So do the indications."""
    random = np.random.default_rng(0)
    reports = [ONE_STYLE, OTHER_STYLE] * 20 + [f"The heart is enlarged. {STATING}"] * 6
    features = random.normal(size=(len(reports), 2)).astype(np.float32)
    features[:40, 0] = [3, -3] * 20
    indications = ["Chest pain.", "XXXX-year-old male, dyspnea"] * 20 + [""] * 6
    return Consensus(features, indications, reports)


def film(style: float) -> np.ndarray:
    return np.array([style, 0], dtype=np.float32)


def test_the_film_says_how_it_is_reported(consensus: Consensus) -> None:
    one, other = (consensus.report(film(style), []) for style in (3, -3))
    assert "lungs are clear" in one and "Cardiac silhouette" not in one
    assert "Bony structures are intact" in other and "lungs are clear" not in other


def test_where_the_film_says_nothing_the_indication_says_how_it_is_reported(consensus: Consensus) -> None:
    one, other = (consensus.report(film(0), [], asked) for asked in ("Chest pain.", "XXXX-year-old female, dyspnea"))
    assert one.startswith("The heart is normal") and "Cardiac silhouette" not in one
    assert other.startswith("Cardiac silhouette") and "heart is normal" not in other


def test_studies_without_indications_are_told_apart_by_their_films() -> None:
    features = np.array([[3], [-3]] * 20, dtype=np.float32)
    consensus = Consensus(features, [""] * 40, [ONE_STYLE, OTHER_STYLE] * 20)
    assert "lungs are clear" in consensus.report(features[0], [], "Chest pain.")


@pytest.mark.parametrize(
    "found",
    [
        [],
        [(Finding.CARDIOMEGALY, None)],
        [(Finding.PLEURAL_EFFUSION, Side.LEFT)],
        [(Finding.CARDIOMEGALY, None), (Finding.PLEURAL_EFFUSION, Side.LEFT)],
    ],
)
@pytest.mark.parametrize("style", [3, -3])
def test_the_text_states_what_was_found_and_nothing_else(consensus: Consensus, found: list[Found], style: int) -> None:
    assert set(found_in(consensus.report(film(style), found))) == set(found)


def test_a_finding_that_no_report_names_is_left_to_the_model(consensus: Consensus) -> None:
    assert found_in(consensus.report(film(3), [(Finding.FRACTURE, None)])) == []


def test_longer_texts_are_written_when_a_token_costs_less(
    consensus: Consensus, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = consensus.report(film(3), [])
    monkeypatch.setattr(module, "COST_OF_A_TOKEN", 1.0)
    assert len(consensus.report(film(3), [])) < len(usual)


NORMAL = "The heart is normal in size. The lungs are clear. No pneumothorax."


def test_a_sentence_that_states_two_findings_brings_no_side_that_was_not_told() -> None:
    both = "The heart is enlarged with a right pleural effusion."
    reports = [NORMAL] * 20 + [f"{both} No pneumothorax."] * 6 + [f"{STATING} The heart is enlarged."] * 6
    features = np.random.default_rng(0).normal(size=(len(reports), 2)).astype(np.float32)
    consensus = Consensus(features, [""] * len(reports), reports)
    found = [(Finding.CARDIOMEGALY, None), (Finding.PLEURAL_EFFUSION, Side.LEFT)]
    for feature in features:
        assert set(found_in(consensus.report(feature, found))) == set(found)
