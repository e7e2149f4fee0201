"""`evaluate-gaze --pairs`: recordings against what is predicted for the films that their readers looked at."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaze2report_core.commands.common import CommandRefused, load_pipeline, model_entry, say
from gaze2report_core.commands.films import is_there
from gaze2report_core.commands.queries import warn_of_guesses


@dataclass(frozen=True)
class EvaluatedGaze:
    """What there is to be said of what was left out, and the figures as tables and as JSON."""

    left_out: Sequence[str]
    tables: str
    figures: dict[str, Any]


def evaluated_on_own_films(arguments: argparse.Namespace) -> EvaluatedGaze:
    """Read the pairs, predict for their films and compare, and say what is to be said of their recordings."""
    from gaze2report_core.evaluation.gaze.own_films import evaluate_on_own_films, own_films_tables, read_pairs

    pairs = read_pairs(arguments.pairs)
    _refuse_absent_files("--images", arguments.images, {pair.film for pair in pairs})
    _refuse_absent_files("--recordings", arguments.recordings, {pair.recording for pair in pairs})
    warn_of_guesses([pair.query for pair in pairs if pair.query])
    pipeline = load_pipeline(arguments)
    evaluation = evaluate_on_own_films(
        pipeline, pairs, arguments.images, arguments.recordings, samples=arguments.samples, seed=arguments.seed
    )
    for note in evaluation.notes:
        say(f"warning: {note}")
    return EvaluatedGaze(
        evaluation.left_out.sentences(),
        own_films_tables(evaluation),
        evaluation.to_dict() | {"model": model_entry(pipeline)},
    )


def _refuse_absent_files(option: str, holder: Path, names: set[str]) -> None:
    """Before the model is loaded, where none of the files that the pairs name is there."""
    if not any(is_there(holder / name) for name in names):
        raise CommandRefused(
            f"No file that the pairs name, of {len(names):,}, can be found: check that {option} is their folder."
        )
