"""What reports say of the findings, against sentences that were labelled by hand, and against annotators' labels."""

import csv
import json
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.findings import Finding, Side, finding_of_mesh
from gaze2report_core.findings.labelling.labeller import (
    LONGEST_SENTENCE,
    Mention,
    label_report,
    label_sentence,
    pieces,
    positive_findings,
    sides_stated,
)

LABELLED = Path(__file__).with_name("labelled_sentences.json")
KNOWN_FAILURES = 0
"""Sentences of the file that the labeller may get wrong."""

BY_ANNOTATORS = {
    Finding.NO_FINDING: 0.85,
    Finding.CARDIOMEGALY: 0.9,
    Finding.LUNG_OPACITY: 0.8,
    Finding.LUNG_LESION: 0.65,
    Finding.ATELECTASIS: 0.6,
    Finding.PLEURAL_EFFUSION: 0.75,
    Finding.FRACTURE: 0.85,
    Finding.SUPPORT_DEVICES: 0.8,
}
"""The least F1 against `mesh` and against `problems` for findings that are frequent in IU X-Ray. Annotators labelled
from the impression too and took doubt for presence, which CheXpert's rules do not: atelectasis agrees least, being
doubted most."""


class Example(NamedTuple):
    text: str
    labels: dict[Finding, Mention]
    sides: dict[Finding, Side]


def examples() -> list[Example]:
    return [
        Example(
            entry["text"],
            {Finding(finding): Mention(mention) for finding, mention in entry["labels"].items()},
            {Finding(finding): Side(side) for finding, side in entry.get("sides", {}).items()},
        )
        for entry in json.loads(LABELLED.read_text(encoding="utf-8"))["sentences"]
    ]


def mentions(text: str) -> dict[Finding, Mention]:
    return {finding: mention for finding, mention in label_report(text).items() if finding is not Finding.NO_FINDING}


def test_every_label_of_the_sentences_labelled_by_hand_is_found_and_no_other() -> None:
    right, said, asked = Counter[tuple[Finding, Mention]](), Counter[tuple[Finding, Mention]](), Counter()
    wrong = []
    for example in examples():
        found = mentions(example.text)
        right.update(found.items() & example.labels.items())
        said.update(found.items())
        asked.update(example.labels.items())
        if found != example.labels:
            wrong.append((example.text, found))
    assert len(examples()) >= 150
    assert {finding for finding, _ in asked} == set(Finding) - {Finding.NO_FINDING}
    assert len(wrong) <= KNOWN_FAILURES, wrong
    precision = {label: right[label] / count for label, count in said.items()}
    recall = {label: right[label] / count for label, count in asked.items()}
    assert min(precision.values()) == min(recall.values()) == 1 or KNOWN_FAILURES


@pytest.mark.parametrize("example", [example for example in examples() if example.sides], ids=lambda e: e.text)
def test_a_finding_is_given_the_side_that_the_sentence_names(example: Example) -> None:
    for finding, side in example.sides.items():
        assert (finding, side) in {(found, where) for found, _, where in label_sentence(example.text)}


@pytest.mark.parametrize(
    "sentence",
    ["Small bilateral pleural effusions.", "Left greater than right basilar opacities.", "Right and left scars"],
)
def test_a_finding_on_both_sides_has_none(sentence: str) -> None:
    assert [side for _, _, side in label_sentence(sentence)] == [None]


@pytest.mark.parametrize(
    ("sentence", "sides"),
    [
        ("Opacity on the right, small effusion on the left.", [Side.RIGHT, Side.LEFT]),
        ("Atelectasis in the left base and an effusion on the right.", [Side.LEFT, Side.RIGHT]),
        ("No effusion on the right, trace effusion on the left.", [Side.RIGHT, Side.LEFT]),
        ("Opacity in the left base, atelectasis or scarring.", [Side.LEFT, Side.LEFT, None]),
    ],
)
def test_of_two_findings_each_has_the_side_that_is_said_of_it(sentence: str, sides: list[Side | None]) -> None:
    assert [side for _, _, side in label_sentence(sentence)] == sides


