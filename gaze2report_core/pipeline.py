"""The one door to a trained model: the page, the command line and notebooks all come in here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from gaze2report_core.film_cache import FilmCache
from gaze2report_core.findings import Finding
from gaze2report_core.findings.finder import FindingsFinder
from gaze2report_core.findings.folder import FINDINGS_FOLDER, load_findings
from gaze2report_core.findings.keywords import keywords_of
from gaze2report_core.findings.laterality import sides_told
from gaze2report_core.findings.phrase_book import PHRASES, PLAIN, PhraseBook
from gaze2report_core.findings.prompts import Found, findings_prompt, found_by, structured_prompt
from gaze2report_core.findings.reading import FindingsReading
from gaze2report_core.findings.revision import revised
from gaze2report_core.gaze import GRID, GazeSource, Scanpath, seconds_on_patches
from gaze2report_core.generation import DecodingSettings, ReportWriter
from gaze2report_core.hub import EMBEDDED_MODEL, ModelSource, find_model, upload_model
from gaze2report_core.imaging import Radiograph
from gaze2report_core.indication import indication_prompt
from gaze2report_core.keyword_report import RememberedTexts, keyword_report
from gaze2report_core.model.fixation_distributions import FixationDistributions
from gaze2report_core.model.folder import CONFIG, device_for, load_model
from gaze2report_core.model.gaze2report import Gaze2ReportModel, StudyBatch
from gaze2report_core.model.prompt import Prompt
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.typical_reading import typical_reading
from gaze2report_core.reading import Comparison, Draft, Films, WithoutFindings, WithoutIndications

Gaze = Scanpath | Literal["predicted"] | None
"""A scanpath that was recorded or edited, the model's own prediction, or no gaze at all."""

Verdicts = Mapping[Finding, bool]
"""What the reader says of findings: confirmed (true) or rejected (false)."""

CHEST_LIKELIHOOD_NEEDED = 0.5
NOT_A_CHEST = (
    "This film does not look like a chest radiograph: gaze and report are predicted as if it were one and mean nothing "
    "on another body part."
)
NO_FRONTAL = "There is no frontal film: the report is written from the lateral film alone, without gaze."


@dataclass(frozen=True)
class _Study:
    """One study as the language model is told of it."""

    batch: StudyBatch
    prompt: Prompt
    scanpath: Scanpath | None
    found: tuple[Found, ...] | None


