"""How each part of the model is trained where nobody says otherwise.

Apart from the trainings themselves, for whoever must know it before anything heavy is imported, or where what only
trainings need is not installed: the help of the command line.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingSettings:
    """What every training has in common.

    Attributes
    ----------
    learning_rate
        Of Adam with decoupled weight decay; falls linearly to zero over all steps (section 3) after the warm-up.
    warm_up_share
        The share of all steps over which the learning rate rises from zero.
    largest_gradient
        The norm to which gradients are clipped.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float = 0.01
    warm_up_share: float = 0.05
    largest_gradient: float = 1.0
    seed: int = 0
    mixed_precision: bool = False


ENCODER = TrainingSettings(epochs=4, batch_size=32, learning_rate=4e-4, weight_decay=0.02, mixed_precision=True)
LANGUAGE = TrainingSettings(epochs=14, batch_size=32, learning_rate=1.5e-3, weight_decay=0.1, mixed_precision=True)
SIDES = TrainingSettings(epochs=6, batch_size=32, learning_rate=4e-4, weight_decay=0.05, warm_up_share=0.15)
SCANPATH = TrainingSettings(epochs=40, batch_size=64, learning_rate=1e-3, weight_decay=0.05)
FINDINGS = TrainingSettings(epochs=2, batch_size=32, learning_rate=1e-3, weight_decay=0.05)
DEEP_TOWER = TrainingSettings(epochs=7, batch_size=32, learning_rate=5e-4, weight_decay=0.05, warm_up_share=0.08)
REPORT = TrainingSettings(epochs=5, batch_size=16, learning_rate=1e-3, weight_decay=0.05)
REPORT_AT_FULL_SIZE = TrainingSettings(epochs=18, batch_size=8, learning_rate=5e-4, weight_decay=0.0, warm_up_share=0.0)
"""The paper's for IU X-Ray (section 3)."""
WHOLE_LANGUAGE_MODEL = TrainingSettings(epochs=3, batch_size=32, learning_rate=1e-3, weight_decay=0.05)
OBEDIENCE = TrainingSettings(epochs=8, batch_size=32, learning_rate=2e-3, weight_decay=0.05)
REWARD = TrainingSettings(epochs=6, batch_size=24, learning_rate=4e-4, weight_decay=0.0)
CORRECTIONS = TrainingSettings(epochs=8, batch_size=8, learning_rate=1e-3, weight_decay=0.0)
