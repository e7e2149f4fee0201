"""The one door to a trained model: the page, the command line and notebooks all come in here."""

from collections.abc import Generator, Sequence
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Literal, NoReturn, TypeGuard

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from gaze2report_core.decoding_settings import DecodingSettings, checked_seed
from gaze2report_core.examination import Comparison, Draft, Examination, FilmOrExamination, Gaze, checked_film
from gaze2report_core.film_inspection import FilmInspection
from gaze2report_core.films.doubts import NOT_A_CHEST
from gaze2report_core.films.looks import FilmLooks
from gaze2report_core.films.patches import FilmPatches
from gaze2report_core.films.sides import FilmSides
from gaze2report_core.findings.labelling.labeller import forget_sentences
from gaze2report_core.findings.reading import FindingsReading
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze_prediction import GazePrediction
from gaze2report_core.generation import Stop, never
from gaze2report_core.hub import EMBEDDED_MODEL, find_model, upload_model
from gaze2report_core.imaging import Radiograph
from gaze2report_core.indication import indication_prompt
from gaze2report_core.keyword_report import refuse_what_keywords_ignore
from gaze2report_core.model.folder import DeviceMissing
from gaze2report_core.report_drafting import Briefing, ReportDrafting
from gaze2report_core.trained_model import TrainedModel

__all__ = ["NOT_A_CHEST", "DeviceMissing", "Gaze2ReportPipeline"]