class Gaze2ReportPipeline:
    """A film goes in; gaze and a report come out. Made by `from_pretrained`; safe to be used by several threads."""

    def __init__(
        self,
        model: Gaze2ReportModel,
        writer: ReportWriter,
        source: ModelSource,
        device: torch.device,
        finder: FindingsFinder | None = None,
        phrase_book: PhraseBook | None = None,
    ) -> None:
        self.model = model
        self.model_id = source.model_id
        self.revision = source.revision
        self.device = device
        self._folder = source.folder
        self._writer = writer
        self._finder = finder
        self._phrase_book = phrase_book
        self._texts = RememberedTexts(self.texts_for)
        self._patches_of = FilmCache(self._encoded)
        self._mirrored_patches_of = FilmCache(lambda radiograph: self._encoded(radiograph, mirrored=True))

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path = EMBEDDED_MODEL,
        *,
        revision: str | None = None,
        device: str | None = None,
        endpoint: str | None = None,
    ) -> "Gaze2ReportPipeline":
        """Load a whole trained pipeline.

        Parameters
        ----------
        model
            A folder, or `owner/name[@revision]` on the Hub; the embedded model without it.
        revision
            Branch, tag or commit on the Hub.
        device
            `cpu`, `cuda` or `mps`; the fastest that is there without it.
        endpoint
            Another Hub than the public one, such as a hospital's mirror.

        Raises
        ------
        ModelNotFound, UnreadableModel
            Each with a sentence that says what to do.
        """
        source = find_model(model, revision, endpoint)
        loaded, tokenizer = load_model(source.folder)
        language_model = loaded.merge_adapters()
        chosen = device_for(device)
        loaded.to(chosen).eval().requires_grad_(False)
        finder, phrase_book = None, None
        if (source.folder / FINDINGS_FOLDER / CONFIG).is_file():
            width = loaded.config.encoder.width
            finder = FindingsFinder(*load_findings(source.folder / FINDINGS_FOLDER, width), chosen)
        if (source.folder / FINDINGS_FOLDER / PHRASES).is_file():
            phrase_book = PhraseBook.from_file(source.folder / FINDINGS_FOLDER / PHRASES)
        return cls(loaded, ReportWriter(language_model, tokenizer), source, chosen, finder, phrase_book)

    def read(self, film: bytes | str | Path, *, allow_burned_in: bool = False, frame: int | None = None) -> Radiograph:
        """Read a film from bytes or a file; one that does not look like a chest gets a warning.

        Raises
        ------
        FilmRefused
            With a sentence that says what was found and what to do.
        """
        open_film = Radiograph.from_bytes if isinstance(film, bytes) else Radiograph.from_file
        radiograph = open_film(film, allow_burned_in=allow_burned_in, frame=frame)  # type: ignore[arg-type]
        if self.chest_likelihood(radiograph) < CHEST_LIKELIHOOD_NEEDED:
            return radiograph.with_warnings(NOT_A_CHEST)
        return radiograph

    @torch.inference_mode()
    def chest_likelihood(self, radiograph: Radiograph) -> float:
        """How much a film looks like a chest, in 0..1, frontal or lateral."""
        return float(self.model.chest_check(self._patches_of(radiograph).unsqueeze(0)))

    @torch.inference_mode()
    def predict_gaze(self, radiograph: Radiograph, query: str | None = None, *, seed: int | None = None) -> Scanpath:
        """Predict how a radiologist would look at a film.

        Parameters
        ----------
        query
            What the reader looks for, such as `pleural effusion`; a general reading without it.
        seed
            Draw one plausible reader; the most typical reader without it.
        """
        if seed is not None:
            return self.sample_gaze(radiograph, query, count=1, seed=seed)[0]
        return typical_reading(self._predicted_fixations(radiograph, query)).scanpath()

    @torch.inference_mode()
    def sample_gaze(
        self, radiograph: Radiograph, query: str | None = None, *, count: int, seed: int = 0
    ) -> list[Scanpath]:
        """Predict how several plausible readers would look; the first is the one of `predict_gaze(seed=seed)`."""
        predicted = self._predicted_fixations(radiograph, query)
        generator = torch.Generator().manual_seed(seed)
        return [predicted.sampled_reading(generator).scanpath() for _ in range(count)]

    @torch.inference_mode()
    def expected_gaze(self, radiograph: Radiograph, query: str | None = None) -> NDArray[np.float64]:
        """Predict for how many seconds each patch is looked at, the mean over all plausible readers: `(14, 14)`."""
        expected = self._predicted_fixations(radiograph, query).expected_durations()
        return expected[0].double().cpu().numpy().reshape(GRID, GRID)

    @property
    def has_findings(self) -> bool:
        """Whether the model has a classifier of findings, so that `find` has something to say."""
        return self._finder is not None

    @property
    def reads_indications(self) -> bool:
        """Whether the model was taught to read why a study was asked for."""
        return self.model.config.indication_prompt

    def find(
        self,
        radiograph: Radiograph,
        gaze: Gaze = "predicted",
        *,
        lateral: Radiograph | None = None,
    ) -> FindingsReading:
        """What the films show: each of the 14 findings with its probability, side and regions.

        Raises
        ------
        WithoutFindings
            When the model has no classifier of findings.
        """
        return self.find_in(Films.given(radiograph, lateral), gaze)

    def find_in(self, films: Films, gaze: Gaze = "predicted") -> FindingsReading:
        """`find` for a study that may have no frontal film."""
        return self._found(films, self._gaze_on(films, gaze))

    @torch.inference_mode()
    def _encoded(self, radiograph: Radiograph, mirrored: bool = False) -> Tensor:
        film = torch.from_numpy(radiograph.squashed(self.model.config.encoder.image_size)).to(self.device)  # (S, S)
        return self.model.encoder((film.flip(-1) if mirrored else film)[None, None])[0]

    def _found(self, films: Films, scanpath: Scanpath | None) -> FindingsReading:
        if self._finder is None:
            raise WithoutFindings("This model has no classifier of findings: choose one with a folder `findings`.")
        return self._finder.read(films.frontal, films.lateral, seconds_on_patches(scanpath), self._patches_of)

    def _gaze_on(self, films: Films, gaze: Gaze) -> Scanpath | None:
        """The scanpath that goes in; a lateral film alone has no gaze."""
        if films.frontal is None or gaze is None:
            return None
        return self.predict_gaze(films.frontal) if gaze == "predicted" else gaze

    def _predicted_fixations(self, radiograph: Radiograph, query: str | None) -> FixationDistributions:
        patches, mirrored = (of(radiograph).unsqueeze(0) for of in (self._patches_of, self._mirrored_patches_of))
        tokens, mask = query_tokens([query], self._writer.tokenizer, self.model.config.scanpath.longest_query)
        return self.model.scanpath_predictor(patches, mirrored, tokens.to(self.device), mask.to(self.device))

    def stream(
        self,
        radiograph: Radiograph,
        gaze: Gaze = "predicted",
        *,
        lateral: Radiograph | None = None,
        indication: str = "",
        settings: DecodingSettings | None = None,
        confirmed: Verdicts | None = None,
    ) -> Iterator[Draft]:
        """Write a report, yielding it as it grows. Closing the iterator stops the computing.

        `confirmed` says what the reader confirmed (true) or rejected (false): the prompt follows the reader there.
        `indication` is why the films were taken, in words; it is told to the language model alone, not to gaze or
        findings.

        Raises
        ------
        WithoutIndications
            When there is one and the model was not taught to read it.
        """
        settings = self.completed(settings or DecodingSettings())
        films = Films.given(radiograph, lateral, indication)
        study = self._study(films, gaze, confirmed, settings)
        for texts, finished in self._written([study], settings):
            yield self._draft(texts[0], finished, study, films, settings)

    def compare(
        self,
        radiograph: Radiograph,
        gaze: Scanpath | Literal["predicted"] = "predicted",
        *,
        lateral: Radiograph | None = None,
        indication: str = "",
        settings: DecodingSettings | None = None,
        confirmed: Verdicts | None = None,
    ) -> Iterator[Comparison]:
        """Write two reports in one batch, with gaze and without. Closing the iterator stops the computing."""
        settings = self.completed(settings or DecodingSettings())
        films = Films.given(radiograph, lateral, indication)
        both = [self._study(films, one, confirmed, settings) for one in (gaze, None)]
        scanpath = both[0].scanpath
        if scanpath is None:
            scanpath = Scanpath.empty(GazeSource.PREDICTED)
        for (gaze_on, gaze_off), finished in self._written(both, settings):
            yield Comparison(gaze_on, gaze_off, finished, scanpath, settings)

    def generate(
        self,
        radiograph: Radiograph,
        gaze: Gaze = "predicted",
        *,
        lateral: Radiograph | None = None,
        indication: str = "",
        settings: DecodingSettings | None = None,
        confirmed: Verdicts | None = None,
    ) -> Draft:
        """Write a whole report at once; by beam search without `settings`, as the model card's figures were made."""
        films = Films.given(radiograph, lateral, indication)
        return self.generate_many([films], gaze, settings=settings, confirmed=confirmed)[0]

    def generate_many(
        self,
        studies: Sequence[Films],
        gaze: Gaze = "predicted",
        *,
        settings: DecodingSettings | None = None,
        confirmed: Verdicts | None = None,
    ) -> list[Draft]:
        """Write the reports of several studies in one batch."""
        settings = self.completed(settings or DecodingSettings(method="beam"))
        joined = [self._study(films, gaze, confirmed, settings) for films in studies]
        *_, (texts, finished) = self._written(joined, settings)
        return [
            self._draft(text, finished, study, films, settings)
            for text, study, films in zip(texts, joined, studies, strict=True)
        ]

    def stream_keywords(
        self,
        films: Films,
        gaze: Gaze = "predicted",
        *,
        settings: DecodingSettings | None = None,
        confirmed: Verdicts | None = None,
    ) -> Iterator[Draft]:
        """Write a report in keyword mode, see `keyword_report`, yielding it as it grows by a sentence."""
        scanpath = self._gaze_on(films, gaze)
        keywords = keywords_of(self._found(films, scanpath), confirmed)
        found = sides_told((keyword.finding, keyword.side) for keyword in keywords)
        asked = self.completed(settings or DecodingSettings())
        told, warnings, text = structured_prompt(keywords), self._warnings(films), ""
        for text in keyword_report(keywords, partial(self._texts, settings=asked), self._phrase_book or PLAIN):
            yield Draft(text, False, scanpath, asked, warnings, found, told)
        yield Draft(text, True, scanpath, asked, warnings, found, told)

    def generate_keywords(
        self, studies: Sequence[Films], gaze: Gaze = "predicted", *, settings: DecodingSettings | None = None
    ) -> list[Draft]:
        """The keyword mode's reports of several studies; by beam search without `settings`."""
        asked = settings or DecodingSettings(method="beam")
        return [list(self.stream_keywords(films, gaze, settings=asked))[-1] for films in studies]

    def texts_for(self, findings: Sequence[str], settings: DecodingSettings) -> list[str]:
        """One text for each findings prompt, by the language model alone: without film, gaze or phrase book."""
        tokenizer, instruction = self._writer.tokenizer, self.model.config.instruction
        with torch.inference_mode():
            rows = [self.model.prompt_without_film(Prompt.of(instruction, tokenizer, said))[0] for said in findings]
            prompt = pad_sequence(rows, batch_first=True, padding_side="left")
            masks = [torch.ones(len(row), dtype=torch.bool, device=self.device) for row in rows]
            mask = pad_sequence(masks, batch_first=True, padding_side="left")
            bare = self.model.prompt_without_film(Prompt.of(instruction, tokenizer))
        *_, (texts, _) = self._writer.stream(prompt, mask, settings, bare)
        return texts

    def push_to_hub(
        self, repository: str, *, private: bool = True, endpoint: str | None = None, token: str | None = None
    ) -> str:
        """Upload this model's folder as `owner/name`; returns the commit, which `revision=` takes."""
        return upload_model(self._folder, repository, private=private, endpoint=endpoint, token=token)

    @torch.inference_mode()
    def _study(self, films: Films, gaze: Gaze, confirmed: Verdicts | None, settings: DecodingSettings) -> _Study:
        """One study as fusion wants it, and the prompt that says what was found."""
        scanpath = self._gaze_on(films, gaze)
        frontal, lateral = (film if film is None else self._patches_of(film) for film in (films.frontal, films.lateral))
        batch = StudyBatch.of(frontal, lateral, seconds_on_patches(scanpath))
        found = self._found_for_prompt(films, scanpath, confirmed, settings)
        said = None if found is None else findings_prompt(found)
        asked = indication_prompt(films.indication) or None
        if asked and not self.reads_indications:
            raise WithoutIndications("This model was not taught to read indications: leave it out.")
        prompt = Prompt.of(self.model.config.instruction, self._writer.tokenizer, said, asked)
        return _Study(batch, prompt, scanpath, found)

    def _found_for_prompt(
        self, films: Films, scanpath: Scanpath | None, confirmed: Verdicts | None, settings: DecodingSettings
    ) -> tuple[Found, ...] | None:
        if self._finder is None or not self.model.config.findings_prompt:
            return None
        return found_by(self._found(films, scanpath), confirmed or {}, settings.findings_threshold)

    def _draft(self, text: str, finished: bool, study: _Study, films: Films, settings: DecodingSettings) -> Draft:
        found = None if study.found is None else sides_told(study.found)
        return Draft(text, finished, study.scanpath, settings, self._warnings(films), found)

    def completed(self, settings: DecodingSettings) -> DecodingSettings:
        """Settings with this model's own values where they say none."""
        config = self.model.config
        return settings.completed(guidance=config.guidance, length_penalty=config.length_penalty)

    def _written(self, studies: Sequence[_Study], settings: DecodingSettings) -> Iterator[tuple[list[str], bool]]:
        with torch.inference_mode():
            prompt, mask = self.model.prompt_embeddings(
                StudyBatch.stacked([study.batch for study in studies]), [study.prompt for study in studies]
            )
            bare = Prompt.of(self.model.config.instruction, self._writer.tokenizer)
            without_film = self.model.prompt_without_film(bare)
        for texts, finished in self._writer.stream(prompt, mask, settings, without_film):
            if finished and not settings.unrevised:
                texts = [self._obeying(text, study) for text, study in zip(texts, studies, strict=True)]
            yield texts, finished

    def _obeying(self, text: str, study: _Study) -> str:
        """The finished text, revised to say what its prompt says where the model has a phrase book."""
        if self._phrase_book is None or study.found is None:
            return text
        return revised(text, study.found, self._phrase_book)

    def _warnings(self, films: Films) -> tuple[str, ...]:
        of_films = [warning for film in (films.frontal, films.lateral) if film is not None for warning in film.warnings]
        return tuple(dict.fromkeys([*of_films, *([NO_FRONTAL] if films.frontal is None else [])]))
