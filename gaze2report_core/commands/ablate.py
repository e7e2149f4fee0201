"""`ablate`: the paper's variants trained alike, each writing the reports of one split, and one table of them all.

Each variant from each seed is a step with a folder of its own in --out: a checkpoint after every epoch, the model, its
reports (`reports.jsonl`) and its figures (`result.json`). What is there is not made again.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gaze2report_core.commands.common import (
    CommandRefused,
    Subparsers,
    add_command,
    add_decoding_options,
    decoding_settings,
    say,
)
from gaze2report_core.commands.files import folder_to_fill
from gaze2report_core.commands.generate import ReportsWanted, write_reports
from gaze2report_core.commands.option_types import existing_folder, positive
from gaze2report_core.commands.training_options import add_training_options, settings_of_training
from gaze2report_core.presets import Variant
from gaze2report_core.studies import HELD_OUT, TRAINING_SPLITS, read_study_films, read_study_rows, rows_of_split
from gaze2report_core.training_settings import REPORT, TrainingSettings
from gaze2report_core.whole_files import replace_whole

TITLES = {
    Variant.BASE1: "Base-1",
    Variant.BASE2: "Base-2",
    Variant.BASE3: "Base-3",
    Variant.MASK: "Mask",
    Variant.UNMASK: "Unmask",
    Variant.GAZE2REPORT: "Gaze2Report",
}
"""The paper's names of its variants, in its order."""

TESTED = Variant.GAZE2REPORT
"""The variant that is tested against the others."""

REPEATED = (Variant.BASE1, Variant.GAZE2REPORT)
"""The variants that matter most: by default these are trained from several seeds."""

GAZE_OFF = "Gaze off"
"""The variant in question, first seed, writing without gaze: among the controls."""


