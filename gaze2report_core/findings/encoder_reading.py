"""A second reader of findings: what the report's encoder, which has seen each film anyway, says of it.

The reading is linear in pooled patches, and in patches as a reader's gaze weighs them. It joins the towers by a
logistic regression that was fitted on studies which neither had seen (stacked generalisation, Wolpert 1992, doi
10.1016/S0893-6080(05)80023-1). A deep tower joins them the same way, and whether there is no finding at all, a reader
of sides has a say in too.
"""

from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gaze2report_core.findings.evidence import Fusion, Seen, log_odds, probabilities_of
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.findings.vocabulary import FINDINGS, Finding
from gaze2report_core.gaze import GRID

ENCODER_READING = "encoder_reading.safetensors"
"""Its place in the folder of findings. Without this file the towers speak alone."""

Array = NDArray[np.float64]

OF_FRONTAL, OF_LATERAL, UNDER_GAZE = slice(0, 6), slice(6, 12), 12
"""Rows of what is kept of a study."""
PARTS = 13

A_GLANCE = 2.0
"""Seconds of a look over the whole film, beside which all gaze is weighed: a fixation alone does not say everything."""


def pooled(patches: NDArray[np.floating]) -> NDArray[np.float32]:
    """What is kept of one film's patches `(N, D)`: mean, maximum, and the mean of each of its quarters, `(6, D)`."""
    wide = np.asarray(patches, dtype=np.float32)
    half = GRID // 2
    quarters = wide.reshape(2, half, 2, half, -1).mean(axis=(1, 3))  # (2, 2, D)
    return np.concatenate([wide.mean(axis=0)[None], wide.max(axis=0)[None], quarters.reshape(4, -1)])


def under_gaze(patches: NDArray[np.floating], durations: Array) -> NDArray[np.float32]:
    """The mean of a film's patches `(N, D)`, each weighed by the seconds of gaze on it `(14, 14)`: `(D,)`."""
    seconds = durations.ravel() + A_GLANCE / durations.size
    return np.asarray(seconds / seconds.sum() @ np.asarray(patches, dtype=np.float64), dtype=np.float32)


def kept_of_study(
    frontal: NDArray[np.floating] | None, lateral: NDArray[np.floating] | None, durations: Array | None, width: int
) -> NDArray[np.float32]:
    """Patches `(N, D)` of the views that there are, and seconds of gaze `(14, 14)` on the frontal one → `(13, D)`.

    What is absent is not a number.
    """
    kept = np.full((PARTS, width), np.nan, np.float32)
    if frontal is not None:
        kept[OF_FRONTAL] = pooled(frontal)
    if lateral is not None:
        kept[OF_LATERAL] = pooled(lateral)
    if frontal is not None and durations is not None and durations.sum() > 0:
        kept[UNDER_GAZE] = under_gaze(frontal, durations)
    return kept


