"""`train`: everything that the embedded model is made of, as one needs the other, and readers' corrections."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gaze2report_core import training_settings as settings
from gaze2report_core.commands.common import Subparsers, add_command, say
from gaze2report_core.commands.files import folder_to_fill
from gaze2report_core.commands.option_types import existing_folder
from gaze2report_core.commands.training_options import add_training_options, settings_of_training
from gaze2report_core.presets import FULL_SIZE, TINY, Variant, VisualTokens

WHOLE = "--whole-language-model"
RESUMABLE = "where weights, a checkpoint after every epoch and the loss curve go; a broken run goes on there"


def add_to(subparsers: Subparsers) -> None:
    """Add the command, one subcommand for each thing that is trained."""
    parser = add_command(subparsers, "train", "train a part of the model")
    parts = parser.add_subparsers(title="parts", required=True, metavar="PART")
    _add_encoder(parts)
    _add_chest_check(parts)
    _add_geometry(parts)
    _add_language(parts)
    _add_sides(parts)
    _add_scanpath(parts)
    _add_deep_tower(parts)
    _add_findings(parts)
    _add_report(parts)
    _add_obedience(parts)
    _add_reward(parts)
    _add_phrases(parts)
    _add_corrections(parts)


def _add_encoder(parts: Subparsers) -> None:
    encoder = _add_part(parts, "encoder", "fit the ImageNet backbone to chest films with hand-given labels")
    add_training_options(encoder, settings.ENCODER)
    encoder.set_defaults(run=_encoder)


def _add_chest_check(parts: Subparsers) -> None:
    purpose = "on top of the encoder in --out: does a film look like a chest, a lateral view, a negative?"
    chest = _add_part(parts, "chest-check", purpose, out="the --out of `train encoder`, where the checks go too")
    _add_preset(chest)
    chest.set_defaults(run=_chest_check)


def _add_geometry(parts: Subparsers) -> None:
    purpose = "where lungs and heart lie, on films marked by hand"
    geometry = _add_part(parts, "geometry", purpose, out="where the weights go, to a folder `findings`")
    geometry.set_defaults(run=_geometry)


def _add_language(parts: Subparsers) -> None:
    language = _add_part(parts, "language", "tokenizer and language model, on report text")
    add_training_options(language, settings.LANGUAGE)
    language.set_defaults(run=_language)


def _add_sides(parts: Subparsers) -> None:
    sides = _add_part(parts, "sides", "the reader of sides: what is on which half of a frontal film")
    add_training_options(sides, settings.SIDES)
    _add_folder(sides, "--encoder", "--out of `train encoder`")
    sides.set_defaults(run=_sides)


def _add_scanpath(parts: Subparsers) -> None:
    scanpath = _add_part(parts, "scanpath", "the scanpath predictor, on GazeSearch")
    add_training_options(scanpath, settings.SCANPATH)
    _add_folder(scanpath, "--encoder", "--out of `train encoder`")
    _add_folder(scanpath, "--language", "--out of `train language`, for the tiny preset", required=False)
    _add_folder(scanpath, "--sides", "--out of `train sides`, to tell sides by", required=False)
    _add_preset(scanpath)
    scanpath.set_defaults(run=_scanpath)


def _add_deep_tower(parts: Subparsers) -> None:
    deep = _add_part(parts, "deep-tower", "one more tower of the classifier, of a larger backbone tuned nearly whole")
    add_training_options(deep, settings.DEEP_TOWER)
    deep.set_defaults(run=_deep_tower)


def _add_findings(parts: Subparsers) -> None:
    findings = _add_part(parts, "findings", "the classifier of findings: towers, fusion, thresholds")
    add_training_options(findings, settings.FINDINGS)
    for trained in ("encoder", "language", "scanpath", "geometry"):
        _add_folder(findings, f"--{trained}", f"--out of `train {trained}`")
    _add_folder(findings, "--deep-tower", "--out of `train deep-tower`, to be heard beside the towers", required=False)
    findings.add_argument(
        "--without",
        nargs="+",
        default=(),
        choices=("auxiliary", "contrast", "gaze"),
        metavar="LOSS",
        help="leave these terms of the loss out, to compare: auxiliary (the collections' own labels), contrast (film "
        "against report), gaze (attention against gaze)",
    )
    findings.set_defaults(run=_findings)


def _add_report(parts: Subparsers) -> None:
    report = _add_part(parts, "report", "visual-gaze prompt tuning; writes a whole model to OUT/model")
    add_training_options(report, settings.REPORT, others={f"--preset {FULL_SIZE}": settings.REPORT_AT_FULL_SIZE})
    _add_folder(report, "--encoder", "--out of `train encoder` and `train chest-check`")
    _add_folder(report, "--language", "--out of `train language`, for the tiny preset", required=False)
    _add_folder(report, "--scanpath", "--out of `train scanpath`")
    _add_folder(report, "--findings", "--out of `train findings`, for the findings prompt", required=False)
    report.add_argument(
        "--variant",
        default=Variant.GAZE2REPORT,
        choices=tuple(map(str, Variant)),
        help="how gaze and film are joined (default: %(default)s)",
    )
    report.add_argument(
        "--visual-tokens",
        default=VisualTokens.ONE,
        choices=tuple(map(str, VisualTokens)),
        help="the mean of the graph as one token, or each node (default: %(default)s)",
    )
    _add_preset(report)
    report.add_argument(
        "--mixed-precision",
        default="no",
        choices=("no", "bf16"),
        help="bf16 is slow on processors that cannot (default: %(default)s)",
    )
    report.add_argument(
        "--gradient-checkpointing", action="store_true", help="compute layers twice rather than keep what they computed"
    )
    report.set_defaults(run=_report)


def _add_obedience(parts: Subparsers) -> None:
    purpose = "teach the model of `train report` consensus reports that say what their prompt says"
    obedience = _add_part(parts, "obedience", purpose)
    add_training_options(obedience, settings.OBEDIENCE, others={WHOLE: settings.WHOLE_LANGUAGE_MODEL})
    obedience.add_argument(
        WHOLE,
        action="store_true",
        help="tune all weights of a small language model, which then gets new adapters; tune those after that",
    )
    _add_folder(obedience, "--model", "OUT/model of `train report` or `train obedience`")
    _add_folder(obedience, "--findings", "--out of `train findings`")
    earlier = "--out of an earlier `train obedience`, whose consensus reports are taught; without it they are made anew"
    _add_folder(obedience, "--targets", earlier, required=False)
    obedience.set_defaults(run=_obedience)


def _add_reward(parts: Subparsers) -> None:
    reward = _add_part(parts, "reward", "teach the model of `train obedience` by what its own reports are worth")
    add_training_options(reward, settings.REWARD)
    _add_folder(reward, "--model", "OUT/model of `train obedience`")
    _add_folder(reward, "--findings", "--out of `train findings`")
    reward.set_defaults(run=_reward)


def _add_phrases(parts: Subparsers) -> None:
    phrases = add_command(parts, "phrases", "let a model write its own sentence for each finding")
    _add_folder(phrases, "--model", "a whole model; its phrase book goes there")
    phrases.set_defaults(run=_phrases)


def _add_corrections(parts: Subparsers) -> None:
    corrections = add_command(parts, "corrections", "tune a whole model on reports that readers corrected on the page")
    corrections.add_argument(
        "--corrections", type=Path, required=True, metavar="FILE", help="corrections.jsonl, as the page exports it"
    )
    _add_folder(corrections, "--films", "the films that were read, under any names; they are known by their content")
    _add_folder(corrections, "--model", "a whole model, such as weights/gaze2report-tiny, which stays as it is")
    _add_out(corrections)
    add_training_options(corrections, settings.CORRECTIONS)
    corrections.set_defaults(run=_corrections)


def _add_folder(part: argparse.ArgumentParser, name: str, holds: str, *, required: bool = True) -> None:
    part.add_argument(name, type=existing_folder, required=required, metavar="FOLDER", help=holds)


def _add_preset(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--preset",
        default=TINY,
        choices=(TINY, FULL_SIZE),
        help="the larger one starts from timm's encoder and from a base on the Hub (default: %(default)s)",
    )


def _add_part(parts: Subparsers, name: str, purpose: str, *, out: str = RESUMABLE) -> argparse.ArgumentParser:
    part = add_command(parts, name, purpose)
    part.add_argument(
        "--data",
        type=existing_folder,
        required=True,
        metavar="FOLDER",
        help="the folder with iu_xray, nih, gazesearch, siim_gaze",
    )
    _add_out(part, out)
    return part


def _add_out(part: argparse.ArgumentParser, holds: str = RESUMABLE) -> None:
    part.add_argument("--out", type=folder_to_fill, required=True, metavar="OUT", help=holds)


def _encoder(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.encoder import train_encoder

    train_encoder(arguments.data, arguments.out, settings_of_training(arguments, settings.ENCODER))


def _say_figures(figures: Mapping[str, float]) -> None:
    for name, figure in figures.items():
        say(f"{name.replace('_', ' ')}: {figure if isinstance(figure, int) else format(figure, '.4f')}")


def _chest_check(arguments: argparse.Namespace) -> None:
    from gaze2report_core.model.config import PRESETS
    from gaze2report_core.training.chest_check import train_chest_check
    from gaze2report_core.training.polarity_check import train_polarity_check
    from gaze2report_core.training.view_check import train_view_check

    encoder = PRESETS[arguments.preset].encoder
    for train in (train_chest_check, train_view_check, train_polarity_check):
        _say_figures(train(arguments.data, arguments.out, encoder))


def _geometry(arguments: argparse.Namespace) -> None:
    from gaze2report_core.evaluation.findings.overlap import overlap_table
    from gaze2report_core.training.classifier.geometry import train_geometry

    trial = train_geometry(arguments.data, arguments.out)
    say(f"By cross-validation:\n\n{overlap_table(trial.folds)}")
    say(f"On films of val, which nothing was trained on or chosen by:\n\n{overlap_table(trial.unseen)}")


def _language(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.language import train_language

    train_language(arguments.data, arguments.out, settings_of_training(arguments, settings.LANGUAGE))


def _sides(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.gaze.side_reader import train_side_reader

    chosen = settings_of_training(arguments, settings.SIDES)
    _say_figures(train_side_reader(arguments.data, arguments.out, arguments.encoder, chosen))


def _scanpath(arguments: argparse.Namespace) -> None:
    from gaze2report_core.model.config import PRESETS
    from gaze2report_core.training.gaze.scanpath import train_scanpath

    figures = train_scanpath(
        arguments.data,
        arguments.out,
        arguments.encoder,
        arguments.language,
        arguments.sides,
        settings_of_training(arguments, settings.SCANPATH),
        PRESETS[arguments.preset],
    )
    _say_figures(figures)


def _report(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.reports.assembly import TrainedParts
    from gaze2report_core.training.reports.report import train_report

    usual = settings.REPORT_AT_FULL_SIZE if arguments.preset == FULL_SIZE else settings.REPORT
    train_report(
        arguments.data,
        arguments.out,
        TrainedParts(arguments.encoder, arguments.language, arguments.scanpath, arguments.findings),
        variant=Variant(arguments.variant),
        visual_tokens=VisualTokens(arguments.visual_tokens),
        settings=replace(settings_of_training(arguments, usual), mixed_precision=arguments.mixed_precision == "bf16"),
        preset=arguments.preset,
        gradient_checkpointing=arguments.gradient_checkpointing,
    )


def _deep_tower(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.classifier.deep_tower import train_deep_tower

    train_deep_tower(arguments.data, arguments.out, settings_of_training(arguments, settings.DEEP_TOWER))


def _findings(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.classifier.findings import Sources, train_findings
    from gaze2report_core.training.classifier.towers import LossWeights

    train_findings(
        arguments.data,
        arguments.out,
        Sources(arguments.encoder, arguments.language, arguments.scanpath, arguments.geometry, arguments.deep_tower),
        settings_of_training(arguments, settings.FINDINGS),
        LossWeights(**dict.fromkeys(arguments.without, 0.0)),
    )


def _obedience(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.reports.obedience import train_obedience

    whole = arguments.whole_language_model
    train_obedience(
        arguments.data,
        arguments.out,
        arguments.model,
        arguments.findings,
        settings_of_training(arguments, settings.WHOLE_LANGUAGE_MODEL if whole else settings.OBEDIENCE),
        whole_language_model=whole,
        targets=arguments.targets,
    )


def _reward(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.reports.reinforcement import train_by_reward

    chosen = settings_of_training(arguments, settings.REWARD)
    train_by_reward(arguments.data, arguments.out, arguments.model, arguments.findings, settings=chosen)


def _phrases(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.reports.phrases import write_phrase_book

    book = write_phrase_book(arguments.model)
    say(f"The model has a sentence for {len(book.phrases)} of the findings and sides.")


def _corrections(arguments: argparse.Namespace) -> None:
    from gaze2report_core.training.reports.corrections import train_corrections

    chosen = settings_of_training(arguments, settings.CORRECTIONS)
    train_corrections(arguments.corrections, arguments.films, arguments.out, arguments.model, say, chosen)
