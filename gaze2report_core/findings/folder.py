"""The folder `findings/` of a model: the towers, what was fitted on them, and where lungs and heart are looked for,
and what the report's encoder has to say."""

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.encoder_reading import ENCODER_READING, EncoderReading
from gaze2report_core.findings.ensemble import Calibration, TowersOfFindings
from gaze2report_core.findings.evidence import Fusion, Seen
from gaze2report_core.findings.geometry import GeometryFinder
from gaze2report_core.model.folder import CONFIG, WEIGHTS, halved
from gaze2report_core.unreadable import UnreadableModel

FINDINGS_FOLDER = "findings"
GEOMETRY = "geometry.safetensors"

_ONLY_IN_TRAINING = (".auxiliary.", ".embedding.")


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
        "surest_side": calibration.surest_side,
    }
    (folder / CONFIG).write_text(json.dumps(description) + "\n", encoding="utf-8")
    state = {n: t for n, t in towers.state_dict().items() if not any(part in n for part in _ONLY_IN_TRAINING)}
    save_file(halved(state), folder / WEIGHTS)


def load_findings(
    folder: Path, encoder_width: int
) -> tuple[TowersOfFindings, Calibration, GeometryFinder, EncoderReading | None]:
    """Read a folder of findings, ready to be used; without a file of the encoder's reading the towers speak alone.

    Raises `UnreadableModel` where a file is wrong, or the reading is not of an encoder of this width D.
    """
    try:
        values = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        towers = TowersOfFindings(ClassifierConfig.from_dict(values["classifier"]))
        calibration = Calibration(
            {
                Seen(seen): Fusion(np.array(fusion["weights"]), np.array(fusion["bias"]))
                for seen, fusion in values["fusions"].items()
            },
            {Seen(seen): np.array(thresholds) for seen, thresholds in values["thresholds"].items()},
            float(values["surest_side"]),
        )
        state = {name: tensor.float() for name, tensor in load_file(folder / WEIGHTS).items()}
        unexpected = towers.load_state_dict(state, strict=False)
        reading = EncoderReading.from_folder(folder)
    except (OSError, SafetensorError, AttributeError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise UnreadableModel(
            "The model's findings classifier is damaged, or its files do not fit each other. "
            "Fetch or write the folder again."
        ) from error
    missing = [name for name in unexpected.missing_keys if not any(part in name for part in _ONLY_IN_TRAINING)]
    if missing or unexpected.unexpected_keys:
        raise UnreadableModel("The weights of the model's findings classifier do not fit its configuration.")
    if reading is not None and reading.width != encoder_width:
        raise UnreadableModel(
            f"The folder of findings reads another encoder than this model's: remove {ENCODER_READING} from it."
        )
    return towers.eval(), calibration, GeometryFinder.from_file(folder / GEOMETRY), reading
