"""Reports held to their findings prompt: what is taken out, what is said, on which side, and in whose words."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.labelling.labeller import positive_findings, sides_stated
from gaze2report_core.findings.prompts import Found
from gaze2report_core.findings.revision.denial import denied
from gaze2report_core.findings.revision.guesses import is_a_guess
from gaze2report_core.findings.revision.laterality import sides_told
from gaze2report_core.findings.revision.lobes import without_lobes
from gaze2report_core.findings.revision.phrase_book import PLAIN, PhraseBook
from gaze2report_core.findings.revision.report_revision import beside_what_was_told, revised
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE
from gaze2report_core.report_text import sentences

BOOK = PhraseBook({(Finding.CARDIOMEGALY, None): "The heart is mildly enlarged."})
NORMAL = "The heart size is normal. The lungs are clear. No pleural effusion or pneumothorax."


def test_a_normal_report_without_findings_stays_as_it_is() -> None:
    assert revised(NORMAL, [], BOOK) == NORMAL


def test_what_denies_a_finding_gives_way_to_the_models_own_sentence() -> None:
    report = revised(NORMAL, [(Finding.CARDIOMEGALY, None)], BOOK)
    assert report == "The heart is mildly enlarged. The lungs are clear. No pleural effusion or pneumothorax."


def test_a_finding_is_said_where_it_was_first_denied() -> None:
    written = "The lungs are clear. The heart is normal. No effusion. There is no cardiomegaly."
    assert revised(written, [(Finding.CARDIOMEGALY, None)], PLAIN) == (
        "The lungs are clear. There is cardiomegaly. No effusion."
    )


def test_a_finding_on_both_sides_is_said_of_both() -> None:
    both = [(Finding.PLEURAL_EFFUSION, side) for side in Side]
    assert revised("The heart is normal.", both, PLAIN) == "There are bilateral pleural effusions. The heart is normal."


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("The heart size normal. No effusion.", []),  # no whole sentence, but it states nothing
        ("Acute fracture, no displaced fracture. No effusion.", [(Finding.FRACTURE, None)]),
    ],
)
def test_what_says_no_more_than_was_told_stays_as_it_is(written: str, found: list[Found]) -> None:
    assert revised(written, found, PLAIN) == written


def test_beside_what_was_told_stands_what_else_a_normal_report_denies() -> None:
    normal = "Heart size and mediastinal contours are normal. The lungs are clear. There is cardiomegaly."
    assert beside_what_was_told(normal, {Finding.CARDIOMEGALY: frozenset()}) == [
        "The mediastinal contours are normal.",
        "The lungs are clear.",
    ]


def test_what_the_prompt_does_not_name_is_taken_out() -> None:
    assert revised("The heart is enlarged. The lungs are clear.", [], BOOK) == "The lungs are clear."


def test_clear_lungs_do_not_stand_beside_a_finding_in_them() -> None:
    report = revised(NORMAL, [(Finding.LUNG_OPACITY, Side.LEFT)], BOOK)
    assert report == "Left lung opacities. The heart size is normal. No pleural effusion or pneumothorax."


def test_what_is_said_over_again_is_said_once() -> None:
    low = "There are low lung volumes, causing bibasilar atelectasis and bronchovascular crowding."
    again = "There are low lung volume with associated bronchovascular crowding and basilar subsegmental atelectasis."
    assert revised(f"{low} The heart is normal. {again}", [(Finding.ATELECTASIS, None)], BOOK) == (
        "There are low lung volumes, causing atelectasis and bronchovascular crowding. The heart is normal."
    )


def test_the_same_on_the_other_side_is_not_said_over_again() -> None:
    both = "There is a small right pleural effusion. There is a small left pleural effusion."
    assert revised(both, [(Finding.PLEURAL_EFFUSION, side) for side in Side], BOOK) == both
    assert revised(both, [(Finding.PLEURAL_EFFUSION, None)], BOOK) == "There is a small pleural effusion."


def test_where_all_is_taken_out_and_nothing_was_found_the_report_says_so() -> None:
    report = revised("There is a right lower lobe pneumonia.", [], BOOK)
    assert positive_findings(report) == {Finding.NO_FINDING}


@pytest.mark.parametrize("finding", [finding for finding in Finding if finding is not Finding.NO_FINDING])
@pytest.mark.parametrize("side", [None, *Side])
def test_every_finding_of_the_prompt_is_stated_and_no_other(finding: Finding, side: Side | None) -> None:
    stated = positive_findings(revised(NORMAL, [(finding, side)], PhraseBook({})))
    assert stated - {Finding.NO_FINDING} == {finding}


@pytest.mark.parametrize(
    ("written", "found", "expected"),
    [
        (
            "There is a right lower lobe pneumonia. The heart is normal.",
            [(Finding.PNEUMONIA, None)],
            "There is a pneumonia. The heart is normal.",
        ),
        (
            "There is a right lower lobe pneumonia. Consolidation is seen in the left lower lobe.",
            [(Finding.PNEUMONIA, Side.LEFT), (Finding.CONSOLIDATION, Side.LEFT)],
            "There is a left pneumonia. Consolidation is seen in the left lung.",
        ),
        (
            "The heart is normal. Two bilateral pleural effusions. No pneumothorax.",
            [(Finding.PLEURAL_EFFUSION, Side.RIGHT)],
            "The heart is normal. There is a right pleural effusion. No pneumothorax.",
        ),
        (
            "Tracheostomy tube. The lungs are clear.",
            [(Finding.SUPPORT_DEVICES, None)],
            "There is a support device. The lungs are clear.",
        ),
        (
            "There is a left-sided biventricular pacemaker. Tracheostomy tube.",
            [(Finding.SUPPORT_DEVICES, Side.LEFT)],
            "There is a support device on the left.",
        ),
        ("Sternotomy wires are intact. The lungs are clear.", [], "The lungs are clear."),
        (
            "Possible left base pneumonia. The heart is normal.",
            [(Finding.PNEUMONIA, None)],
            "There is pneumonia. The heart is normal.",
        ),
        (
            "Opacity on the right may represent pneumonia.",
            [(Finding.LUNG_OPACITY, None), (Finding.PNEUMONIA, None)],
            "There is pneumonia. Lung opacities.",
        ),
        (
            "The effusion on the left has increased. The heart is normal.",
            [(Finding.PLEURAL_EFFUSION, None)],
            "There is a pleural effusion. The heart is normal.",
        ),
        (
            "There is an opacity in the right lower and middle lobes.",
            [(Finding.LUNG_OPACITY, Side.LEFT)],
            "Left lung opacities.",
        ),
        (
            "The mediastinum is shifted to the right by a pneumothorax.",
            [(Finding.PNEUMOTHORAX, Side.LEFT)],
            "There is a left pneumothorax.",
        ),
        (
            "Right-sided aortic arch with basilar opacity.",
            [(Finding.LUNG_OPACITY, None)],
            "Lung opacities.",
        ),
        (
            "There is a uniform opacity on the right.",
            [(Finding.LUNG_OPACITY, None)],
            "There is a uniform opacity.",
        ),
        (
            "Degenerative end plate changes are seen in the thoracic spine.",
            [],
            "Degenerative end plate changes are seen in the thoracic spine.",
        ),
        (
            "No right pleural effusion. Elevated right hemidiaphragm.",
            [],
            "No right pleural effusion. Elevated right hemidiaphragm.",
        ),
    ],
)
def test_a_side_or_a_device_that_was_not_told_is_not_said(written: str, found: list[Found], expected: str) -> None:
    assert revised(written, found, BOOK) == expected


@pytest.mark.parametrize(
    ("written", "found", "expected"),
    [
        ("The heart is normal in size. The left nodule is unchanged.", [], "The heart is normal in size."),
        (
            "There is a 6 mm nodule in the right lung.",
            [(Finding.LUNG_LESION, Side.RIGHT)],
            "There is a right lung nodule.",
        ),
        ("No change in the effusion.", [(Finding.PLEURAL_EFFUSION, None)], "There is a pleural effusion."),
        ("Degenerative changes of the spine.", [], "Degenerative changes of the spine."),
        (
            "Nodules consistent with chronic granulomatous disease.",
            [(Finding.LUNG_LESION, None)],
            "There is a lung nodule.",
        ),
        (
            "The right opacity is unchanged. Opacities are present in the right lung. No effusion.",
            [(Finding.LUNG_OPACITY, Side.RIGHT)],
            "Opacities are present in the right lung. No effusion.",
        ),
        (
            "Bandlike opacities are present in the right lung. No effusion.",
            [(Finding.LUNG_OPACITY, Side.RIGHT)],
            "Right lung opacities. No effusion.",
        ),
        (
            "There are mild interstitial opacities, pulmonary edema. The heart is normal.",
            [(Finding.LUNG_OPACITY, None), (Finding.EDEMA, None)],
            "Lung opacities. There is pulmonary edema. The heart is normal.",
        ),
        (
            "There is a fracture of the midthoracic vertebral body. The ribs and the spine are aligned.",
            [(Finding.FRACTURE, None)],
            "There is a fracture. The ribs and the spine are aligned.",
        ),
        ("Scattered calcified pulmonary nodules.", [(Finding.LUNG_LESION, None)], "There is a lung nodule."),
    ],
)
def test_what_no_film_alone_tells_is_not_said(written: str, found: list[Found], expected: str) -> None:
    assert revised(written, found, PLAIN) == expected


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (
            "There is a left pleural effusion and cardiomegaly without pneumothorax.",
            [(finding, None) for finding in (Finding.PLEURAL_EFFUSION, Finding.CARDIOMEGALY, Finding.PNEUMOTHORAX)],
        ),
        (
            "Stable cardiomegaly without pleural effusion.",
            [(Finding.CARDIOMEGALY, None), (Finding.PLEURAL_EFFUSION, Side.LEFT)],
        ),
        ("The heart is enlarged without pleural effusion. No edema.", [(one, None) for one in Finding][1:]),
    ],
)
def test_a_sentence_that_denies_what_was_told_takes_nothing_told_with_it(written: str, found: list[Found]) -> None:
    assert positive_findings(revised(written, found, BOOK)) - {Finding.NO_FINDING} == {finding for finding, _ in found}


def test_normal_vessels_do_not_stand_beside_edema() -> None:
    written = "The heart size and pulmonary vascularity are within normal limits. No pleural effusion."
    book = PhraseBook({(Finding.CARDIOMEGALY, None): "Heart size is enlarged, pulmonary vascularity is normal."})
    assert revised(written, [(Finding.EDEMA, None), (Finding.CARDIOMEGALY, None)], book) == (
        "There is pulmonary edema. There is cardiomegaly. No pleural effusion."
    )
    assert revised(written, [], book) == written


_CARDIOMEGALY, _EFFUSION, _FRACTURE, _PNEUMONIA = (
    (Finding.CARDIOMEGALY, None),
    (Finding.PLEURAL_EFFUSION, Side.LEFT),
    (Finding.FRACTURE, None),
    (Finding.PNEUMONIA, Side.RIGHT),
)


@pytest.mark.parametrize(
    ("written", "told", "expected"),
    [
        (
            "The lungs are expanded without evidence of focal airspace disease. No effusion.",
            _PNEUMONIA,
            "There is right pneumonia. The lungs are expanded. No effusion.",
        ),
        ("Clear lungs. The heart is normal.", _PNEUMONIA, "There is right pneumonia. The heart is normal."),
        ("Normal chest.", _EFFUSION, "There is a left pleural effusion."),
        (
            "The pleural spaces are clear. Costophrenic angles are sharp. The lungs are clear.",
            _EFFUSION,
            "There is a left pleural effusion. The lungs are clear.",
        ),
        (
            "The bony thorax is intact. No acute bony abnormality. No effusion.",
            _FRACTURE,
            "There is a fracture. No effusion.",
        ),
        (
            "Cardiomediastinal silhouette is normal in size. No effusion.",
            _CARDIOMEGALY,
            "There is cardiomegaly. The mediastinal contours are normal. No effusion.",
        ),
        (
            "Cardiomediastinal silhouette is normal in size.",
            (Finding.ENLARGED_CARDIOMEDIASTINUM, None),
            "There is an enlarged cardiomediastinal silhouette.",
        ),
        ("Right opacity and pneumonia. Lungs are clear.", _PNEUMONIA, "There is right pneumonia."),
        ("The right lung pneumonia. No effusion.", _PNEUMONIA, "There is right pneumonia. No effusion."),
    ],
)
def test_nothing_is_called_well_where_something_was_told(written: str, told: Found, expected: str) -> None:
    assert revised(written, [told], PLAIN) == expected


@pytest.mark.parametrize(
    ("written", "told", "expected"),
    [
        ("The heart is mildly enlarged. The heart size is normal.", _CARDIOMEGALY, "The heart is mildly enlarged."),
        (
            "Small left pleural effusion. No pneumothorax or pleural effusion.",
            _EFFUSION,
            "Small left pleural effusion. No pneumothorax.",
        ),
        ("Acute fracture. No fracture is seen.", _FRACTURE, "Acute fracture."),
        ("There is cardiomegaly. The heart is mildly enlarged.", _CARDIOMEGALY, "There is cardiomegaly."),
    ],
)
def test_what_one_sentence_states_no_other_denies_or_says_again(written: str, told: Found, expected: str) -> None:
    assert revised(written, [told], PLAIN) == expected


@pytest.mark.parametrize(
    ("written", "told", "expected"),
    [
        (
            "There is no pleural effusion, pneumothorax or focal consolidation.",
            _EFFUSION,
            "There is a left pleural effusion. There is no pneumothorax or focal consolidation.",
        ),
        (
            "Neither effusion nor pneumothorax is seen. The heart is normal.",
            _EFFUSION,
            "There is a left pleural effusion. There is no pneumothorax. The heart is normal.",
        ),
        (
            "Neither effusion nor pneumothorax is seen. No pneumothorax.",
            _EFFUSION,
            "There is a left pleural effusion. No pneumothorax.",
        ),
        (
            "Heart size and mediastinal contours are normal.",
            _CARDIOMEGALY,
            "There is cardiomegaly. The mediastinal contours are normal.",
        ),
    ],
)
def test_a_denial_that_goes_leaves_the_others_of_its_sentence(written: str, told: Found, expected: str) -> None:
    assert revised(written, [told], PLAIN) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("There may be a small pneumothorax. The heart is normal.", "The heart is normal."),
        ("A small effusion cannot be excluded. The heart is normal.", "The heart is normal."),
        ("The remaining lungs are clear.", "The remaining lungs are clear."),
    ],
)
def test_a_doubt_that_nobody_told_is_not_said(written: str, expected: str) -> None:
    assert revised(written, [], PLAIN) == expected


def test_a_phrase_book_that_names_a_side_or_a_device_by_itself_is_not_believed() -> None:
    book = PhraseBook(
        {
            (Finding.PNEUMONIA, None): "There is a right lower lobe pneumonia.",
            (Finding.SUPPORT_DEVICES, None): "Tracheostomy tube.",
        }
    )
    report = revised("The heart is normal.", [(Finding.PNEUMONIA, None), (Finding.SUPPORT_DEVICES, None)], book)
    assert report == "There is pneumonia. There is a support device. The heart is normal."


_SIDES = st.sampled_from((None, *Side))
_SIDED = [finding for finding in Finding if finding not in WITHOUT_SIDE]
_PIECES = st.sampled_from(
    (
        *("Left", "right", "bilateral", "bibasilar", "biapical", "both lungs", "right middle lobe", "lingular", "RLL"),
        *("on the left", "bilaterally", "right greater than left", "left-sided", "left base", "small", "a", "There is"),
        *("pleural effusion", "effusions", "pneumothorax", "pneumonia", "opacity", "nodule", "rib fracture", "edema"),
        *("basilar atelectasis", "pleural thickening", "consolidation", "the heart is enlarged", "hemidiaphragm"),
        *("lungs are clear", "normal chest", "costophrenic angles are sharp", "bones are intact", "no acute disease"),
        *("cardiomediastinal silhouette is normal", "lower lobe", "at the base", "apical", "airspace disease"),
        *("PICC", "tracheostomy tube", "pacemaker", "sternotomy wires", "surgical clips", "device", "is seen"),
        *(
            "no",
            "without",
            "possible",
            "may be",
            "and",
            "or",
            "with",
            ",",
            ";",
            ".",
            "?",
            "\n",
            "3.5 cm",
            "XXXX",
            "(",
            "é",
        ),
    )
)
_TEXTS = st.lists(st.one_of(_PIECES, _PIECES, _PIECES, st.text(max_size=6)), max_size=25).map(
    lambda pieces: " ".join(pieces) + "."
)
_FOUND = st.lists(st.tuples(st.sampled_from(Finding).filter(lambda one: one is not Finding.NO_FINDING), _SIDES))
_ANY_SIDE = re.compile(r"left|right|bilateral|bibas|biap|both|lingul|middle lobe|rll", re.IGNORECASE)


@given(_TEXTS, _FOUND)
@example("The heart is enlarged without pleural effusion.", [(one, None) for one in Finding][1:])
def test_whatever_is_written_no_side_is_named_that_was_not_told_and_no_device(text: str, found: list[Found]) -> None:
    report = revised(text, found, BOOK)
    told = sides_told(found)
    assert positive_findings(report) - {Finding.NO_FINDING} == set(told)
    for finding, sides in sides_stated(report).items():
        assert finding in WITHOUT_SIDE or sides <= told.get(finding, frozenset())
    for sentence in sentences(report):
        assert not is_a_guess(sentence)
        assert without_lobes(sentence) == sentence
        assert not (denied(sentence) & told.keys()) - positive_findings(sentence)


@given(st.lists(st.tuples(st.sampled_from(_SIDED), _PIECES, _PIECES), min_size=1, max_size=4))
def test_without_a_told_side_no_word_for_one_stands_beside_a_finding(said: list[tuple[Finding, str, str]]) -> None:
    names = {finding: PLAIN.phrase(finding, None).removesuffix(".") for finding in _SIDED}
    text = " ".join(f"{before} {names[finding]} {behind}." for finding, before, behind in said)
    for sentence in sentences(revised(text, [(finding, None) for finding, _, _ in said], BOOK)):
        assert not (positive_findings(sentence) & set(_SIDED) and _ANY_SIDE.search(sentence))
