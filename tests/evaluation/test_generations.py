from pathlib import Path

import pytest

from gaze2report_core.evaluation.generations import GenerationsRefused, read_generations
from gaze2report_core.findings import Finding, Side


def read(tmp_path: Path, content: str | bytes) -> dict[str, str]:
    path = tmp_path / "out.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return {uid: generation.text for uid, generation in read_generations(path).items()}


def test_reports_and_errors_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = '{"uid": 12, "report": "Clear lungs.", "gaze": "on"}\n\n{"uid": "a", "error": "cut short", "report": "A"}\n'
    assert read(tmp_path, lines) == {"12": "Clear lungs.", "a": ""}


def test_line_separators_inside_a_report_do_not_cut_its_line(tmp_path: Path) -> None:
    assert read(tmp_path, '{"uid": "a", "report": "Clear\u2028lungs"}\r\n') == {"a": "Clear\u2028lungs"}


def test_a_mark_of_utf_8_at_the_beginning_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    assert list(read(tmp_path, '\ufeff{"uid": "a", "report": "Clear."}\n')) == ["a"]


def test_a_resumed_run_replaces_its_error_line(tmp_path: Path) -> None:
    lines = '{"uid": "a", "error": "no memory"}\n{"uid": "a", "report": "Clear."}\n'
    assert read(tmp_path, lines) == {"a": "Clear."}


def test_the_findings_that_a_model_was_told_of_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(
        '{"uid": "a", "report": "Clear.", "findings_prompt": ["Edema", "Pleural Effusion"]}\n'
        '{"uid": "b", "report": "Clear.", "findings_prompt": []}\n'
        '{"uid": "c", "report": "Clear."}\n'
    )
    told = [generation.findings_prompt for generation in read_generations(path).values()]
    assert told == [{Finding.EDEMA, Finding.PLEURAL_EFFUSION}, frozenset(), None]


def test_the_sides_that_a_model_was_told_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(
        '{"uid": "a", "report": "Clear.", "sides_told": {"Edema": [], "Pneumonia": ["left"]}}\n'
        '{"uid": "b", "report": "Clear."}\n'
    )
    told = [generation.sides_told for generation in read_generations(path).values()]
    assert told == [{Finding.EDEMA: frozenset(), Finding.PNEUMONIA: {Side.LEFT}}, None]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        *(
            (
                f'{{"uid": "a", "report": "Clear.", "sides_told": {told}}}\n',
                "Line 1 of the generated reports has `sides_told` that do not name left or right for findings.",
            )
            for told in ('["left"]', '{"Edema": "left"}', '{"Edema": ["up"]}', '{"Dropsy": []}', '{"Edema": 1}')
        ),
        (
            '{"uid": "a", "report": "Clear.", "findings_prompt": ["Dropsy"]}\n',
            "Line 1 of the generated reports has a `findings_prompt` that is not a list of the 14 findings.",
        ),
        (
            '{"uid": "a", "report": "Clear."}\n{"uid": "b", "rep',
            "Line 2 of the generated reports is not JSON: it may have been cut off; "
            "remove it or run generate again to resume.",
        ),
        *(
            (
                content,
                "Line 1 of the generated reports is not JSON: it may have been cut off; "
                "remove it or run generate again to resume.",
            )
            for content in ("9" * 5000, "[" * 100_000)
        ),
        (
            '{"uid": "a", "report": "Cl\\ud800ear."}\n',
            "Line 1 of the generated reports has a `report` that no file can hold as text.",
        ),
        ("[1, 2]\n", "Line 1 of the generated reports is not a JSON object."),
        ('{"report": "Clear."}\n', "Line 1 of the generated reports has no `uid`."),
        ('{"uid": true, "report": "Clear."}\n', "Line 1 of the generated reports has no `uid`."),
        (
            '{"uid": "a"}\n',
            "Line 1 of the generated reports has neither a `report` text nor an `error`.",
        ),
        (
            '{"uid": "a", "report": "Clear."}\n{"uid": "a", "report": "Opaque."}\n',
            "Line 2 of the generated reports is a second line for its study: keep one of them.",
        ),
        (b"\xff\xfe\x00", "The file of generated reports cannot be read as UTF-8 text."),
    ],
)
def test_a_broken_file_is_refused_with_a_sentence(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    with pytest.raises(GenerationsRefused) as refusal:
        read(tmp_path, content)
    assert str(refusal.value) == sentence


def test_a_missing_file_is_refused_without_naming_its_path(tmp_path: Path) -> None:
    with pytest.raises(GenerationsRefused) as refusal:
        read_generations(tmp_path / "Jane Roe.jsonl")
    assert str(refusal.value) == "There is no file of generated reports at the given path."
