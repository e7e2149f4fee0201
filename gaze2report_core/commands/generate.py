"""`generate`: the reports of many studies, one JSON line each; a broken run goes on where it stopped."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaze2report_core.commands.common import (
    add_decoding_options,
    add_film_options,
    add_mode_option,
    add_model_options,
    decoding_settings,
    existing_folder,
    load_pipeline,
    model_entry,
    positive,
    refuse_what_keywords_ignore,
    say,
)
from gaze2report_core.commands.films import read_films
from gaze2report_core.commands.lines import lines_already_there, write_line
from gaze2report_core.studies import StudyFilms, read_study_films

if TYPE_CHECKING:
    from gaze2report_core.reading import Draft, Films

Subparsers = argparse._SubParsersAction


def add_to(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("generate", help="write the reports of many studies as JSONL")
    parser.add_argument("--studies", type=Path, required=True, help="CSV with columns uid, frontal, lateral")
    parser.add_argument("--images", type=existing_folder, required=True, help="the folder that holds the films")
    parser.add_argument("--output", type=Path, required=True, help="JSONL; lines that it has are not made again")
    parser.add_argument("--gaze", choices=("on", "off"), default="on", help="default: %(default)s")
    parser.add_argument(
        "--indication", action="store_true", help="tell the model why each study was asked for: column indication"
    )
    add_mode_option(parser)
    add_decoding_options(parser)
    add_film_options(parser)
    parser.add_argument("--batch-size", type=positive, default=16, help="studies at once (default: %(default)s)")
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write a line for each study that has none yet."""
    from tqdm import tqdm

    from gaze2report_core.pipeline import Gaze

    asked = decoding_settings(arguments)
    refuse_what_keywords_ignore(arguments)
    studies = read_study_films(arguments.studies, indications=arguments.indication)
    pipeline = load_pipeline(arguments)
    settings = pipeline.completed(asked)
    shared = {
        "gaze": arguments.gaze,
        "indication": "on" if arguments.indication else "off",
        "mode": arguments.mode,
        "model": model_entry(pipeline),
        "settings": settings.to_dict(),
    }
    done = lines_already_there(arguments.output, shared, "reports")
    missing = [study for study in studies if study.uid not in done]
    if done:
        say(f"{len(studies) - len(missing)} of {len(studies)} studies have a line already.")
    gaze: Gaze = "predicted" if arguments.gaze == "on" else None
    with (
        arguments.output.open("a", encoding="utf-8") as output,
        tqdm(total=len(studies), initial=len(studies) - len(missing), desc="reports", unit="study") as bar,
    ):
        for batch in _batches(missing, arguments.batch_size):
            read = {study.uid: read_films(pipeline, study, arguments) for study in batch}
            readable = {uid: films for uid, films in read.items() if not isinstance(films, str)}
            drafts: list[Draft] = []
            if readable and arguments.mode == "keywords":
                drafts = pipeline.generate_keywords(list(readable.values()), gaze, settings=settings)
            elif readable:
                drafts = pipeline.generate_many(list(readable.values()), gaze, settings=settings)
            written = dict(zip(readable, drafts, strict=True))
            for study in batch:
                line = _line(study.uid, read[study.uid], written.get(study.uid)) | shared
                write_line(output, line)
            output.flush()
            bar.update(len(batch))


def _batches(studies: Sequence[StudyFilms], size: int) -> Iterator[Sequence[StudyFilms]]:
    for first in range(0, len(studies), size):
        yield studies[first : first + size]


def _line(uid: str, read: "Films | str", draft: "Draft | None") -> dict[str, Any]:
    if draft is None:
        return {"uid": uid, "report": "", "error": str(read)}
    line = {"uid": uid, "report": draft.text, "warnings": list(draft.warnings)}
    if draft.found is not None:
        line["findings_prompt"] = [finding.value for finding in draft.found]
    if draft.structured_prompt is not None:
        line["structured_prompt"] = draft.structured_prompt
    return line