def test_a_finding_has_the_sides_of_all_sentences_that_state_or_doubt_it() -> None:
    text = "Left effusion. Right effusion. There may be a left opacity. No right pneumothorax. Right mass; edema."
    assert sides_stated(text) == {
        Finding.PLEURAL_EFFUSION: frozenset(Side),
        Finding.LUNG_OPACITY: {Side.LEFT},
        Finding.LUNG_LESION: {Side.RIGHT},
        Finding.EDEMA: frozenset(),
    }


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Nodule on the left or atelectasis.", [Mention.UNCERTAIN, Mention.UNCERTAIN]),
        ("Nodule on the left side or atelectasis.", [Mention.POSITIVE, Mention.POSITIVE]),  # too many words between
        ("Nodule or mass.", [Mention.POSITIVE, Mention.POSITIVE]),  # the same finding in two words
        ("Vascular congestion.", [Mention.UNCERTAIN]),
        ("No vascular congestion.", [Mention.NEGATIVE]),
        ("Prominent lung markings.", [Mention.POSITIVE]),
    ],
)
def test_alternatives_and_signs_of_edema_are_doubted(sentence: str, expected: list[Mention]) -> None:
    assert [mention for _, mention, _ in label_sentence(sentence)] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The heart is enlarged with pneumonia.", [Finding.CARDIOMEGALY, Finding.PNEUMONIA]),
        ("Pneumonia with an enlarged heart.", [Finding.PNEUMONIA, Finding.CARDIOMEGALY]),
        ("Atelectasis and heart failure.", [Finding.ATELECTASIS, Finding.EDEMA, Finding.CARDIOMEGALY]),
    ],
)
def test_findings_come_in_the_order_of_their_words(sentence: str, expected: list[Finding]) -> None:
    assert [finding for finding, _, _ in label_sentence(sentence)] == expected


@pytest.mark.parametrize("sentence", ["A calcified nodule and a mass.", "A mass and a calcified nodule."])
def test_a_phrase_that_is_no_name_leaves_those_before_and_behind_it(sentence: str) -> None:
    assert label_sentence(sentence) == [(Finding.LUNG_LESION, Mention.POSITIVE, None)]
    assert label_sentence("A calcified nodule.") == []


def test_a_sentence_ends_though_no_blank_follows_its_full_stop() -> None:
    assert mentions("There is no nodule.Effusion on the left.") == {
        Finding.LUNG_LESION: Mention.NEGATIVE,
        Finding.PLEURAL_EFFUSION: Mention.POSITIVE,
    }


def test_a_decimal_point_ends_no_sentence() -> None:
    assert Finding.PLEURAL_EFFUSION not in positive_findings("There is no nodule of 1.5 cm or effusion.")


def test_a_report_keeps_the_strongest_of_what_its_sentences_say() -> None:
    report = (
        "No focal opacity. There may be an infiltrate. Left base opacity. No effusion. A small effusion is possible."
    )
    assert label_report(report) == {Finding.LUNG_OPACITY: Mention.POSITIVE, Finding.PLEURAL_EFFUSION: Mention.UNCERTAIN}


@pytest.mark.parametrize(
    ("report", "normal"),
    [
        ("The lungs are clear. No effusion. The heart is normal in size.", True),
        ("Lungs are clear. Dual lead pacemaker.", True),
        ("Lungs are clear. The mediastinum is unchanged.", False),
        ("Lungs are clear. Degenerative changes of the spine.", False),
        ("Lungs are clear. No granuloma.", True),
        ("Lungs are clear. Possible granuloma.", False),
        ("There may be a small effusion.", False),
        ("", False),
        (" . ", False),
    ],
)
def test_no_finding_is_said_when_nothing_but_devices_is_there(report: str, normal: bool) -> None:
    assert (Finding.NO_FINDING in positive_findings(report)) is normal


@pytest.mark.parametrize(
    "abnormality",
    [
        "bronchospasm or reactive airways disease",
        "bronchitis",
        "bronchitic change",
        "viral bronchiolitis",
        "inflammatory change",
        "degenerative change",
        "hemorrhage",
        "mediastinal hematoma",
        "contusion",
        "fluid in the minor fissure",
        "fissural fluid",
        "radiopaque foreign body",
        "renal osteodystrophy",
    ],
)
def test_an_abnormality_beside_the_14_is_no_normal_film_unless_it_is_denied(abnormality: str) -> None:
    assert label_report(f"There is {abnormality}.") == {}
    assert positive_findings(f"There is no {abnormality}.") == {Finding.NO_FINDING}


