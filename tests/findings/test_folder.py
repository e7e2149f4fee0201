"""Damaged folders of findings: each is refused in a sentence, by the loader that starts the app."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from gaze2report_core.findings.encoder_probe import ENCODER_PROBE
from gaze2report_core.findings.folder import DEEP_TOWER_FOLDER, FINDINGS_FOLDER, GEOMETRY
from gaze2report_core.findings.incidental_probe import INCIDENTAL_PROBE
from gaze2report_core.findings.revision.phrase_book import PHRASES
from gaze2report_core.hub import CONFIG, EMBEDDED_MODEL
from gaze2report_core.model.folder import WEIGHTS
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.unreadable import UnreadableModel

pytestmark = pytest.mark.thorough

Spoil = Callable[[Path], object]


@pytest.fixture
def model(small_model_folder: Path, tmp_path: Path) -> Path:
    """The small model beside the embedded model's findings."""
    folder = Path(shutil.copytree(small_model_folder, tmp_path / "model"))
    shutil.copytree(EMBEDDED_MODEL / FINDINGS_FOLDER, folder / FINDINGS_FOLDER)
    return folder


def cut(name: str) -> Spoil:
    return lambda findings: (findings / name).write_bytes((findings / name).read_bytes()[:-9])


def empty(name: str) -> Spoil:
    return lambda findings: (findings / name).write_bytes(b"")


def another(name: str, source: Path) -> Spoil:
    """A whole file of another part of the model, in the place of this one."""
    return lambda findings: shutil.copy(source, findings / name)


def half_as_wide(part: str = "") -> Spoil:
    """Each tensor of the towers with half its rows: the names are right, the sizes are not."""

    def spoil(findings: Path) -> None:
        state = load_file(findings / part / WEIGHTS)
        halves = {name: tensor[::2].clone() if tensor.ndim else tensor for name, tensor in state.items()}
        save_file(halves, findings / part / WEIGHTS)

    return spoil


def describe(change: Callable[[dict], object]) -> Spoil:
    def spoil(findings: Path) -> None:
        values = json.loads((findings / CONFIG).read_text(encoding="utf-8"))
        (findings / CONFIG).write_text(json.dumps(change(values)), encoding="utf-8")

    return spoil


CLASSIFIER = "The model's findings classifier is damaged, or its files do not fit each other."
GEOMETRIES = "The file that places lungs and heart is missing or damaged."
PHRASE_BOOK = "The model's phrase book is damaged."


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (cut(CONFIG), CLASSIFIER),
        (cut(WEIGHTS), CLASSIFIER),
        (empty(WEIGHTS), CLASSIFIER),
        (half_as_wide(), CLASSIFIER),
        (half_as_wide(DEEP_TOWER_FOLDER), CLASSIFIER),
        (cut(f"{DEEP_TOWER_FOLDER}/{CONFIG}"), CLASSIFIER),
        (empty(f"{DEEP_TOWER_FOLDER}/{WEIGHTS}"), CLASSIFIER),
        (lambda findings: (findings / DEEP_TOWER_FOLDER / WEIGHTS).unlink(), CLASSIFIER),
        (describe(lambda values: values | {"fusions": list(values["fusions"])}), CLASSIFIER),
        (describe(lambda values: [values]), CLASSIFIER),
        (cut(ENCODER_PROBE), CLASSIFIER),
        (cut(INCIDENTAL_PROBE), CLASSIFIER),
        (another(WEIGHTS, EMBEDDED_MODEL / FINDINGS_FOLDER / GEOMETRY), "do not fit its configuration"),
        (cut(GEOMETRY), GEOMETRIES),
        (another(GEOMETRY, EMBEDDED_MODEL / FINDINGS_FOLDER / ENCODER_PROBE), GEOMETRIES),
        (lambda findings: (findings / GEOMETRY).unlink(), GEOMETRIES),
        (cut(PHRASES), PHRASE_BOOK),
    ],
)
def test_a_damaged_folder_is_refused_by_what_the_app_catches(model: Path, spoil: Spoil, sentence: str) -> None:
    spoil(model / FINDINGS_FOLDER)
    with pytest.raises(UnreadableModel) as refusal:
        Gaze2ReportPipeline.from_pretrained(model, device="cpu")
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert model.name not in str(refusal.value).split()


def test_an_undamaged_folder_is_read(model: Path) -> None:
    assert Gaze2ReportPipeline.from_pretrained(model, device="cpu").has_findings
