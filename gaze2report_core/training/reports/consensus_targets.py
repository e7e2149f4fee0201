"""What a whole model is taught to write: for each study and each kind of prompt, the consensus of other studies.

With its indication each study is taught another text than without: both kinds of prompt are met later. Indications of
other studies are lent to it as well, since a consensus can be asked for any film and any wording: studies are few,
and a model that meets each indication with one film alone learns the pairs by heart.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gaze2report_core.findings.folds import FOLDS, fold_of
from gaze2report_core.findings.prompts import Found, findings_prompt
from gaze2report_core.indication import indication_prompt
from gaze2report_core.training.findings_prompts import PredictedFindings, found_in
from gaze2report_core.training.reports.consensus import Consensus
from gaze2report_core.training.reports.examples import Example
from gaze2report_core.training.reports.study_tokens import StudyTokens
from gaze2report_core.training.run.processes import progress_bar

WITHOUT_PROMPT_SHARE = 0.2
"""Of the texts of films with gaze, those that are also taught without a prompt about findings."""

LENT_INDICATIONS = 2
"""How many indications of other studies each film and prompt is also taught with."""


@dataclass(frozen=True)
class Target:
    """A study seen with gaze or without, what its prompt says was found and why the films were asked for (or says
    nothing of either), and the text."""

    uid: str
    gaze: bool
    findings: str | None
    indication: str | None
    text: str


def consensus_targets(
    training: Sequence[Example], held_out: Sequence[Example], tokens: StudyTokens, predicted: PredictedFindings
) -> tuple[list[Target], list[Target]]:
    """Targets of training and held-out studies; each from the reports of training studies in other folds than its own.

    So no study's own report has any part in what it is taught, as no film's report is there when it is read; nor has
    the report of a study whose indication is lent to it, for that is of the same fold. Held-out studies are lent none.
    """
    seen = tokens.tokens.flatten(2).numpy()  # (2, S, K · L), without gaze and with
    stated = [found_in(example.text) for example in training]
    folds: list[list[Example]] = [[one for one in training if fold_of(one.uid) == fold] for fold in range(FOLDS)]
    by_fold = [
        _consensus([one for other in folds if other is not of_fold for one in other], tokens, seen) for of_fold in folds
    ]
    random = np.random.default_rng(0)
    rare = _by_rarity(stated)

    def of(example: Example, lent: int) -> Iterator[Target]:
        fold = fold_of(example.uid)
        consensus = by_fold[fold]
        another = stated[int(random.choice(len(stated), p=rare))]
        place = tokens.place[example.uid]
        for found, gaze in _prompts(example, another, predicted, random):
            others = _indications(folds[fold], lent, random)
            for indication in dict.fromkeys(("", example.indication, *others)):
                text = consensus.report(seen[int(gaze), place], found, indication)
                told = indication_prompt(indication) or None
                yield Target(example.uid, gaze, findings_prompt(found), told, text)
                if gaze and random.random() < WITHOUT_PROMPT_SHARE:
                    yield Target(example.uid, gaze, None, told, text)

    return (
        [
            target
            for example in progress_bar(training, desc="consensus reports")
            for target in of(example, LENT_INDICATIONS)
        ],
        [target for example in held_out for target in of(example, 0)],
    )


def _indications(examples: Sequence[Example], count: int, random: Generator) -> list[str]:
    """Why some of these studies were asked for."""
    chosen = random.choice(len(examples), size=min(count, len(examples)), replace=False)
    return [examples[index].indication for index in chosen]


def _prompts(
    example: Example, another: list[Found], predicted: PredictedFindings, random: Generator
) -> Iterator[tuple[list[Found], bool]]:
    """What a prompt says, and whether there is gaze: found with gaze, found without, what the report states, and what
    another study's report states, so that the prompt is heeded whatever the film looks like."""
    with_gaze, without = (predicted.of(example.uid, gaze=gaze) for gaze in (True, False))
    if with_gaze == without:
        yield with_gaze, bool(random.integers(2))
    else:
        yield with_gaze, True
        yield without, False
    yield found_in(example.text), bool(random.integers(2))
    yield another, bool(random.integers(2))


def _consensus(others: Sequence[Example], tokens: StudyTokens, seen: NDArray[np.float32]) -> Consensus:
    places = [tokens.place[example.uid] for example in others]
    return Consensus(seen[1, places], [example.indication for example in others], [example.text for example in others])


def _by_rarity(stated: Sequence[Sequence[Found]]) -> NDArray[np.float64]:
    """How likely each study's findings are lent to another: those with rare findings more often, `(S,)`, sum one."""
    counts = Counter(finding for found in stated for finding, _ in found)
    weights = np.array([max((1 / counts[finding] for finding, _ in found), default=0.0) ** 0.5 for found in stated])
    return weights / weights.sum()


def save_targets(targets: Sequence[Target], path: Path) -> None:
    """One JSON list, so that a stopped training goes on without making them again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(target) for target in targets]), encoding="utf-8")


def read_targets(path: Path) -> list[Target]:
    """What `save_targets` wrote."""
    return [Target(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
