"""Teaches a whole model what readers made of its drafts: its adapters are tuned on the reports that they signed off."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from gaze2report_core.decoding_settings import MOST_TOKENS
from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.hub import hash_of_folder
from gaze2report_core.model.folder import load_model, save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.training.reports.corrected_reports import CorrectedReport, CorrectedReports
from gaze2report_core.training.reports.correction_lines import HELD_OUT_IN, Correction, Export, read_export
from gaze2report_core.training.reports.corrections_card import Lesson, write_card
from gaze2report_core.training.reports.films_by_content import FilmsByContent
from gaze2report_core.training.reports.taught_model import TaughtModel
from gaze2report_core.training.run.checkpoint import trained_state
from gaze2report_core.training.run.identity import hash_of_files, identity_of_films
from gaze2report_core.training.run.loop import fit, refuse_another_run
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training.run.processes import progress_bar
from gaze2report_core.training_settings import CORRECTIONS as SETTINGS
from gaze2report_core.training_settings import TrainingSettings

FEWEST = 10
"""Corrections to learn from and to choose the epoch by, at the least."""

Say = Callable[[str], None]
"""Takes a sentence for the person who waits."""


def train_corrections(
    corrections: Path, films: Path, out: Path, model_folder: Path, say: Say, settings: TrainingSettings = SETTINGS
) -> None:
    """Go on from any whole model with what readers exported from the page; writes a whole model to `out/model`.

    Raises
    ------
    TrainingRefused
        Where a line is not as the page writes it, or too few corrections have their films in the folder `films`.
    """
    given, written = model_folder.resolve(), (out / "model").resolve()
    if given == written or out.resolve().is_relative_to(given):
        raise TrainingRefused("The model given as --model is to stay as it is: give another --out.")
    export = read_export(corrections)
    taught = TaughtModel(*load_model(model_folder))
    taught.only_adapters()
    found = FilmsByContent.among(films, {film for one in export.corrections for film in one.films})
    usable = _usable(export, found, taught, say)
    identity = {
        "part": "corrections",
        "corrections": hash_of_files(corrections),
        "films": identity_of_films(found.places),
        "model": hash_of_folder(model_folder),
    }
    refuse_another_run(out, settings, identity)
    pipeline = Gaze2ReportPipeline.from_pretrained(model_folder, device="cpu")
    reading = progress_bar(usable, desc="reading what was corrected")
    reports = [CorrectedReport.of(pipeline, correction, found) for correction in reading]
    before = TaughtModel(pipeline.model, taught.tokenizer)
    lesson = teach_corrections(CorrectedReports(taught, before, reports, settings), out, identity, say)
    _save(taught, model_folder, out / "model")
    write_card(lesson, model_folder, identity["model"], out / "model")
    say(f"The new model is of revision {hash_of_folder(out / 'model')}; it went on from {identity['model']}.")


def teach_corrections(objective: CorrectedReports, out: Path, identity: Mapping[str, Any], say: Say) -> Lesson:
    """Train; the best epoch is the one with the least loss on held-out corrections.

    Where none has less than the model had before, its adapters stay as they were. `identity` is that of `fit`.
    """
    model, learnt = objective.taught.model, len(objective.training)
    say(f"Corrections to learn from: {learnt}; held out to choose the epoch by: {objective.held_out_count}.")
    as_it_was = trained_state(model)
    with torch.no_grad():
        before = objective.held_out_score()
    progress = fit(model, objective, objective.settings, out, identity)
    lesson = Lesson(learnt, objective.held_out_count, before, progress.best_score(), progress.best_epoch())
    say(
        f"Loss on held-out corrections, for each token: {before:.4f} before, {lesson.best:.4f} after epoch "
        f"{lesson.epoch}, the best."
    )
    if lesson.helped:
        model.config = replace(
            model.config, trained_on=(*model.config.trained_on, f"{learnt} reports that readers corrected")
        )
    else:
        model.load_state_dict(as_it_was, strict=False)
        say("No epoch made held-out corrections likelier: the model is written with its adapters as they were.")
    return lesson


def _usable(export: Export, found: FilmsByContent, taught: TaughtModel, say: Say) -> list[Correction]:
    """The corrections whose films are there and whose reports can be learnt; of the others it is said how many.

    Raises TrainingRefused where these are too few, or of no films that could be held out.
    """
    given = len(export.corrections)
    there = [one for one in export.corrections if one.films <= found.places.keys()]
    usable = [one for one in there if one.text and len(taught.tokens_of(one.text)) <= MOST_TOKENS]
    for count, left_out in (
        (export.verdicts_alone, "Lines left out because no report was signed off, only findings judged"),
        (export.superseded, "Lines left out because their study was signed off again, and the latest counts"),
        (found.passed_over, f"Of {found.files} files, passed over because no film can be read from them"),
        (
            given - len(there),
            f"Of {given} corrections, left out for want of their films in the folder given as --films",
        ),
        (
            len(there) - len(usable),
            f"Of {given} corrections, left out for want of text or for over {MOST_TOKENS} tokens of it",
        ),
    ):
        if count:
            say(f"{left_out}: {count}.")
    _refuse_too_few(usable, there, given)
    return usable


def _refuse_too_few(usable: Sequence[Correction], there: Sequence[Correction], given: int) -> None:
    if not given:
        raise TrainingRefused("The corrections hold no report that was signed off.")
    if not there:
        raise TrainingRefused(
            f"None of these {given} corrections has its films in the folder given as --films: give the folder with the "
            "files that were opened on the page, or the one that `python -m app.export` writes."
        )
    if len(usable) < FEWEST:
        raise TrainingRefused(f"{len(usable)} of {given} corrections can be learnt from, and {FEWEST} are needed.")
    if len({one.held_out for one in usable}) < 2:
        raise TrainingRefused(
            f"One film in {HELD_OUT_IN} is held out to choose the epoch by. Of these {len(usable)} corrections that is "
            "none or all: give some of other films."
        )


def _save(taught: TaughtModel, model_folder: Path, folder: Path) -> None:
    """Write the whole model, with the classifier of findings of the one that it went on from."""
    save_model(taught.model, taught.tokenizer, folder)
    findings = model_folder / FINDINGS_FOLDER
    if findings.is_dir():
        shutil.copytree(findings, folder / FINDINGS_FOLDER, dirs_exist_ok=True)