@dataclass(frozen=True)
class Step:
    """One variant from one seed, and the folder that holds what has been made of it."""

    variant: Variant
    seed: int
    folder: Path

    @property
    def reports(self) -> Path:
        """What it wrote, a line for each study."""
        return self.folder / "reports.jsonl"

    @property
    def reports_gaze_off(self) -> Path:
        """What it wrote without gaze, where it is the step in question."""
        return self.folder / "reports-gaze-off.jsonl"

    @property
    def result(self) -> Path:
        """Its figures; there when the step is done."""
        return self.folder / "result.json"

    def __str__(self) -> str:
        return f"{TITLES[self.variant]}, seed {self.seed}"


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "ablate", "train the paper's variants alike and hold their reports side by side")
    parser.add_argument("--data", type=existing_folder, required=True, metavar="FOLDER", help="the folder with iu_xray")
    parser.add_argument(
        "--out",
        type=folder_to_fill,
        required=True,
        metavar="FOLDER",
        help="models, reports, figures; a broken run goes on there",
    )
    for source in ("encoder", "language", "scanpath"):
        parser.add_argument(
            f"--{source}", type=existing_folder, required=True, metavar="FOLDER", help=f"--out of `train {source}`"
        )
    parser.add_argument(
        "--findings", type=existing_folder, metavar="FOLDER", help="--out of `train findings`, to tell all of findings"
    )
    parser.add_argument(
        "--variants",
        nargs="+",
        choices=tuple(map(str, TITLES)),
        default=tuple(TITLES),
        metavar="VARIANT",
        help=f"which are trained, of {', '.join(TITLES)} (default: all six)",
    )
    parser.add_argument(
        "--seeds",
        type=positive,
        default=3,
        metavar="COUNT",
        help="how many trainings of each in --repeated (default: %(default)s)",
    )
    parser.add_argument(
        "--repeated",
        nargs="*",
        choices=tuple(map(str, TITLES)),
        default=REPEATED,
        metavar="VARIANT",
        help="variants trained from all --seeds, the others from the first alone (default: base1 gaze2report)",
    )
    add_training_options(parser, REPORT, from_one_seed=False)
    parser.add_argument(
        "--limit", type=positive, metavar="COUNT", help="for a trial: train on so many studies, write for so many"
    )
    parser.add_argument("--split", metavar="NAME", default="val", help="of the studies (default: %(default)s)")
    add_decoding_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Do every step that is not done, then write `ablation.md` and print it."""
    _refuse_what_needs_findings(arguments)
    from gaze2report_core.training.reports.ablation import VariantTrainer
    from gaze2report_core.training.reports.assembly import TrainedParts

    training = settings_of_training(arguments, REPORT)
    rows = _rows(arguments)
    parts = TrainedParts(arguments.encoder, arguments.language, arguments.scanpath, arguments.findings)
    trainer = VariantTrainer(arguments.data, parts, training, arguments.limit)
    _refuse_other_settings(arguments, training, trainer.sources)
    asked, references = _write_studies(arguments.out, rows, arguments.split)
    steps = list(_steps(arguments))
    for step in steps:
        if step.result.is_file():
            say(f"{step} is done already.")
            continue
        say(f"{step}:")
        if not (step.folder / "model").is_dir():
            trainer.train(step.variant, step.seed, step.folder)
        _write_reports(step, step.reports, asked, arguments, gaze=True)
        _write_result(step, asked, arguments.split)
    tested = next((step for step in steps if step.variant == TESTED), None)
    if tested is not None:
        _write_reports(tested, tested.reports_gaze_off, asked, arguments, gaze=False)
    table = _table(steps, tested, references, arguments)
    (arguments.out / "ablation.md").write_text(table, encoding="utf-8")
    sys.stdout.write(table)


def _steps(arguments: argparse.Namespace) -> Iterator[Step]:
    """First every variant from one seed, so that a run that is stopped early has a table of all; then the others."""
    chosen = [variant for variant in TITLES if variant in arguments.variants]
    for seed in range(arguments.seeds):
        for variant in chosen:
            if seed == 0 or variant in arguments.repeated:
                yield Step(variant, seed, arguments.out / f"{variant}-seed-{seed}")


def _refuse_what_needs_findings(arguments: argparse.Namespace) -> None:
    """As `generate` does, but before there is a model to ask whether it is told of findings."""
    if arguments.findings is not None:
        return
    for option, is_given in {
        "--findings-threshold": arguments.findings_threshold != 1,
        "--hedged": arguments.hedged,
    }.items():
        if is_given:
            raise CommandRefused(
                f"Without --findings no variant is told of findings: give --findings, or leave out {option}."
            )


def _refuse_other_settings(
    arguments: argparse.Namespace, training: TrainingSettings, sources: Mapping[str, str | None]
) -> None:
    """All steps in one folder are made alike; what they are made with, and from, stands in its `settings.json`."""
    settings: dict[str, Any] = {
        "training": {name: value for name, value in asdict(training).items() if name != "seed"},
        "sources": dict(sources),
        "limit": arguments.limit,
        "split": arguments.split,
        "decoding": decoding_settings(arguments).to_dict(),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "settings.json"
    if not path.exists():
        path.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    elif json.loads(path.read_text(encoding="utf-8")) != settings:
        raise CommandRefused(
            "The folder given as --out holds steps with other settings, or from other sources. Give another --out, or "
            "those that stand in its settings.json."
        )


def _rows(arguments: argparse.Namespace) -> list[dict[str, str]]:
    """The studies to write for, and those of train, from which a report is drawn at random to stand beside."""
    from gaze2report_core.evaluation.references import TRAINING_SPLIT

    if arguments.split in (*TRAINING_SPLITS, HELD_OUT):
        raise CommandRefused(f"Split {arguments.split} has a part in training the variants: give --split another one.")
    rows = read_study_rows(arguments.data / "iu_xray" / "studies.csv", ("uid", "split", "report"))
    of_split = [row for row in rows_of_split(rows, arguments.split) if row["report"].strip()][: arguments.limit]
    if not of_split:
        raise CommandRefused(f"The studies file has no reports of split {arguments.split}: give --split another one.")
    return [*of_split, *rows_of_split(rows, TRAINING_SPLIT)]


def _write_studies(out: Path, rows: Sequence[dict[str, str]], split: str) -> tuple[Path, Path]:
    """Two tables in --out: the studies to write for, and all of `rows`."""
    asked, references = out / "studies.csv", out / "references.csv"
    _write_table(asked, rows_of_split(rows, split))
    _write_table(references, rows)
    return asked, references


def _write_table(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _write_reports(step: Step, output: Path, asked: Path, arguments: argparse.Namespace, *, gaze: bool) -> None:
    """As `generate` writes them, with predicted gaze or without."""
    from gaze2report_core.pipeline import Gaze2ReportPipeline

    pipeline = Gaze2ReportPipeline.from_pretrained(step.folder / "model")
    wanted = ReportsWanted(_images(arguments), decoding_settings(arguments), gaze)
    write_reports(pipeline, read_study_films(asked), output, wanted)


def _images(arguments: argparse.Namespace) -> Path:
    images: Path = arguments.data / "iu_xray" / "images"
    return images


def _write_result(step: Step, asked: Path, split: str) -> None:
    from gaze2report_core.evaluation import evaluate
    from gaze2report_core.training.run.checkpoint import progress_of

    figures = evaluate(step.reports, asked, split).to_dict()
    held_out_loss = progress_of(step.folder).best_score()
    result = {"variant": step.variant, "seed": step.seed, "held_out_loss": held_out_loss, "figures": figures}
    text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
    replace_whole(step.result, lambda path: path.write_text(text, encoding="utf-8"))


def _table(steps: Sequence[Step], tested: Step | None, references: Path, arguments: argparse.Namespace) -> str:
    """All steps measured together, the controls with the reports, and the encoder, of the step in question."""
    from gaze2report_core.evaluation import evaluate_with_baselines
    from gaze2report_core.evaluation.ablation import Trial, ablation_document

    first = tested or steps[0]
    beside = {str(step): step.reports for step in steps if step is not first}
    if tested is not None:
        beside[GAZE_OFF] = tested.reports_gaze_off
    measured = evaluate_with_baselines(
        first.reports,
        references,
        arguments.split,
        name=str(first),
        beside=beside,
        images=_images(arguments),
        model=str(first.folder / "model"),
    )
    trials: dict[str, list[Trial]] = {}
    for step in sorted(steps, key=lambda one: list(TITLES).index(one.variant)):
        loss = json.loads(step.result.read_text(encoding="utf-8"))["held_out_loss"]
        trials.setdefault(TITLES[step.variant], []).append(Trial(measured.pop(str(step)), loss))
    return ablation_document(trials, measured, TITLES[TESTED])
