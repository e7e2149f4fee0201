"""Hyper-parameters of the classifier of findings."""

from dataclasses import asdict, dataclass
from typing import Any

from gaze2report_core.model.patch_encoder import LITE0, LITE2, PatchEncoderConfig


@dataclass(frozen=True)
class ClassifierConfig:
    """The classifier of findings.

    Attributes
    ----------
    encoder
        The backbone, as ImageNet left it.
    frozen_blocks
        How many of its blocks stay as they are; all towers share them.
    towers
        How many towers are trained, each on all folds of the training data but one.
    embedding
        The width in which films and reports are contrasted.
    auxiliary_labels
        How many labels of the collections' own vocabularies a tower learns beside the 14, in training only.
    dropout
        Share of features that are dropped in training.
    """

    encoder: PatchEncoderConfig = LITE0
    frozen_blocks: int = 4
    towers: int = 5
    embedding: int = 128
    auxiliary_labels: int = 0
    dropout: float = 0.3

    def to_dict(self) -> dict[str, Any]:
        """Ready for `config.json`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ClassifierConfig":
        """Read what `to_dict` wrote."""
        return cls(**{**values, "encoder": PatchEncoderConfig(**values["encoder"])})


DEEP_TOWER = ClassifierConfig(encoder=LITE2, frozen_blocks=2, towers=1)
"""One tower more, of a larger backbone that is tuned nearly as a whole."""
