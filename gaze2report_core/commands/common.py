"""What several commands share: options of the model, JSON on standard output, sentences on standard error."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from gaze2report_core.generation import DecodingSettings
    from gaze2report_core.pipeline import Gaze2ReportPipeline

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a command adds itself, or `train` a part; the class has no public name."""


class CommandRefused(ValueError):
    """A command that cannot be carried out as it was given; the message says why and what to do."""


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """`--model` and `--device`, which every command that runs a model has."""
    parser.add_argument("--model", help="a folder, or owner/name[@revision] on the Hub; the embedded model without it")
    parser.add_argument("--device", help="cpu, cuda or mps; the fastest that is there without it")


def add_decoding_options(parser: argparse.ArgumentParser) -> None:
    """How the beam search is steered; without a value, as the model's card says."""
    parser.add_argument("--num-beams", type=int, default=3, help="beams of the search (default: %(default)s)")
    parser.add_argument("--guidance", type=float, help="how much to lean on what the film adds; 1 is not at all")
    parser.add_argument("--length-penalty", type=float, help="above 1, longer reports are preferred")
    parser.add_argument(
        "--unrevised", action="store_true", help="leave reports as written where they do not say what was found"
    )
    parser.add_argument(
        "--findings-threshold",
        type=float,
        default=1.0,
        metavar="FACTOR",
        help="multiply the probabilities from which on the model is told of findings; below 1, more are told",
    )


def add_film_options(parser: argparse.ArgumentParser) -> None:
    """How a frontal film is read, which every command that reads films has; `FilmOptions.of` reads it."""
    parser.add_argument("--allow-burned-in", action="store_true", help="read films that declare burned-in annotation")
    parser.add_argument("--frame", type=int, help="which frame of a frontal film with several, counted from 0")


def add_lateral_frame_option(parser: argparse.ArgumentParser) -> None:
    """The commands that read lateral films too have it beside `add_film_options`: a lateral has frames of its own."""
    parser.add_argument("--lateral-frame", type=int, help="which frame of a lateral film with several")


def add_mode_option(parser: argparse.ArgumentParser) -> None:
    """How a report comes about."""
    parser.add_argument(
        "--mode",
        choices=("gaze", "keywords"),
        default="gaze",
        help="from film and gaze as one token, or sentence by sentence from keywords (default: %(default)s)",
    )


def refuse_what_keywords_ignore(arguments: argparse.Namespace) -> None:
    """The keyword mode is told what reaches the classifier's own thresholds, and nothing else; nothing is revised."""
    if arguments.mode != "keywords":
        return
    if arguments.unrevised:
        raise CommandRefused("The keyword mode revises no report: leave out --unrevised or --mode keywords.")
    if arguments.indication:
        raise CommandRefused("The keyword mode reads no indication: leave out --indication or --mode keywords.")
    if arguments.findings_threshold != 1:
        raise CommandRefused(
            "The keyword mode keeps to the classifier's thresholds: leave out --findings-threshold or --mode keywords."
        )


def decoding_settings(arguments: argparse.Namespace) -> "DecodingSettings":
    """Beam search as the options ask for it."""
    from gaze2report_core.generation import DecodingSettings

    return DecodingSettings(
        method="beam",
        num_beams=arguments.num_beams,
        guidance=arguments.guidance,
        length_penalty=arguments.length_penalty,
        unrevised=arguments.unrevised,
        findings_threshold=arguments.findings_threshold,
    )


def load_pipeline(arguments: argparse.Namespace) -> "Gaze2ReportPipeline":
    """The pipeline that the options ask for."""
    from gaze2report_core.hub import EMBEDDED_MODEL
    from gaze2report_core.pipeline import Gaze2ReportPipeline

    return Gaze2ReportPipeline.from_pretrained(arguments.model or EMBEDDED_MODEL, device=arguments.device)


def model_entry(pipeline: "Gaze2ReportPipeline") -> dict[str, str]:
    """The model as every JSON output names it."""
    return {"id": pipeline.model_id, "revision": pipeline.revision}


def print_json(value: dict[str, Any]) -> None:
    """One object on standard output, and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def writable(option: str, path: Path | None) -> Path | None:
    """The same path, once it is known that a file can be written there; folders on the way are made.

    Asked before the work and not after it, so that no figures are taken which then have no place.
    """
    if path is None:
        return None
    there = path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
        if not there:
            path.unlink()
    except OSError:
        raise CommandRefused(f"The file given as {option} cannot be written: give another place.") from None
    return path


def say(sentence: str) -> None:
    """A line for the person at the terminal, on standard error."""
    sys.stderr.write(sentence + "\n")


def positive(number: str) -> int:
    """An argparse type: a whole number above 0."""
    if not number.isdecimal() or int(number) < 1:
        raise argparse.ArgumentTypeError("it must be a whole number above 0")
    return int(number)


def existing_folder(path: str) -> Path:
    """An argparse type: a folder that is there."""
    folder = Path(path)
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path}")
    return folder
