"""A whole evaluation as Markdown, JSON and a plot, with obedience and tests of one system against others."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from gaze2report_core.evaluation import EvaluationDocument, compare, evaluate_with_baselines
from gaze2report_core.evaluation.evaluate import Evaluation
from tests.evaluation.studies import REPORTS, write_studies

pytestmark = pytest.mark.thorough

VAL = [uid for uid, (split, _) in REPORTS.items() if split == "val"]


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evaluation]:
    """Reports that copy the references, told of the enlarged heart and a left effusion; gaze off, only clear lungs."""
    folder = tmp_path_factory.mktemp("document")
    told = {VAL[0]: ["Cardiomegaly", "Pleural Effusion"], VAL[1]: []}
    sides = {VAL[0]: {"Cardiomegaly": [], "Pleural Effusion": ["left"]}}
    copied = [
        {"uid": uid, "report": REPORTS[uid][1], "findings_prompt": told.get(uid), "sides_told": sides.get(uid)}
        for uid in VAL
    ]
    silent = [{"uid": uid, "report": "The lungs are clear."} for uid in VAL]
    paths = {}
    for name, lines in (("copied", copied), ("silent", silent)):
        paths[name] = folder / f"{name}.jsonl"
        paths[name].write_text("".join(json.dumps(line) + "\n" for line in lines))
    return evaluate_with_baselines(
        paths["copied"],
        write_studies(folder / "studies.csv"),
        "val",
        name="Copied",
        beside={"Gaze off": paths["silent"]},
        controls=False,
    )


def test_obedience_is_the_f1_against_the_findings_that_the_model_was_told_of(systems: dict[str, Evaluation]) -> None:
    assert systems["Copied"].figure("obedience") == pytest.approx(2 / 3)  # the heart is said, the effusion is not
    assert systems["Gaze off"].figure("obedience") is None
    assert systems["Copied"].figure("side_agreement") is None  # no side is named: nothing to be right or wrong
    assert systems["Gaze off"].figure("side_agreement") is None


def test_systems_are_tested_on_every_headline_figure_that_both_have(systems: dict[str, Evaluation]) -> None:
    tests = compare(systems["Copied"], systems["Gaze off"])
    assert {"micro_f1", "macro_f1", "bleu_4", "meteor"} <= tests.keys()
    assert "obedience" not in tests
    assert tests["micro_f1"].difference == 1
    assert 0.2 < tests["micro_f1"].p_value <= 1  # three studies prove nothing


def test_systems_on_other_studies_are_not_compared_though_there_are_as_many(systems: dict[str, Evaluation]) -> None:
    on_others = replace(systems["Gaze off"], uids=("7", "8", "9"))
    with pytest.raises(ValueError, match="can only be compared on the same studies"):
        compare(systems["Copied"], on_others)


def test_everything_is_written_as_markdown_json_and_a_plot(systems: dict[str, Evaluation], tmp_path: Path) -> None:
    markdown, json_file, plot = (tmp_path / "out" / name for name in ("table.md", "table.json", "table.png"))
    EvaluationDocument.of(systems).write(markdown, json_file, plot)

    text = markdown.read_text(encoding="utf-8")
    assert "## Copied minus Gaze off, paired randomisation tests" in text
    assert "## Clinical figures" in text
    assert "| sides as told |" in text
    assert "| keyword recall | +" in text  # among the paired tests
    assert "\nBy percentile bootstrap over studies, 2,000 draws.\n" in text
    assert text.count("p by 10,000 random exchanges of the two systems' reports of studies; intervals by paired") == 1
    assert "| Cardiomegaly | 1 | 1.0000 | 1.0000 | 1.0000 | 1.0000 |" in text
    assert "## Cited: MIMIC-CXR, clinical figures (the paper's Table 2b)" in text
    assert "| Gaze2Report, gaze present | 0.3750 | 0.2430 | 0.1770 | 0.1230 | 0.1670 |" in text

    written = json.loads(json_file.read_text(encoding="utf-8"))
    assert written["systems"]["Copied"]["micro_f1"] == written["systems"]["Copied"]["keyword_recall"] == 1
    assert set(written["systems"]["Copied"]["intervals"]["bleu_4"]) == {"low", "high"}
    tested = written["tests"][0]["figures"]["micro_f1"]
    assert tested["difference"] == 1
    assert tested.keys() == {"difference", "interval", "p_value", "detectable"}
    assert tested["interval"].keys() == {"low", "high"}

    with Image.open(plot) as image:
        assert image.format == "PNG"
        assert len(image.convert("RGB").getcolors(image.width * image.height) or []) > 10