class Gaze2ReportPipeline:
    """A film goes in; gaze and a report come out. Made by `from_pretrained`; safe to be used by several threads.

    Where an `Examination` is taken, a film alone will do: with a lateral film, an indication, or what the reader says
    of findings, it is an `Examination` that holds them.
    """

    def __init__(self, trained: TrainedModel) -> None:
        self.model = trained.model
        self.model_id = trained.source.model_id
        self.revision = trained.source.revision
        self.device = trained.device
        self._folder = trained.source.folder
        self._writer = trained.writer
        self._patches = FilmPatches(self.model, self.device)
        self._sides = FilmSides(self.model.scanpath_predictor.side_reader, self.device)
        self._looks = FilmLooks(self.model, self._patches)
        self._gaze = GazePrediction(self.model, self._patches, self._sides, self._writer.tokenizer)
        self._inspection = FilmInspection(self._gaze, trained.finder, self._patches, self._sides)
        self._drafting = ReportDrafting(self.model, self._writer, self._patches, trained.phrase_book)

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path = EMBEDDED_MODEL,
        *,
        revision: str | None = None,
        device: str | None = None,
        dtype: torch.dtype = torch.float32,
        endpoint: str | None = None,
    ) -> "Gaze2ReportPipeline":
        """Load a whole trained pipeline.

        Parameters
        ----------
        model
            A folder, or `owner/name[@revision]` on the Hub; the embedded model without it.
        revision
            Branch, tag or commit on the Hub; of a folder there is none to choose.
        device
            `cpu`, `cuda` or another of torch's; CUDA where it is, else the CPU, without it.
        dtype
            What the language model is kept and computed in, such as `torch.bfloat16`, in which one of 7B needs half of
            the memory. All else is small, and stays at 32 bits.
        endpoint
            Another Hub than the public one, such as a hospital's mirror.

        Raises
        ------
        DeviceMissing, ModelNotFound, UnreadableModel
            Each with a sentence that says what to do.
        TypeError
            For a `dtype` that no language model computes in, such as one of whole numbers.
        """
        return cls(TrainedModel.load(find_model(model, revision, endpoint), device, dtype, endpoint))

    def read(
        self,
        film: str | PathLike[str] | bytes | bytearray | memoryview | BinaryIO | Image.Image | NDArray[np.generic],
        *,
        allow_burned_in: bool = False,
        frame: int | None = None,
    ) -> Radiograph:
        """Read a film from a file, its bytes, a picture of Pillow's or an array.

        What is no radiograph of the chest, by its looks or its header, gets a warning, and so does a negative.
        Where the file does not say from where the film was taken, its view is what it looks like, if that is clear.
        `allow_burned_in` and `frame` are for files; see `Radiograph.from_bytes`, and `Radiograph.from_file` for files
        that are open. A picture is read as it is seen, see `Radiograph.from_picture`. An array is `(H, W)`, bones
        bright; what else is known of it is said to `Radiograph.from_array`.

        Raises
        ------
        FilmRefused
            With a sentence that says what was found and what to do.
        TypeError
            Where the film is none of these, such as a file of text.
        """
        match film:
            case str() | PathLike():
                radiograph = Radiograph.from_file(film, allow_burned_in=allow_burned_in, frame=frame)
            case bytes() | bytearray() | memoryview():
                radiograph = Radiograph.from_bytes(bytes(film), allow_burned_in=allow_burned_in, frame=frame)
            case np.ndarray():
                radiograph = Radiograph.from_array(film)
            case Image.Image():
                radiograph = Radiograph.from_picture(film, frame=frame)
            case _ if _is_open_file(film):
                radiograph = Radiograph.from_file(film, allow_burned_in=allow_burned_in, frame=frame)
            case _:
                raise TypeError(
                    "A film is the path of a file, the bytes of one, a file that is open for bytes, a picture of "
                    "Pillow's, or a NumPy array of rows and columns."
                )
        return self._looks.seen(radiograph)

    def seen_anew(self, radiograph: Radiograph) -> Radiograph:
        """Look once more at a film that was changed since it was read, such as one that was inverted.

        The view, and the warnings of a film that is no chest or another view, are then those of the film as it is now,
        as `read` would give them: the view is what the file says or, where it does not, what the film looks like.
        """
        return self._looks.seen_anew(radiograph)

    def __repr__(self) -> str:
        """Which model this is, and where it computes."""
        return f"Gaze2ReportPipeline({self.model_id!r}, revision={self.revision!r}, device={str(self.device)!r})"

    def __reduce__(self) -> NoReturn:
        """A model is neither copied nor sent to another process."""
        raise TypeError("A pipeline cannot be copied or pickled: load it with `from_pretrained` in each process.")

    def forget_unused_films(self) -> None:
        """Forget what was computed of films that nobody has asked for in the last hour, and all words that were read.

        A server calls it now and then, so that nothing of a patient's film stays for good, nor of what readers wrote,
        asked or gave as an indication. What is asked for again is computed again.
        """
        self._patches.forget_unused()
        self._sides.forget_unused()
        self._inspection.forget_unused()
        self._writer.forget_words()
        forget_sentences()

    def lateral_likelihood(self, radiograph: Radiograph) -> float | None:
        """How much a film looks like a lateral view, in 0..1; nothing where the model cannot tell."""
        return self._looks.lateral_likelihood(radiograph)

    def negative_likelihood(self, radiograph: Radiograph) -> float | None:
        """How much a film looks like a negative, bones dark, in 0..1; nothing where the model cannot tell."""
        return self._looks.negative_likelihood(radiograph)

    def chest_likelihood(self, radiograph: Radiograph) -> float:
        """How much a film looks like a chest, in 0..1, frontal or lateral."""
        return self._looks.chest_likelihood(radiograph)

    def predict_gaze(self, radiograph: Radiograph, query: str | None = None, *, seed: int | None = None) -> Scanpath:
        """Predict how a radiologist would look at a film.

        Parameters
        ----------
        query
            What the reader looks for, such as `pleural effusion`; a general reading without it.
        seed
            Draw one plausible reader. Without it, the most typical reader of a general reading, or what plausible
            readers who look for something agree on most.

        Raises
        ------
        TypeError
            For what is no `Radiograph`, such as a path: `read` makes one of it.
        SettingsRefused
            For a seed that is no whole number from 0 to 2⁶³ - 1.
        """
        if seed is not None:
            return self.sample_gaze(radiograph, query, count=1, seed=seed)[0]
        return self._gaze.of_one_reader(checked_film(radiograph), query)

    def sample_gaze(
        self, radiograph: Radiograph, query: str | None = None, *, count: int, seed: int = 0
    ) -> list[Scanpath]:
        """Predict how several plausible readers would look; the first is the one of `predict_gaze(seed=seed)`.

        Raises
        ------
        TypeError, SettingsRefused
            See `predict_gaze`.
        ValueError
            For fewer readers than one.
        """
        if count < 1:
            raise ValueError("The number of readers must be 1 or more.")
        return self._gaze.of_readers(checked_film(radiograph), query, count, checked_seed(seed))

    def expected_patch_durations(self, radiograph: Radiograph, query: str | None = None) -> NDArray[np.float64]:
        """Predict for how many seconds each patch is looked at, the mean over all plausible readers: `(14, 14)`.

        Raises TypeError, see `predict_gaze`.
        """
        return self._gaze.expected_patch_durations(checked_film(radiograph), query)

    @property
    def has_findings(self) -> bool:
        """Whether the model has a classifier of findings, so that `find` has something to say."""
        return self._inspection.has_findings

    @property
    def hears_findings(self) -> bool:
        """Whether reports are written from a prompt that names what the classifier found."""
        return self.has_findings and self.model.config.findings_prompt

    @property
    def reads_indications(self) -> bool:
        """Whether the model was taught to read why a study was asked for."""
        return self.model.config.indication_prompt

    def completed(self, settings: DecodingSettings) -> DecodingSettings:
        """Settings with this model's own values where they say none."""
        if not isinstance(settings, DecodingSettings):
            raise TypeError("Settings must be DecodingSettings, such as DecodingSettings(method='beam').")
        config = self.model.config
        return settings.completed(guidance=config.guidance, length_penalty=config.length_penalty)

    def find(self, examination: FilmOrExamination, gaze: Gaze = "predicted") -> FindingsReading:
        """What the films show: each of the 14 findings with its probability, side and regions.

        Raises
        ------
        WithoutFindings, WithoutTower
            When the model has no classifier of findings, or that has not the one tower that the examination asks for.
        TypeError, ValueError
            When `examination` is neither one nor a `Radiograph`, or `gaze` neither a scanpath nor `"predicted"` nor
            None, here as in the methods that write reports.
        """
        return self._inspection.gaze_and_findings(Examination.of(examination), gaze)[1]

    def stream(
        self,
        examination: FilmOrExamination,
        gaze: Gaze = "predicted",
        *,
        settings: DecodingSettings | None = None,
        stop: Stop = never,
    ) -> Generator[Draft, None, None]:
        """Write a report, yielding it as it grows.

        Closing the generator stops the computing, but for beam search, which yields once: that is ended by `stop`, as
        every way of writing is. It is asked after every token; once it is true, as another thread may make it, the
        draft stays as it is, unfinished. Where it is true before the first token, no draft is yielded.

        Raises
        ------
        WithoutIndications
            When there is one and the model was not taught to read it. This and the rest is raised by the first `next`.
        WithoutTower
            When the model is told of findings and has not the one tower that the examination asks for.
        """
        settings = self.completed(settings or DecodingSettings())
        briefing = self.briefing(examination, gaze, settings)
        for (text,), finished in self._drafting.written([briefing], settings, stop):
            yield briefing.draft(text, finished, settings)

    def compare(
        self,
        examination: FilmOrExamination,
        gaze: Scanpath | Literal["predicted"] = "predicted",
        *,
        settings: DecodingSettings | None = None,
        stop: Stop = never,
    ) -> Generator[Comparison, None, None]:
        """Write two reports in one batch, with gaze and without; how they are stopped and what is raised, see `stream`.

        Raises
        ------
        WithoutIndications, WithoutTower
        """
        settings = self.completed(settings or DecodingSettings())
        both = [self.briefing(examination, one, settings) for one in (gaze, None)]
        scanpath = both[0].scanpath
        if scanpath is None:
            scanpath = Scanpath.empty(GazeSource.PREDICTED)
        for (gaze_on, gaze_off), finished in self._drafting.written(both, settings, stop):
            yield Comparison(gaze_on, gaze_off, finished, scanpath, settings)

    def generate(
        self, examination: FilmOrExamination, gaze: Gaze = "predicted", *, settings: DecodingSettings | None = None
    ) -> Draft:
        """Write a whole report at once; by beam search without `settings`, as the model card's figures were made.

        Raises
        ------
        WithoutIndications, WithoutTower
            See `stream`.
        """
        return self.generate_many([examination], gaze, settings=settings)[0]

    def generate_many(
        self,
        examinations: Sequence[FilmOrExamination],
        gaze: Gaze = "predicted",
        *,
        settings: DecodingSettings | None = None,
    ) -> list[Draft]:
        """Write the reports of several examinations in one batch; by beam search without `settings`.

        Raises
        ------
        WithoutIndications, WithoutTower
            See `stream`; when one examination cannot be read, none of the batch is.
        TypeError
            For one examination in the place of several, and for settings that are no `DecodingSettings`, as everywhere.
        """
        _refuse_one_for_many(examinations)
        if not examinations:
            return []
        settings = self.completed(settings or DecodingSettings(method="beam"))
        briefings = [self.briefing(examination, gaze, settings) for examination in examinations]
        *_, (texts, finished) = self._drafting.written(briefings, settings)
        return [briefing.draft(text, finished, settings) for briefing, text in zip(briefings, texts, strict=True)]

    def stream_keywords(
        self, examination: FilmOrExamination, gaze: Gaze = "predicted", *, settings: DecodingSettings | None = None
    ) -> Generator[Draft, None, None]:
        """Write a report in keyword mode, see `keyword_report`, yielding it as it grows by a sentence.

        Raises
        ------
        WithoutFindings, WithoutTower
            See `find`.
        SettingsRefused
            For an indication, and for settings of revision and of findings: none of these has an effect here.
        """
        settings = self.completed(settings or DecodingSettings())
        examination = Examination.of(examination)
        refuse_what_keywords_ignore(settings, indicated=bool(indication_prompt(examination.indication)))
        scanpath, reading = self._inspection.gaze_and_findings(examination, gaze)
        yield from self._drafting.in_keywords(examination, scanpath, reading, settings)

    def generate_keywords(
        self,
        examinations: Sequence[FilmOrExamination],
        gaze: Gaze = "predicted",
        *,
        settings: DecodingSettings | None = None,
    ) -> list[Draft]:
        """The keyword mode's reports of several examinations; by beam search without `settings`.

        Raises
        ------
        WithoutFindings, WithoutTower, SettingsRefused
            See `stream_keywords`.
        """
        _refuse_one_for_many(examinations)
        settings = settings or DecodingSettings(method="beam")
        return [list(self.stream_keywords(examination, gaze, settings=settings))[-1] for examination in examinations]

    def texts_for(self, findings: Sequence[str], settings: DecodingSettings) -> list[str]:
        """One text for each findings prompt, by the language model alone: without film, gaze or phrase book.

        Raises TypeError for one prompt in the place of several.
        """
        if isinstance(findings, str):
            raise TypeError("Findings prompts must be given as a list: put the one into a list.")
        return self._drafting.texts_for(findings, self.completed(settings)) if findings else []

    def briefing(
        self, examination: FilmOrExamination, gaze: Gaze = "predicted", settings: DecodingSettings | None = None
    ) -> Briefing:
        """What the model is given of an examination to write from; for whoever teaches it what to write.

        Raises
        ------
        WithoutIndications, WithoutTower
            See `stream`.
        """
        settings = settings or DecodingSettings()
        examination = Examination.of(examination)
        if not self.hears_findings:
            return self._drafting.briefing(examination, self._inspection.gaze_on(examination, gaze), None, settings)
        scanpath, reading = self._inspection.gaze_and_findings(examination, gaze)
        return self._drafting.briefing(examination, scanpath, reading, settings)

    def push_to_hub(
        self, repository: str, *, private: bool = True, endpoint: str | None = None, token: str | None = None
    ) -> str:
        """Upload this model's folder as `owner/name`; returns the commit, which `revision=` takes.

        Raises
        ------
        ModelNotUploaded
            With a sentence that says what to do.
        """
        return upload_model(self._folder, repository, private=private, endpoint=endpoint, token=token)


def _is_open_file(film: object) -> TypeGuard[BinaryIO]:
    """Whether it can be read as a file can; uploads are often files in all but their class."""
    return callable(getattr(film, "read", None)) and callable(getattr(film, "tell", None))


def _refuse_one_for_many(examinations: Sequence[FilmOrExamination]) -> None:
    if isinstance(examinations, FilmOrExamination):
        raise TypeError("Examinations must be given as a list: put the one into a list.")
