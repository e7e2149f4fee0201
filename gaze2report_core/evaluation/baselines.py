"""Reports that look at no film, or at the wrong one: what a model has to beat before its figures mean anything."""

from collections.abc import Mapping, Sequence

import numpy as np

SHUFFLED_FILMS, RANDOM_TRAINING_REPORT = "Shuffled films", "Random training report"

CONSTANT_REPORT = (
    "The lungs are clear. There is no focal airspace consolidation. No pleural effusion or pneumothorax. "
    "Heart size and mediastinal contour are normal. There are minimal degenerative changes of the spine."
)


def constant(uids: Sequence[str]) -> dict[str, str]:
    """The same report for every film."""
    return dict.fromkeys(uids, CONSTANT_REPORT)


def random_training(uids: Sequence[str], training_reports: Mapping[str, str], seed: int = 0) -> dict[str, str]:
    """For each study the report of a training study drawn at random, never its own.

    Raises ValueError when no training report of another study is there to draw.
    """
    generator = np.random.default_rng(seed)
    training_uids = list(training_reports)
    drawn = {}
    for uid in uids:
        if not any(other != uid for other in training_uids[:2]):
            raise ValueError("There is no training report of another study to draw.")
        other = uid
        while other == uid:
            other = training_uids[generator.integers(len(training_uids))]
        drawn[uid] = training_reports[other]
    return drawn


def shuffled_films(candidates: Mapping[str, str], seed: int = 0) -> dict[str, str]:
    """The candidates handed on along one random circle through all studies: nobody keeps the report of their own film.

    Raises ValueError for fewer than two studies.
    """
    if len(candidates) < 2:
        raise ValueError("Films can be shuffled among two studies or more.")
    uids = list(candidates)
    circle = [uids[place] for place in np.random.default_rng(seed).permutation(len(uids))]
    giver = dict(zip(circle, circle[1:] + circle[:1], strict=True))
    return {uid: candidates[giver[uid]] for uid in uids}


def available_baselines(
    candidates: Mapping[str, str], training_reports: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """The baselines by name, without those that need a second study or another training study where there is none."""
    uids = list(candidates)
    systems = {}
    if len(uids) > 1:
        systems[SHUFFLED_FILMS] = shuffled_films(candidates)
    if len(training_reports) > 1 or training_reports.keys() - candidates.keys():
        systems[RANDOM_TRAINING_REPORT] = random_training(uids, training_reports)
    systems["Constant report"] = constant(uids)
    return systems
