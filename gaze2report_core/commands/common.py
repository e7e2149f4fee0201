"""What several commands share: options and what they come to, JSON on standard output, sentences on standard error."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from gaze2report_core.commands.option_types import existing_folder
from gaze2report_core.decoding_settings import DecodingSettings

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a command adds itself, or `train` a part; the class has no public name."""


class CommandRefused(ValueError):
    """A command that cannot be carried out as it was given; the message says why and what to do."""


def add_command(subparsers: Subparsers, name: str, purpose: str) -> argparse.ArgumentParser:
    """A command that says its purpose in the list of commands and, as argparse alone would not, in its own help."""
    return subparsers.add_parser(name, help=purpose, description=purpose)


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """`--model` and `--device`, which every command that runs a model has."""
    parser.add_argument(
        "--model", metavar="MODEL", help="a folder, or owner/name[@revision] on the Hub (default: the embedded model)"
    )
    parser.add_argument("--device", metavar="DEVICE", help="cpu, cuda or cuda:1 … (default: cuda if there is one)")


def add_decoding_options(parser: argparse.ArgumentParser) -> None:
    """The options of the beam search; without them guidance and length penalty are the model's own."""
    parser.add_argument(
        "--num-beams", type=int, default=3, metavar="COUNT", help="beams of the search (default: %(default)s)"
    )
    parser.add_argument(
        "--guidance",
        type=float,
        metavar="STRENGTH",
        help="how far to favour words that films, gaze, findings and indication make likelier; 1: not at all "
        "(default: as the model's configuration has it)",
    )
    parser.add_argument(
        "--length-penalty",
        type=float,
        metavar="POWER",
        help="above 1, longer reports are preferred (default: as the model's configuration has it)",
    )
    parser.add_argument(
        "--unrevised", action="store_true", help="keep reports as the language model wrote them, whatever was found"
    )
    parser.add_argument(
        "--hedged",
        action="store_true",
        help="say findings that are less likely than not as possible (default: all that are named are stated)",
    )
    parser.add_argument(
        "--findings-threshold",
        type=float,
        default=1.0,
        metavar="FACTOR",
        help="factor on the thresholds of the findings that the model is told of; below 1, it is told of more "
        "(default: %(default)g)",
    )


def add_film_options(parser: argparse.ArgumentParser) -> None:
    """How a frontal film is read, for every command that reads films; `FilmOptions.of` takes the values."""
    parser.add_argument(
        "--allow-burned-in", action="store_true", help="also read films whose header says that text is burned into them"
    )
    parser.add_argument(
        "--frame", type=int, metavar="NUMBER", help="the frame of a frontal film that holds several; 0 is the first"
    )


def add_lateral_frame_option(parser: argparse.ArgumentParser) -> None:
    """For the commands that also read lateral films, beside `add_film_options`: a lateral has frames of its own."""
    parser.add_argument(
        "--lateral-frame",
        type=int,
        metavar="NUMBER",
        help="the frame of a lateral film that holds several; 0 is the first",
    )


def add_split_option(parser: argparse.ArgumentParser) -> None:
    """For every command that goes through a table of studies."""
    parser.add_argument(
        "--split",
        metavar="NAME",
        help="only studies of this split of the table, such as val; held-out for those kept from training",
    )


def add_studies_options(parser: argparse.ArgumentParser, columns: str, *, required: bool = False) -> None:
    """The table of studies, with these columns, and their films, for every command that goes through both."""
    parser.add_argument(
        "--studies", type=Path, metavar="CSV", required=required, help=f"many studies: CSV with columns {columns}"
    )
    add_split_option(parser)
    parser.add_argument(
        "--images",
        type=existing_folder,
        metavar="FOLDER",
        required=required,
        help="the folder that holds the films of --studies",
    )


def add_tower_option(parser: argparse.ArgumentParser) -> None:
    """For commands that find things on many studies; `StudyOptions.of` takes the value."""
    parser.add_argument(
        "--unseen-tower",
        action="store_true",
        help="of the towers of the classifier of findings hear only the one that was trained without the study: for "
        "studies that the others were trained on, such as those of --split held-out",
    )


def add_mode_option(parser: argparse.ArgumentParser) -> None:
    """Whether one report is written as a whole, or put together from keywords."""
    parser.add_argument(
        "--mode",
        choices=("gaze", "keywords"),
        default="gaze",
        help="write the report from film and gaze, or put it together, one sentence for each finding "
        "(default: %(default)s)",
    )


def refuse_what_the_mode_ignores(arguments: argparse.Namespace) -> None:
    """Refuse what has no effect in keyword mode before the model is loaded, and by the names of the options.

    The library refuses the same, in words that suit the page as well.
    """
    if arguments.mode != "keywords":
        return
    if arguments.unrevised:
        raise CommandRefused("Reports of --mode keywords are never revised: leave out --unrevised.")
    for option, name in {"--indication": "indication", "--indications": "indications"}.items():
        if getattr(arguments, name, None):  # of one film, or of many
            raise CommandRefused(f"--mode keywords does not use the indication: leave out {option}.")
    if arguments.findings_threshold != 1:
        raise CommandRefused(
            "--mode keywords always uses the classifier's own thresholds: leave out --findings-threshold."
        )


def refuse_what_needs_findings(pipeline: "Gaze2ReportPipeline", arguments: argparse.Namespace) -> None:
    """Refuse options on the findings that a model is told of, where it is told of none. Keyword mode refuses itself."""
    if pipeline.hears_findings or arguments.mode == "keywords":
        return
    if arguments.findings_threshold != 1:
        raise CommandRefused("This model is told of no findings: leave out --findings-threshold.")
    of_verdicts = {"--confirm": "confirm", "--reject": "reject", "--side": "side"}
    ignored = {"--unseen-tower": "unseen_tower", **of_verdicts, "--hedged": "hedged"}
    for option, name in ignored.items():
        if getattr(arguments, name, None):  # not every command has each
            raise CommandRefused(f"This model is told of no findings: leave out {option}.")


def decoding_settings(arguments: argparse.Namespace) -> DecodingSettings:
    """Beam search as the options ask for it."""
    if arguments.num_beams == 1 and arguments.length_penalty is not None:
        raise CommandRefused("--length-penalty compares the texts of several beams: leave it out with --num-beams 1.")
    if arguments.hedged and arguments.unrevised:
        raise CommandRefused("A report that is not revised is not hedged either: leave out --hedged or --unrevised.")
    return DecodingSettings(
        method="beam",
        num_beams=arguments.num_beams,
        guidance=arguments.guidance,
        length_penalty=arguments.length_penalty,
        unrevised=arguments.unrevised,
        findings_threshold=arguments.findings_threshold,
        hedged=arguments.hedged,
    )


def load_pipeline(arguments: argparse.Namespace) -> "Gaze2ReportPipeline":
    """The pipeline that the options ask for."""
    from gaze2report_core.cores import leave_cores_for_two
    from gaze2report_core.hub import EMBEDDED_MODEL
    from gaze2report_core.pipeline import Gaze2ReportPipeline

    leave_cores_for_two()
    return Gaze2ReportPipeline.from_pretrained(arguments.model or EMBEDDED_MODEL, device=arguments.device)


def model_entry(pipeline: "Gaze2ReportPipeline") -> dict[str, str]:
    """The model as every JSON output names it."""
    return {"id": pipeline.model_id, "revision": pipeline.revision}


def print_json(value: dict[str, Any]) -> None:
    """One object on standard output, and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def say(sentence: str) -> None:
    """A line for the person at the terminal, on standard error."""
    sys.stderr.write(sentence + "\n")
