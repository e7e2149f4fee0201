"""`generate` names told sides alone, and no particular device; `--unrevised` shows what was written of both."""

import json
import shutil
from pathlib import Path

import pytest

from gaze2report_core.evaluation.generations import Generation, read_generations
from gaze2report_core.evaluation.side_agreement import side_agreement
from gaze2report_core.findings import ABNORMALITIES, Finding, Laterality, Side
from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.findings.labelling.incidental import IncidentalFinding, incidental_in_text
from gaze2report_core.findings.labelling.labeller import positive_findings, sides_stated
from gaze2report_core.findings.revision.devices import names_particular_device
from gaze2report_core.findings.revision.phrase_book import PHRASES
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.report_text import sentences
from tests.commands.conftest import Run
from tests.findings_model import save_model_with_findings

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded language model with its phrase book, told of about seven findings in any film."""
    folder = save_model_with_findings(tmp_path_factory.mktemp("model") / "model")
    shutil.copy(Path(EMBEDDED_MODEL) / FINDINGS_FOLDER / PHRASES, folder / FINDINGS_FOLDER / PHRASES)
    return folder


@pytest.mark.parametrize("mode", ["gaze", "keywords"])
@pytest.mark.parametrize("side", Laterality)
def test_a_report_names_the_side_that_the_reader_says(
    run: Run, films: Path, model: Path, side: Laterality, mode: str
) -> None:
    words = ("report", films / "large_heart.png", "--model", model, "--json", "--mode", mode)
    printed = json.loads(run(*words, "--side", side.upper(), "pneumonia", "--side", "both", "fracture").out)
    assert printed["sides_told"]["Pneumonia"] == sorted(side.sides)
    stated = sides_stated(printed["report"])
    assert stated[Finding.PNEUMONIA] == side.sides and stated[Finding.FRACTURE] == set(Side)


def test_a_report_says_what_the_reader_confirmed_and_not_what_they_rejected(run: Run, films: Path, model: Path) -> None:
    words = ("report", films / "large_heart.png", "--model", model, "--json")
    told = set(json.loads(run(*words).out)["findings_prompt"])
    rejected, confirmed = sorted(told)[0], sorted({one.value for one in ABNORMALITIES} - told)[0]
    judged = json.loads(run(*words, "--confirm", confirmed.upper(), "--reject", f" {rejected} ").out)
    assert set(judged["findings_prompt"]) == told - {rejected} | {confirmed}
    stated = {finding.value for finding in positive_findings(judged["report"])}
    assert confirmed in stated and rejected not in stated


@pytest.mark.parametrize("mode", ["gaze", "keywords"])
def test_a_report_mentions_the_likely_incidental_finding_but_none_beside_no_finding(
    run: Run, films: Path, model: Path, mode: str
) -> None:
    words = ("report", films / "clear_lungs.png", "--model", model, "--json", "--mode", mode)
    told, nothing = (json.loads(run(*words, *more).out) for more in ((), ("--confirm", "No Finding")))
    assert told["incidental"] == [IncidentalFinding.DEGENERATIVE_SPINE.value]
    assert incidental_in_text(told["report"]) == {IncidentalFinding.DEGENERATIVE_SPINE}
    assert nothing["incidental"] == []
    assert not incidental_in_text(nothing["report"])


def agreement(generation: Generation) -> float:
    """The share of named sides that were told; where none is named, none was made up."""
    score = side_agreement([generation.sides_told], [generation.text])
    return 1.0 if score is None else score.value


def names_device(generation: Generation) -> bool:
    return any(map(names_particular_device, sentences(generation.text)))


def test_reports_name_told_sides_and_no_particular_device_unless_left_as_written(
    run: Run, films: Path, model: Path, tmp_path: Path
) -> None:
    studies = tmp_path / "studies.csv"
    studies.write_text("uid,frontal,lateral\nheart,large_heart.png,\nclear,clear_lungs.png,\n")
    words = ("generate", "--studies", studies, "--images", films, "--model", model)
    assert run(*words, "--output", tmp_path / "revised.jsonl").code == 0
    assert run(*words, "--output", tmp_path / "written.jsonl", "--unrevised").code == 0
    revised, written = (read_generations(tmp_path / f"{name}.jsonl").values() for name in ("revised", "written"))
    for one in revised:
        assert one.sides_told is not None and one.sides_told.keys() == one.findings_prompt
        assert positive_findings(one.text) == one.findings_prompt
        assert agreement(one) == 1 and not names_device(one)
    assert any(agreement(one) < 1 for one in written) and any(map(names_device, written))
