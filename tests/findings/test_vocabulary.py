"""What the labels of open collections mean among the fourteen findings."""

import csv
import json
from pathlib import Path

import pytest

from gaze2report_core.findings import (
    Finding,
    Side,
    finding_of_mesh,
    findings_of_mesh,
    findings_of_nih,
    left_open_by_nih,
    sides_of_each,
)
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE, may_have_side
from gaze2report_core.training.classifier.finding_labels import labels_of_nih


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("normal", (Finding.NO_FINDING, None)),
        ("Pleural Effusion/left/small", (Finding.PLEURAL_EFFUSION, Side.LEFT)),
        ("Opacity/lung/base/right", (Finding.LUNG_OPACITY, Side.RIGHT)),
        ("Pulmonary Atelectasis/base/right/left", (Finding.ATELECTASIS, None)),
        ("Cardiac Shadow/enlarged/mild", (Finding.CARDIOMEGALY, None)),
        ("Mediastinum/prominent", (Finding.ENLARGED_CARDIOMEDIASTINUM, None)),
        ("Cardiac Shadow/obscured", None),
        ("Calcified Granuloma/lung/upper lobe/right", None),
        ("", None),
    ],
)
def test_an_annotators_label_names_a_finding_and_the_patients_side(
    label: str, meaning: tuple[Finding, Side | None] | None
) -> None:
    assert finding_of_mesh(label) == meaning


def test_a_studys_labels_are_read_together_and_a_finding_keeps_every_side_that_it_is_named_with() -> None:
    found = findings_of_mesh(("Pleural Effusion/left", "Calcified Granuloma/right", "normal", "Pleural Effusion/right"))
    effusion, normal = Finding.PLEURAL_EFFUSION, Finding.NO_FINDING
    assert found == [(effusion, Side.LEFT), (normal, None), (effusion, Side.RIGHT)]
    assert sides_of_each(found) == {effusion: {Side.LEFT, Side.RIGHT}, normal: {None}}


def test_a_side_is_said_of_what_a_reader_confirms_and_where_it_says_something() -> None:
    assert {finding for finding in Finding if may_have_side(finding)} == set(Finding) - WITHOUT_SIDE
    assert not any(may_have_side(finding, is_confirmed=False) for finding in Finding)


def test_a_films_nih_labels_become_findings_and_those_without_a_place_are_left_out() -> None:
    assert findings_of_nih("Effusion|Infiltration|Hernia") == {Finding.PLEURAL_EFFUSION, Finding.LUNG_OPACITY}
    assert findings_of_nih("No Finding") == {Finding.NO_FINDING}


def test_a_fibrosis_that_may_be_of_the_pleura_leaves_pleural_other_unknown_as_the_labeller_would_have_it_there() -> (
    None
):
    assert positive_findings("Fibrosis.") == {Finding.PLEURAL_OTHER}
    assert left_open_by_nih("Fibrosis|Mass") == {Finding.PLEURAL_OTHER}
    assert left_open_by_nih("Fibrosis|Pleural_Thickening") == left_open_by_nih("Mass") == set()
    labels = labels_of_nih(["Fibrosis", "Mass", "Fibrosis|Pleural_Thickening"])
    pleural_other = list(Finding).index(Finding.PLEURAL_OTHER)
    assert labels.known[:, pleural_other].tolist() == [0, 1, 1]
    assert labels.target[:, pleural_other].tolist() == [0, 0, 1]


@pytest.mark.shared
def test_every_nih_label_is_known_but_the_three_that_have_no_place(shared_data: Path) -> None:
    with (shared_data / "nih" / "labels.csv").open(newline="") as file:
        labels = {label for row in csv.DictReader(file) for label in row["finding_labels"].split("|")}
    assert {label for label in labels if not findings_of_nih(label)} == {"Emphysema", "Fibrosis", "Hernia"}


@pytest.mark.shared
def test_every_task_of_gazesearch_is_a_finding(shared_data: Path) -> None:
    with (shared_data / "gazesearch" / "scanpaths.json").open() as file:
        tasks = {entry["task"] for entry in json.load(file)}
    assert tasks == {str(finding).lower() for finding in Finding if finding is not Finding.NO_FINDING}
