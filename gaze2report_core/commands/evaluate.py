"""`evaluate`: figures for the reports that `generate` wrote."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.commands.common import CommandRefused, Subparsers, add_command, add_split_option, print_json, say
from gaze2report_core.commands.files import refuse_other_ending, writable
from gaze2report_core.commands.left_out import say_what_is_left_out
from gaze2report_core.commands.option_types import existing_folder
from gaze2report_core.commands.unwritten import say_what_is_unwritten

if TYPE_CHECKING:
    from gaze2report_core.evaluation import Evaluation, PairedTest


GENERATED, GAZE_OFF = "Generated", "Gaze off"


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "evaluate", "measure generated reports against what radiologists wrote")
    parser.add_argument("generations", type=Path, help="JSONL that `generate` wrote")
    parser.add_argument(
        "--studies", type=Path, metavar="CSV", required=True, help="CSV with columns uid, report and maybe split"
    )
    add_split_option(parser)
    parser.add_argument(
        "--baselines", action="store_true", help="also measure a constant report, a random one, and shuffled films"
    )
    parser.add_argument(
        "--images",
        type=existing_folder,
        metavar="FOLDER",
        help="the folder of the films: also measure the report of the nearest training film",
    )
    parser.add_argument(
        "--model",
        metavar="MODEL",
        help="with --images: the model whose patch encoder compares films (default: the embedded model)",
    )
    parser.add_argument(
        "--gaze-off", type=Path, metavar="FILE", help="JSONL of the same model without gaze, to test against"
    )
    parser.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="JSONL of another system, to test against study by study; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write all tables, intervals and tests")
    parser.add_argument("--json-file", type=Path, metavar="FILE", help="write as JSON what --markdown writes")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw clinical F1, BLEU-4 and lengths")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure, print, and write what is asked for."""
    from gaze2report_core.evaluation import EvaluationDocument

    if arguments.model is not None and arguments.images is None:
        raise CommandRefused("--model says whose patch encoder compares films: give their folder with --images.")
    beside = _other_systems(arguments)
    _refuse_gaze(arguments.gaze_off)
    read = (arguments.generations, arguments.studies, *beside.values())
    places = (
        writable("--markdown", arguments.markdown, *read),
        writable("--json-file", arguments.json_file, *read, arguments.markdown),
        writable("--plot", arguments.plot, *read, arguments.markdown, arguments.json_file),
    )
    refuse_other_ending("--plot", arguments.plot, ".png")
    say("Measuring …")
    systems = _measured(arguments, beside)
    say_what_is_left_out({GENERATED: arguments.generations} | beside, arguments.studies, arguments.split)
    say_what_is_unwritten({name: systems[name] for name in (GENERATED, *beside)}, arguments.split)
    _say_which_controls_are_left_out(systems, arguments)
    tests = _tests(systems, beside)
    if arguments.json:
        first, *others = systems.values()
        names = list(systems)[1:]
        more: dict[str, object] = {}
        if others:
            more["baselines"] = {name: row.to_dict() for name, row in zip(names, others, strict=True)}
        if tests:
            more["tests"] = {other: {name: test.to_dict() for name, test in of.items()} for other, of in tests.items()}
        print_json(first.to_dict() | more)
    else:
        _write_tables(systems, cited=arguments.baselines)
        _write_tests(tests)
    if any(places):
        EvaluationDocument.of(systems).write(*places)


def _other_systems(arguments: argparse.Namespace) -> dict[str, Path]:
    named = {GAZE_OFF: arguments.gaze_off} if arguments.gaze_off else {}
    several = len(arguments.against) > 1
    return named | {
        f"Against {number}" if several else "Against": path for number, path in enumerate(arguments.against, 1)
    }


def _refuse_gaze(gaze_off: Path | None) -> None:
    """Reports that were written with gaze say nothing of a model without: tested against, they would call gaze idle."""
    from gaze2report_core.evaluation import read_generations

    if gaze_off is not None and any(line.with_gaze for line in read_generations(gaze_off).values()):
        raise CommandRefused(
            "The file given as --gaze-off holds reports that were written with gaze: give one of `generate --gaze off`."
        )


def _measured(arguments: argparse.Namespace, beside: dict[str, Path]) -> "dict[str, Evaluation]":
    """Every system that was asked for, the generated reports first."""
    from gaze2report_core.evaluation import evaluate, evaluate_with_baselines

    if not (arguments.baselines or arguments.images or beside):
        return {GENERATED: evaluate(arguments.generations, arguments.studies, arguments.split)}
    return evaluate_with_baselines(
        arguments.generations,
        arguments.studies,
        arguments.split,
        name=GENERATED,
        beside=beside,
        controls=arguments.baselines,
        images=arguments.images,
        model=arguments.model,
    )


def _say_which_controls_are_left_out(systems: "dict[str, Evaluation]", arguments: argparse.Namespace) -> None:
    from gaze2report_core.evaluation.baselines import RANDOM_TRAINING_REPORT, SHUFFLED_FILMS
    from gaze2report_core.evaluation.evaluate import NEAREST_FILM
    from gaze2report_core.evaluation.references import TRAINING_SPLIT

    why = {}
    if arguments.baselines:
        why[SHUFFLED_FILMS] = "there is one study alone"
        why[RANDOM_TRAINING_REPORT] = f"there is no report of another study of split {TRAINING_SPLIT} to take"
    if arguments.images is not None:
        why[NEAREST_FILM] = f"there is no report of split {TRAINING_SPLIT} to take"
    for name, because in why.items():
        if name not in systems:
            say(f"{name}: left out, because {because}.")


def _tests(systems: "dict[str, Evaluation]", beside: dict[str, Path]) -> "dict[str, dict[str, PairedTest]]":
    """The generated reports against each other file."""
    if not beside:
        return {}
    from gaze2report_core.evaluation import compare

    return {other: compare(systems[GENERATED], systems[other]) for other in beside}


def _write_tables(systems: "dict[str, Evaluation]", *, cited: bool) -> None:
    from gaze2report_core.evaluation import PAPER_FIGURES, markdown_table
    from gaze2report_core.evaluation.document import CERTAINTY
    from gaze2report_core.evaluation.tables import certainty_table, clinical_table, label_table, length_table

    sys.stdout.write(markdown_table(systems, PAPER_FIGURES if cited else None))
    sys.stdout.write(f"\nClinical figures\n\n{clinical_table(systems)}")
    sys.stdout.write(f"\n{GENERATED}: each finding\n\n{label_table(systems[GENERATED])}")
    sys.stdout.write(f"\n{CERTAINTY}\n\n{certainty_table(systems)}")
    sys.stdout.write(f"\nLength, and how many reports differ\n\n{length_table(systems)}")


def _write_tests(tests: "dict[str, dict[str, PairedTest]]") -> None:
    from gaze2report_core.evaluation import paired_table

    for other, figures in tests.items():
        sys.stdout.write(f"\n{GENERATED} minus {other}, paired randomisation tests\n\n{paired_table(figures)}")