@dataclass(frozen=True, eq=False)
class LinearReading:
    """Regression on what is kept of a study: `mean`, `deviation` `(13, D)`, `weights` `(13, D, C)`, `bias` `(C,)`."""

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def score(self, kept: NDArray[np.float32]) -> Array:
        """How far what is kept of studies `(…, 13, D)` speaks for each finding, `(…, C)`.

        What is absent, and so not a number, says nothing.
        """
        said = np.nan_to_num((kept - self.mean) / self.deviation)
        return np.asarray(np.tensordot(said, self.weights, axes=2) + self.bias, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Joint:
    """How towers and encoder are heard together for one thing that there may be of a study.

    `fusion` joins the towers' log-odds with the encoder's score; `thresholds` `(C,)` are the probabilities from which a
    finding is said to be there. `deep_tower` `(C,)` is how much the logits of a deep tower count, and
    `against_no_finding` how much it counts against No Finding that a reader of sides sees anything. `reliability` is
    that of the probabilities of all together.
    """

    fusion: Fusion
    thresholds: Array
    against_no_finding: float = 0.0
    deep_tower: Array = field(default_factory=lambda: np.zeros(len(FINDINGS)))
    reliability: Reliability = field(default_factory=Reliability.without_studies)

    def probabilities(
        self, of_towers: Array, score: Array, deep: Array | float = 0.0, anything: Array | float = 0.0
    ) -> Array:
        """Probabilities of the towers, scores of the encoder and logits of a deep tower, all `(…, C)`, and log-odds
        `(…)` that there is anything to be seen → calibrated probabilities `(…, C)`."""
        joined = self.fusion.log_odds(np.stack([log_odds(of_towers), score], axis=-1)) + self.deep_tower * deep
        joined[..., FINDINGS.index(Finding.NO_FINDING)] -= self.against_no_finding * anything
        return probabilities_of(joined)


@dataclass(frozen=True, eq=False)
class EncoderReading:
    """The encoder's readings, of films alone and of films under a reader's gaze, and how they join the towers."""

    without_gaze: LinearReading
    with_gaze: LinearReading
    joints: dict[Seen, Joint]

    @property
    def width(self) -> int:
        """D, the width of the encoder whose patches are read."""
        return self.with_gaze.mean.shape[1]

    def opinion(
        self, frontal: NDArray[np.floating] | None, lateral: NDArray[np.floating] | None, durations: Array | None
    ) -> "EncoderOpinion":
        """What the encoder says of one study; parameters as in `kept_of_study`."""
        kept = kept_of_study(frontal, lateral, durations, self.width)
        gaze = not np.isnan(kept[UNDER_GAZE]).any()
        return EncoderOpinion((self.with_gaze if gaze else self.without_gaze).score(kept), self.joints)

    def save(self, folder: Path) -> None:
        """Write `ENCODER_READING` to the folder of findings, about 400 kB; the weights with sixteen bits."""
        state: dict[str, NDArray[np.floating]] = {}
        for name, linear in (("without_gaze", self.without_gaze), ("with_gaze", self.with_gaze)):
            state |= {f"{name}.{part.name}": getattr(linear, part.name) for part in fields(linear)}
        for seen, joint in self.joints.items():
            state |= {f"{seen.value}.{name}": values for name, values in _parts_of(joint).items()}
        kept = {
            name: np.ascontiguousarray(values, dtype=np.float16 if values.ndim == 3 else np.float32)
            for name, values in state.items()
        }
        save_file(kept, folder / ENCODER_READING)

    @classmethod
    def from_folder(cls, folder: Path) -> "EncoderReading | None":
        """Read what `save` wrote; nothing where the folder has none. Raises ValueError for a damaged file."""
        if not (folder / ENCODER_READING).is_file():
            return None
        try:
            state = {name: values.astype(np.float32) for name, values in load_file(folder / ENCODER_READING).items()}
            without_gaze, with_gaze = (_linear(state, name) for name in ("without_gaze", "with_gaze"))
            state = {f"{seen.value}.{name}": none for seen in Seen for name, none in _unfitted().items()} | state
            joints = {seen: _joint({name: state[f"{seen.value}.{name}"] for name in _SHAPES}) for seen in Seen}
        except (OSError, SafetensorError, KeyError) as error:
            raise ValueError("The encoder's reading of findings is damaged.") from error
        if without_gaze.mean.shape != with_gaze.mean.shape:
            raise ValueError("The encoder's readings with gaze and without are of different sizes.")
        return cls(without_gaze, with_gaze, joints)


def _linear(state: dict[str, NDArray[np.float32]], name: str) -> LinearReading:
    linear = LinearReading(*(state[f"{name}.{part.name}"] for part in fields(LinearReading)))
    shape = linear.mean.shape
    expected = (shape, (*shape, len(FINDINGS)), (len(FINDINGS),))
    if shape[:1] != (PARTS,) or (linear.deviation.shape, linear.weights.shape, linear.bias.shape) != expected:
        raise ValueError("The encoder's reading of findings is of another size.")
    return linear


AGAINST_NO_FINDING, OF_DEEP_TOWER, RELIABILITY = "against_no_finding", "deep_tower", "reliability"
"""Absent where there was no reader of sides, no deep tower, or nobody kept how reliable probabilities are, when the
encoder's reading was fitted."""

_SHAPES: dict[str, tuple[int, ...]] = {
    "weights": (len(FINDINGS), 2),
    "bias": (len(FINDINGS),),
    "thresholds": (len(FINDINGS),),
    AGAINST_NO_FINDING: (1,),
    OF_DEEP_TOWER: (len(FINDINGS),),
    RELIABILITY: (len(FINDINGS), 3),
}


def _unfitted() -> dict[str, NDArray[np.float32]]:
    unfitted = {
        AGAINST_NO_FINDING: np.zeros(_SHAPES[AGAINST_NO_FINDING]),
        OF_DEEP_TOWER: np.zeros(_SHAPES[OF_DEEP_TOWER]),
        RELIABILITY: Reliability.without_studies().columns(),
    }
    return {name: values.astype(np.float32) for name, values in unfitted.items()}


def _parts_of(joint: Joint) -> dict[str, Array]:
    return {
        "weights": joint.fusion.weights,
        "bias": joint.fusion.bias,
        "thresholds": joint.thresholds,
        AGAINST_NO_FINDING: np.array([joint.against_no_finding]),
        OF_DEEP_TOWER: joint.deep_tower,
        RELIABILITY: joint.reliability.columns(),
    }


def _joint(parts: dict[str, NDArray[np.float32]]) -> Joint:
    if any(values.shape != _SHAPES[name] for name, values in parts.items()):
        raise ValueError("The encoder's reading of findings is joined by numbers of another size.")
    weights, bias, thresholds, against, deep, reliability = (parts[name].astype(np.float64) for name in _SHAPES)
    return Joint(Fusion(weights, bias), thresholds, against.item(), deep, Reliability.from_columns(reliability))


@dataclass(frozen=True, eq=False)
class EncoderOpinion:
    """What the encoder says of one study, `score` `(C,)`, beside how that joins the towers."""

    score: Array
    joints: dict[Seen, Joint]
