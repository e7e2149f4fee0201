"""Options in place of a training's usual settings, which `train` and `ablate` have."""

import argparse
from collections.abc import Mapping
from dataclasses import replace

from gaze2report_core.commands.option_types import above_zero, positive, seed
from gaze2report_core.training_settings import TrainingSettings


def add_training_options(
    parser: argparse.ArgumentParser,
    usual: TrainingSettings,
    *,
    others: Mapping[str, TrainingSettings] | None = None,
    from_one_seed: bool = True,
) -> None:
    """The options, which name the settings without them, and those of `others`, by what has to be given for them.

    Where it is not `from_one_seed` that is trained, the command says otherwise from which.
    """

    def default(name: str) -> str:
        value = getattr(usual, name)
        other = {given: getattr(settings, name) for given, settings in (others or {}).items()}
        return (
            ", ".join(
                [f"(default: {value:g}", *(f"with {given} {one:g}" for given, one in other.items() if one != value)]
            )
            + ")"
        )

    parser.add_argument(
        "--epochs", type=positive, metavar="COUNT", help=f"how often all examples are gone through {default('epochs')}"
    )
    parser.add_argument(
        "--batch-size", type=positive, metavar="COUNT", help=f"examples of each step {default('batch_size')}"
    )
    parser.add_argument(
        "--learning-rate",
        type=above_zero,
        metavar="RATE",
        help=f"the highest, from which it falls to zero by the last step {default('learning_rate')}",
    )
    if from_one_seed:
        parser.add_argument(
            "--seed", type=seed, metavar="NUMBER", help=f"of everything that is left to chance {default('seed')}"
        )


def settings_of_training(arguments: argparse.Namespace, usual: TrainingSettings) -> TrainingSettings:
    """A training's usual settings, but for what the options say; not every training has all of them."""
    names = ("epochs", "batch_size", "learning_rate", "seed")
    given = {name: value for name in names if (value := getattr(arguments, name, None)) is not None}
    return replace(usual, **given)
