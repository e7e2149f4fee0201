"""The films of a study, and the gaze on them, as the options of a command ask for them."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.commands.common import CommandRefused
from gaze2report_core.studies import StudyFilms

if TYPE_CHECKING:
    from gaze2report_core.examination import Examination, Gaze
    from gaze2report_core.findings import Finding, Laterality
    from gaze2report_core.imaging import Radiograph
    from gaze2report_core.pipeline import Gaze2ReportPipeline


@dataclass(frozen=True)
class FilmOptions:
    """How a film is read: with annotation burned in or not, and which frame of several."""

    allow_burned_in: bool = False
    frame: int | None = None
    frame_option: str = "--frame"  # which a refusal names

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "FilmOptions":
        """As `add_film_options` asks for it."""
        return cls(arguments.allow_burned_in, arguments.frame)

    @classmethod
    def of_lateral(cls, arguments: argparse.Namespace) -> "FilmOptions":
        """As `add_film_options` and `add_lateral_frame_option` ask for it."""
        return cls(arguments.allow_burned_in, arguments.lateral_frame, "--lateral-frame")


@dataclass(frozen=True)
class StudyOptions:
    """How the films of a study are read, and whether only the tower hears them that was trained without the study."""

    frontal: FilmOptions = FilmOptions()
    lateral: FilmOptions = FilmOptions(frame_option="--lateral-frame")
    unseen_tower: bool = False

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "StudyOptions":
        """As `add_film_options`, `add_lateral_frame_option` and `add_tower_option` ask for it."""
        return cls(FilmOptions.of(arguments), FilmOptions.of_lateral(arguments), arguments.unseen_tower)

    @property
    def towers_heard(self) -> str:
        """What lines say of it, so that a file does not mix both."""
        return "unseen" if self.unseen_tower else "all"


def add_gaze_options(parser: argparse.ArgumentParser) -> None:
    """`--gaze` and `--recording`, for the commands that take recorded gaze; `gaze_on` takes the values."""
    parser.add_argument(
        "--gaze",
        default="on",
        metavar="on|off|FILE",
        help="on (predicted), off, or a file with recorded fixations (default: %(default)s)",
    )
    parser.add_argument("--recording", metavar="NAME", help="the name of this film in a gaze file of several")


def read_film(pipeline: "Gaze2ReportPipeline", path: Path, options: FilmOptions) -> "Radiograph":
    """One film. Raises FilmRefused, with the option that confirms what can be confirmed."""
    from gaze2report_core.imaging import FilmRefused

    try:
        return pipeline.read(path, allow_burned_in=options.allow_burned_in, frame=options.frame)
    except FilmRefused as refusal:
        confirmed_by = {
            "burned_in_annotation": "--allow-burned-in confirms it.",
            "several_frames": f"{options.frame_option} 0 reads the first.",
        }
        if refusal.reason not in confirmed_by:
            raise
        raise FilmRefused(refusal.reason, f"{refusal} {confirmed_by[refusal.reason]}") from None


def read_examination(
    pipeline: "Gaze2ReportPipeline",
    arguments: argparse.Namespace,
    indication: str = "",
    confirmed: "Mapping[Finding, bool] | None" = None,
    sides: "Mapping[Finding, Laterality] | None" = None,
) -> "Examination":
    """The film or the two films that a command is given, with what is known beside them. Raises FilmRefused."""
    from gaze2report_core.examination import Examination
    from gaze2report_core.imaging import FilmRefused

    if arguments.lateral is None and arguments.lateral_frame is not None:
        raise CommandRefused("--lateral-frame is a frame of the lateral film: give that film with --lateral.")
    film = read_film(pipeline, arguments.film, FilmOptions.of(arguments))
    lateral = None
    if arguments.lateral is not None:
        try:
            lateral = read_film(pipeline, arguments.lateral, FilmOptions.of_lateral(arguments))
        except FilmRefused as refusal:
            raise FilmRefused(refusal.reason, f"The lateral film is refused: {refusal}") from None
    return Examination(film, lateral, indication, confirmed or {}, sides=sides or {})


def refuse_absent_films(studies: Sequence[StudyFilms], images: Path) -> None:
    """Refuse a folder that holds no film of several studies, before each of them gets a line that says so.

    The films of one study alone may be missing, whatever the folder is.
    """
    names = [name for study in studies for name in study.films]
    if len(studies) > 1 and names and not any(is_there(images / name) for name in names):
        raise CommandRefused(
            f"None of the {len(names):,} films of the table can be found: check that --images is the folder of the "
            "films."
        )


def is_there(path: Path) -> bool:
    """Whether there is such a file, whatever its name."""
    try:
        return path.is_file()
    except OSError:  # such as for a name that is too long for one
        return False


def read_films(
    pipeline: "Gaze2ReportPipeline", study: StudyFilms, images: Path, options: StudyOptions
) -> "Examination | str":
    """The films of a study in the folder `images`, or a sentence that says why they cannot be read.

    A lateral film that cannot be read is left out where there is a frontal one, with a warning.
    """
    from gaze2report_core.examination import Examination
    from gaze2report_core.findings.folds import fold_of
    from gaze2report_core.imaging import FilmRefused

    if not study.films:
        return "The study names neither a frontal nor a lateral film."
    frontal = lateral = None
    try:
        if study.frontal:
            frontal = read_film(pipeline, images / study.frontal, options.frontal)
        if study.lateral:
            lateral = read_film(pipeline, images / study.lateral, options.lateral)
    except FilmRefused as refusal:
        if frontal is None:
            return str(refusal)
        frontal = frontal.with_warnings(f"The lateral film is left out: {refusal}")
    tower = fold_of(study.uid) if options.unseen_tower else None
    return Examination(frontal, lateral, study.indication, tower=tower)


def source_of_gaze(gaze: "Gaze", examination: "Examination") -> str:
    """Where the gaze on an examination comes from, as the JSON of one film says it; `off` where there is none.

    Lines of many studies say `on` or `off` in its place: what was asked for all of them, by which a run that goes on
    and `evaluate-findings` know their own, whatever films a study has.
    """
    from gaze2report_core.gaze import GazeSource

    if gaze is None or examination.frontal is None:
        return "off"
    return str(GazeSource.PREDICTED if gaze == "predicted" else gaze.source)


def gaze_file(arguments: argparse.Namespace) -> Path | None:
    """The file of recorded gaze that the options name, if they name one."""
    return None if arguments.gaze in ("on", "off") else Path(arguments.gaze)


def gaze_on(film: "Radiograph", arguments: argparse.Namespace) -> tuple["Gaze", tuple[str, ...]]:
    """The gaze that the options ask for, and the notes on a recording."""
    file = gaze_file(arguments)
    if file is None:
        if arguments.recording is not None:
            raise CommandRefused("--recording names one of the recordings in a file: give the file with --gaze.")
        return ("predicted" if arguments.gaze == "on" else None), ()
    from gaze2report_core.gaze.recordings import SeveralRecordings, read_recording

    try:
        recorded = read_recording(file, width=film.facts.columns, height=film.facts.rows, recording=arguments.recording)
    except SeveralRecordings as several:
        raise CommandRefused(f"{several} --recording NAME says it.") from None
    return recorded.scanpath, recorded.notes
