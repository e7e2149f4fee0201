"""`--mode keywords` of `report` and `generate`: the embedded language model, and what an untrained classifier finds."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.places.regions import Region
from tests.commands.conftest import Run
from tests.findings_model import save_model_with_findings

pytestmark = pytest.mark.thorough

STUDIES = """uid,frontal,lateral
heart,large_heart.png,
both,clear_lungs.png,lateral.png
letter,letter.png,
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model_with_findings(tmp_path_factory.mktemp("model") / "model")


def found_by(line: dict[str, Any]) -> set[Finding]:
    return {Finding(name) for name in line["findings_prompt"]}


def test_the_report_of_a_film_states_its_keywords_and_shows_them_by_region(
    run: Run, pydicom_film: Callable[[str], Path], model: Path
) -> None:
    words = ("report", pydicom_film("RG1_UNCR.dcm"), "--mode", "keywords", "--model", model)
    ran = run(*words, "--json", "--num-beams", "2")
    assert ran.code == 0
    printed = json.loads(ran.out)
    assert found_by(printed)
    assert positive_findings(printed["report"]) == found_by(printed)
    assert (printed["settings"]["method"], printed["settings"]["num_beams"]) == ("beam", 2)
    lines = dict(line.split(": ") for line in printed["structured_prompt"].splitlines())
    assert list(lines) == [region.value for region in Region]
    assert all(any(finding.value.lower() in line for line in lines.values()) for finding in found_by(printed))
    assert run(*words, "--num-beams", "2").out == printed["report"] + "\n"


def test_every_study_gets_the_report_of_its_keywords_under_the_settings_that_are_written(
    run: Run, films: Path, model: Path, tmp_path: Path
) -> None:
    studies, output = tmp_path / "studies.csv", tmp_path / "reports.jsonl"
    studies.write_text(STUDIES)
    words = ("generate", "--studies", studies, "--images", films, "--mode", "keywords", "--model", model)
    assert run(*words, "--output", output).code == 0
    heart, both, letter = (json.loads(line) for line in output.read_text().splitlines())
    for line in (heart, both):
        assert positive_findings(line["report"]) == found_by(line)
        assert "structured_prompt" in line
    assert "PDF" in letter["error"] and letter["report"] == ""
    for line in (heart, both, letter):
        assert (line["mode"], line["settings"]["method"], line["settings"]["num_beams"]) == ("keywords", "beam", 3)

    alone = json.loads(run("report", films / "large_heart.png", "--mode", "keywords", "--json", "--model", model).out)
    assert (alone["report"], alone["structured_prompt"]) == (heart["report"], heart["structured_prompt"])

    guided = tmp_path / "guided.jsonl"
    assert run(*words, "--output", guided, "--guidance", "4", "--length-penalty", "3").code == 0
    settings = json.loads(guided.read_text().splitlines()[0])["settings"]
    assert (settings["guidance"], settings["length_penalty"]) == (4, 3)
    assert "other settings" in run(*words, "--output", output, "--guidance", "4").refusal


def test_a_model_without_a_classifier_has_no_keywords(run: Run, films: Path, small_model_folder: Path) -> None:
    words = ("report", films / "large_heart.png", "--mode", "keywords", "--model", small_model_folder)
    assert "This model has no classifier of findings" in run(*words).refusal
    assert "never revised" in run(*words, "--unrevised").refusal