@pytest.mark.parametrize(
    "text", ["Thoracentesis was done.", "Tracheostomy tip 5 cm above the carina.", "Incidental azygos fissure."]
)
def test_a_procedure_a_device_or_a_variant_is_no_abnormality(text: str) -> None:
    assert Finding.NO_FINDING in positive_findings(f"{text} The lungs are clear.")


def test_text_that_was_cleaned_for_scoring_says_the_same() -> None:
    from gaze2report_core.scored_text import clean_report

    lost_with_the_signs = (";", ".L", ", unchanged", ", stable", ", no ")
    for example in examples():
        if not any(signs in example.text for signs in lost_with_the_signs):
            assert mentions(clean_report(example.text)) == example.labels, example.text


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_can_be_labelled(text: str) -> None:
    labels = label_report(text)
    assert list(labels) == [finding for finding in Finding if finding in labels]


@pytest.mark.parametrize(
    "unit",
    [
        *("no ", "no pneumothorax and ", "small or ", "heart and ", "tip ", "a", "."),
        *("heart: ", "heart: mildly ", "heart / ", "effusion: not seen ", "nothing to suggest ", "fails to show "),
        *("fluid ", "no consistent with ", "effusion, no, ", ":"),
    ],
)
def test_a_text_without_an_end_of_a_sentence_takes_no_longer_than_it_is_long(unit: str) -> None:
    """As one sentence, the longest report that is kept would take many seconds."""
    text = f"{(unit * 20_000)[:20_000]},"
    began = time.process_time()
    label_report(text)
    assert time.process_time() - began < 2


def test_a_sentence_that_nobody_writes_is_judged_in_pieces_and_none_is_left_out() -> None:
    filler = " and so on" * (LONGEST_SENTENCE // 10)
    said = {Finding.PLEURAL_EFFUSION: Mention.NEGATIVE, Finding.FRACTURE: Mention.POSITIVE}
    assert label_report(f"No effusion{filler} or fracture") == said
    assert {finding: mention for finding, mention, _ in label_sentence(f"No effusion{filler} or fracture")} == said
    assert label_report("No effusion or fracture")[Finding.FRACTURE] is Mention.NEGATIVE


@given(st.text(alphabet="a ,-", min_size=LONGEST_SENTENCE, max_size=3 * LONGEST_SENTENCE))
def test_pieces_are_short_and_lose_no_character_but_white_space(sentence: str) -> None:
    parts = pieces(sentence)
    assert all(len(part) <= LONGEST_SENTENCE for part in parts)
    assert "".join(parts).replace(" ", "") == sentence.replace(" ", "")


@pytest.fixture(scope="module")
def iu_x_ray(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "iu_xray" / "studies.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.shared
def test_problems_are_the_labels_of_mesh_without_their_qualifiers(iu_x_ray: list[dict[str, str]]) -> None:
    for row in iu_x_ray:
        without_qualifiers = {label.split("/")[0].strip() for label in row["mesh"].split(";")}
        assert without_qualifiers == {label.strip() for label in row["problems"].split(";")}, row["uid"]


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("column", ["mesh", "problems"])
def test_the_labeller_agrees_with_the_annotators_of_iu_x_ray(column: str, iu_x_ray: list[dict[str, str]]) -> None:
    rows = [row for row in iu_x_ray if row["split"] == "train"]
    of_text = [positive_findings(row["report"]) for row in rows]
    by_hand = [{found[0] for label in row[column].split(";") if (found := finding_of_mesh(label))} for row in rows]
    for finding, least in BY_ANNOTATORS.items():
        both = sum(finding in text and finding in hand for text, hand in zip(of_text, by_hand, strict=True))
        either = sum((finding in text) + (finding in hand) for text, hand in zip(of_text, by_hand, strict=True))
        assert 2 * both / either >= least, finding


@pytest.mark.parametrize(
    "sentence", ["No 1.5 cm nodule is seen.", "There is no 5 mm nodule.", "No evidence of a 5 mm nodule."]
)
def test_a_measure_between_takes_nothing_from_a_denial(sentence: str) -> None:
    assert {(finding, mention) for finding, mention, _ in label_sentence(sentence)} == {
        (Finding.LUNG_LESION, Mention.NEGATIVE)
    }


def test_a_number_is_no_denial() -> None:
    (said,) = label_sentence("Fracture of rib no. 7.")
    assert said[:2] == (Finding.FRACTURE, Mention.POSITIVE)
