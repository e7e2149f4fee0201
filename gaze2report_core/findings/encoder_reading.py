"""A second reader of findings: what the report's encoder, which has seen each film anyway, says of it.

The reading is linear in pooled patches. It joins the towers by a logistic regression that was fitted on studies which
neither had seen (stacked generalisation, Wolpert 1992, doi 10.1016/S0893-6080(05)80023-1).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gaze2report_core.findings.evidence import FINDINGS, Fusion, Seen
from gaze2report_core.gaze import GRID

ENCODER_READING = "encoder_reading.safetensors"
"""Its place in the folder of findings. Without this file the towers speak alone."""

Array = NDArray[np.float64]

VIEWS = 2
"""The frontal film and the lateral one, in this order."""
POOLINGS = 6


def pooled(patches: NDArray[np.floating]) -> NDArray[np.float32]:
    """What is kept of one film's patches `(N, D)`: mean, maximum, and the mean of each of its quarters, `(6 D,)`."""
    wide = np.asarray(patches, dtype=np.float32)
    half = GRID // 2
    quarters = wide.reshape(2, half, 2, half, -1).mean(axis=(1, 3))  # (2, 2, D)
    return np.concatenate([wide.mean(axis=0), wide.max(axis=0), quarters.ravel()])


@dataclass(frozen=True, eq=False)
class LinearReading:
    """A regression on the pooled patches of both views: `mean` and `deviation` `(2, 6 D)`, `weights` `(2, 6 D, C)` and
    `bias` `(C,)`."""

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @property
    def width(self) -> int:
        """D, the width of the encoder whose patches are read."""
        return self.mean.shape[1] // POOLINGS

    def score(self, features: NDArray[np.float32]) -> Array:
        """How far pooled patches `(…, 2, 6 D)` speak for each finding, `(…, C)`; an absent view, which is not a number,
        says nothing."""
        said = np.nan_to_num((features - self.mean) / self.deviation)
        return np.asarray(np.tensordot(said, self.weights, axes=2) + self.bias, dtype=np.float64)


def both_views(frontal: NDArray[np.floating] | None, lateral: NDArray[np.floating] | None, width: int) -> NDArray:
    """Patches `(N, D)` of the views that there are → pooled `(2, 6 D)`, not a number for a view that is absent."""
    absent = np.full(POOLINGS * width, np.nan, np.float32)
    return np.stack([absent if patches is None else pooled(patches) for patches in (frontal, lateral)])


@dataclass(frozen=True, eq=False)
class Joint:
    """How towers and encoder are heard together for one thing that there may be of a study.

    `fusion` joins the towers' log-odds with the encoder's score; `thresholds` `(C,)` are the probabilities from which a
    finding is said to be there.
    """

    fusion: Fusion
    thresholds: Array

    def probabilities(self, of_towers: Array, score: Array) -> Array:
        """Probabilities of the towers and scores of the encoder, both `(…, C)` → calibrated probabilities `(…, C)`."""
        return self.fusion.probabilities(np.stack([log_odds(of_towers), score], axis=-1))


def log_odds(probabilities: Array) -> Array:
    """Of probabilities, which are kept off 0 and 1."""
    kept = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.log(kept / (1 - kept))


@dataclass(frozen=True, eq=False)
class EncoderReading:
    """The encoder's reading and how it joins the towers."""

    linear: LinearReading
    joints: dict[Seen, Joint]

    def save(self, folder: Path) -> None:
        """Write `ENCODER_READING` to the folder of findings, about 200 kB; the weights with sixteen bits."""
        kept: dict[str, NDArray[np.floating]] = {
            "mean": self.linear.mean,
            "deviation": self.linear.deviation,
            "bias": self.linear.bias,
        }
        for seen, joint in self.joints.items():
            kept |= {f"{seen.value}.{name}": values for name, values in _parts_of(joint).items()}
        state = {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in kept.items()}
        state["weights"] = np.ascontiguousarray(self.linear.weights, dtype=np.float16)
        save_file(state, folder / ENCODER_READING)

    @classmethod
    def from_folder(cls, folder: Path) -> "EncoderReading | None":
        """Read what `save` wrote; nothing where the folder has none. Raises ValueError for a damaged file."""
        if not (folder / ENCODER_READING).is_file():
            return None
        try:
            state = {name: values.astype(np.float32) for name, values in load_file(folder / ENCODER_READING).items()}
            linear = LinearReading(*(state[name] for name in ("mean", "deviation", "weights", "bias")))
            joints = {seen: _joint({name: state[f"{seen.value}.{name}"] for name in _SHAPES}) for seen in Seen}
        except (OSError, SafetensorError, KeyError) as error:
            raise ValueError("The encoder's reading of findings is damaged.") from error
        shape = linear.mean.shape
        expected = (shape, (*shape, len(FINDINGS)), (len(FINDINGS),))
        if len(shape) != 2 or (linear.deviation.shape, linear.weights.shape, linear.bias.shape) != expected:
            raise ValueError("The encoder's reading of findings is of another size.")
        return cls(linear, joints)


_SHAPES = {"weights": (len(FINDINGS), 2), "bias": (len(FINDINGS),), "thresholds": (len(FINDINGS),)}


def _parts_of(joint: Joint) -> dict[str, Array]:
    return {"weights": joint.fusion.weights, "bias": joint.fusion.bias, "thresholds": joint.thresholds}


def _joint(parts: dict[str, NDArray[np.float32]]) -> Joint:
    if any(values.shape != _SHAPES[name] for name, values in parts.items()):
        raise ValueError("The encoder's reading of findings is joined by numbers of another size.")
    weights, bias, thresholds = (parts[name].astype(np.float64) for name in _SHAPES)
    return Joint(Fusion(weights, bias), thresholds)


@dataclass(frozen=True, eq=False)
class EncoderOpinion:
    """What the encoder says of one study, `score` `(C,)`, beside how that joins the towers."""

    score: Array
    joints: dict[Seen, Joint]

    def joined(self, seen: Seen, of_towers: Array) -> Array:
        """Probabilities of the towers `(C,)` → of both together."""
        return self.joints[seen].probabilities(of_towers, self.score)
