"""The folder `findings/` of a model: the towers, what was fitted on them, and where lungs and heart are looked for,
and what the report's encoder has to say."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.encoder_probe import ENCODER_PROBE, EncoderProbe
from gaze2report_core.findings.ensemble import Calibration, TowersOfFindings
from gaze2report_core.findings.evidence import Fusion, Seen
from gaze2report_core.findings.incidental_probe import INCIDENTAL_PROBE, IncidentalProbe
from gaze2report_core.findings.places.geometry import GeometryFinder
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.hub import CONFIG
from gaze2report_core.model.eight_bits import restored, with_eight_bits
from gaze2report_core.model.folder import WEIGHTS
from gaze2report_core.unreadable import UnreadableModel

FINDINGS_FOLDER = "findings"
GEOMETRY = "geometry.safetensors"
DEEP_TOWER_FOLDER = "deep_tower"
"""Its place in the folder of findings. Without it the other towers and the encoder speak alone."""

SIDE_THRESHOLD = "surest_side"
"""Its key in the configuration is an old name of it: another would make folders that are there unreadable."""

_ONLY_IN_TRAINING = (".auxiliary.", ".embedding.")


@dataclass(frozen=True, eq=False)
class SavedFindings:
    """All that a folder of findings holds, ready to be used.

    Without an `encoder_probe` the towers speak alone, and a `deep_tower` is not heard; without an `incidental_probe`
    nothing is known of incidental findings.
    """

    towers: TowersOfFindings
    calibration: Calibration
    geometry: GeometryFinder
    encoder_probe: EncoderProbe | None
    deep_tower: TowersOfFindings | None
    incidental_probe: IncidentalProbe | None


def save_findings(towers: TowersOfFindings, calibration: Calibration, folder: Path) -> None:
    """Write the classifier without what only its training needs; the geometry finder is written by its own training."""
    folder.mkdir(parents=True, exist_ok=True)
    description = {
        "classifier": towers.config.to_dict(),
        "fusions": {
            seen.value: {"weights": fusion.weights.round(6).tolist(), "bias": fusion.bias.round(6).tolist()}
            for seen, fusion in calibration.fusions.items()
        },
        "thresholds": {seen.value: values.round(6).tolist() for seen, values in calibration.thresholds.items()},
        SIDE_THRESHOLD: calibration.side_threshold,
        "reliability": {seen.value: one.columns().round(6).tolist() for seen, one in calibration.reliability.items()},
    }
    (folder / CONFIG).write_text(json.dumps(description) + "\n", encoding="utf-8")
    _save_weights(towers, folder)


def save_deep_tower(tower: TowersOfFindings, folder: Path) -> None:
    """Write a deep tower, without what only its training needs, to `folder / DEEP_TOWER_FOLDER`."""
    own = folder / DEEP_TOWER_FOLDER
    own.mkdir(parents=True, exist_ok=True)
    (own / CONFIG).write_text(json.dumps(tower.config.to_dict()) + "\n", encoding="utf-8")
    _save_weights(tower, own)


def _save_weights(towers: TowersOfFindings, folder: Path) -> None:
    state = {n: t for n, t in towers.state_dict().items() if not any(part in n for part in _ONLY_IN_TRAINING)}
    save_file(with_eight_bits(state), folder / WEIGHTS)


def load_findings(folder: Path, encoder_width: int) -> SavedFindings:
    """Read a folder of findings.

    Raises `UnreadableModel` where a file is wrong, or a probe is not of an encoder of this width D.
    """
    with _refused_where_damaged():
        values = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        towers = _towers(ClassifierConfig.from_dict(values["classifier"]), folder)
        calibration = Calibration(
            {
                Seen(seen): Fusion(np.array(fusion["weights"]), np.array(fusion["bias"]))
                for seen, fusion in values["fusions"].items()
            },
            {Seen(seen): np.array(thresholds) for seen, thresholds in values["thresholds"].items()},
            float(values[SIDE_THRESHOLD]),
            _reliability(values.get("reliability", {})),
        )
        encoder_probe = EncoderProbe.from_folder(folder)
        deep_tower = load_deep_tower(folder)
        incidental_probe = IncidentalProbe.from_folder(folder)
    for probe, part in ((encoder_probe, ENCODER_PROBE), (incidental_probe, INCIDENTAL_PROBE)):
        if probe is not None and probe.width != encoder_width:
            raise UnreadableModel(
                f"The folder of findings reads another encoder than this model's: remove {part} from it."
            )
    geometry = GeometryFinder.from_file(folder / GEOMETRY)
    return SavedFindings(towers, calibration, geometry, encoder_probe, deep_tower, incidental_probe)


def _reliability(columns: Mapping[str, Sequence[Sequence[float]]]) -> dict[Seen, Reliability]:
    """Of folders that were written before it was kept, nothing is known."""
    known = {Seen(seen): Reliability.from_columns(np.array(of_seen)) for seen, of_seen in columns.items()}
    return {seen: known.get(seen, Reliability.without_studies()) for seen in Seen}


def load_deep_tower(folder: Path) -> TowersOfFindings | None:
    """Read what `save_deep_tower` wrote; nothing where the folder has none.

    Raises `UnreadableModel` where a file is wrong.
    """
    own = folder / DEEP_TOWER_FOLDER
    if not own.is_dir():
        return None
    with _refused_where_damaged():
        return _towers(ClassifierConfig.from_dict(json.loads((own / CONFIG).read_text(encoding="utf-8"))), own)


@contextmanager
def _refused_where_damaged() -> Iterator[None]:
    try:
        yield
    except UnreadableModel:
        raise
    except (OSError, SafetensorError, AttributeError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise UnreadableModel(
            "The model's findings classifier is damaged, or its files do not fit each other. "
            "Fetch or write the folder again."
        ) from error


def _towers(config: ClassifierConfig, folder: Path) -> TowersOfFindings:
    towers = TowersOfFindings(config)
    loaded = towers.load_state_dict(restored(load_file(folder / WEIGHTS)), strict=False)
    missing = [name for name in loaded.missing_keys if not any(part in name for part in _ONLY_IN_TRAINING)]
    if missing or loaded.unexpected_keys:
        raise UnreadableModel("The weights of the model's findings classifier do not fit its configuration.")
    return towers.eval()
