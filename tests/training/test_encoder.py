"""The encoder's films and labels, never anything of val, and what it starts from."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder
from gaze2report_core.training.encoder import annotated_films, augmented, load_imagenet_weights
from gaze2report_core.training.needed import TrainingRefused
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


def test_the_encoder_starts_from_the_shipped_imagenet_weights() -> None:
    encoder = PatchEncoder(LITE0)
    before = encoder.backbone.conv_stem.weight.clone()
    load_imagenet_weights(encoder)
    assert not torch.equal(encoder.backbone.conv_stem.weight, before)
    filters = encoder.eval()(torch.rand(1, 1, 224, 224))
    assert torch.isfinite(filters).all()
    assert encoder.backbone.bn1.running_var.std() > 0  # statistics came too: fresh ones are all one
