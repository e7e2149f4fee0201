"""The one door to a trained model: the page, the command line and notebooks all come in here."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from gaze2report_core.gaze import GRID, GazeSource, Scanpath
from gaze2report_core.generation import DecodingSettings, ReportWriter
from gaze2report_core.hub import EMBEDDED_MODEL, ModelSource, find_model, upload_model
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.model.folder import device_for, load_model
from gaze2report_core.model.fusion import FRONTAL, LATERAL
from gaze2report_core.model.gaze2report import Gaze2ReportModel, StudyBatch
from gaze2report_core.model.prompt import Prompt
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.scanpath_predictor import FixationDistributions, PredictedReading
from gaze2report_core.patch_cache import PatchCache
from gaze2report_core.reading import Comparison, Draft, Films

Gaze = Scanpath | Literal["predicted"] | None
"""A scanpath that was recorded or edited, the model's own prediction, or no gaze at all."""

CHEST_LIKELIHOOD_NEEDED = 0.5
NOT_A_CHEST = (
    "This film does not look like a chest radiograph: gaze and report are predicted as if it were one and mean nothing "
    "on another body part."
)
NO_FRONTAL = "There is no frontal film: the report is written from the lateral film alone, without gaze."


class Gaze2ReportPipeline:
    """A film goes in; gaze and a report come out. Made by `from_pretrained`; safe to be used by several threads."""

    def __init__(
        self, model: Gaze2ReportModel, writer: ReportWriter, source: ModelSource, device: torch.device
    ) -> None:
        self.model = model
        self.model_id = source.model_id
        self.revision = source.revision
        self.device = device
        self._folder = source.folder
        self._writer = writer
        self._prompt = Prompt.of(model.config.instruction, writer.tokenizer)
        self._patches_of = PatchCache(model.encoder, model.config.encoder.image_size, device)

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
        return cls(loaded, ReportWriter(language_model, tokenizer), source, chosen)

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
        return _scanpath(self._predicted_fixations(radiograph, query).typical_reading())

    @torch.inference_mode()
    def sample_gaze(
        self, radiograph: Radiograph, query: str | None = None, *, count: int, seed: int = 0
    ) -> list[Scanpath]:
        """Predict how several plausible readers would look; the first is the one of `predict_gaze(seed=seed)`."""
        predicted = self._predicted_fixations(radiograph, query)
        generator = torch.Generator().manual_seed(seed)
        return [_scanpath(predicted.sampled_reading(generator)) for _ in range(count)]

    def _predicted_fixations(self, radiograph: Radiograph, query: str | None) -> FixationDistributions:
        patches = self._patches_of(radiograph).unsqueeze(0)  # (1, N, D)
        tokens, mask = query_tokens([query], self._writer.tokenizer, self.model.config.scanpath.longest_query)
        return self.model.scanpath_predictor(patches, tokens.to(self.device), mask.to(self.device))

    def stream(
        self,
        radiograph: Radiograph,
        gaze: Gaze = "predicted",
        *,
        lateral: Radiograph | None = None,
        settings: DecodingSettings | None = None,
    ) -> Iterator[Draft]:
        """Write a report, yielding it as it grows. Closing the iterator stops the computing."""
        settings = self.completed(settings or DecodingSettings())
        films = _films(radiograph, lateral)
        study, scanpath = self._study(films, gaze)
        warnings = self._warnings(films)
        for texts, finished in self._written(study, settings):
            yield Draft(texts[0], finished, scanpath, settings, warnings)

    def compare(
        self,
        radiograph: Radiograph,
        gaze: Scanpath | Literal["predicted"] = "predicted",
        *,
        lateral: Radiograph | None = None,
        settings: DecodingSettings | None = None,
    ) -> Iterator[Comparison]:
        """Write two reports in one batch, with gaze and without. Closing the iterator stops the computing."""
        settings = self.completed(settings or DecodingSettings())
        study, scanpath = self._study(_films(radiograph, lateral), gaze)
        if scanpath is None:
            scanpath = Scanpath.empty(GazeSource.PREDICTED)
        both = StudyBatch.stacked([study, study.without_gaze()])
        for (gaze_on, gaze_off), finished in self._written(both, settings):
            yield Comparison(gaze_on, gaze_off, finished, scanpath, settings)

    def generate(
        self,
        radiograph: Radiograph,
        gaze: Gaze = "predicted",
        *,
        lateral: Radiograph | None = None,
        settings: DecodingSettings | None = None,
    ) -> Draft:
        """Write a whole report at once; by beam search without `settings`, as the model card's figures were made."""
        return self.generate_many([_films(radiograph, lateral)], gaze, settings=settings)[0]

    def generate_many(
        self, studies: Sequence[Films], gaze: Gaze = "predicted", *, settings: DecodingSettings | None = None
    ) -> list[Draft]:
        """Write the reports of several studies in one batch."""
        settings = self.completed(settings or DecodingSettings(method="beam"))
        joined = [self._study(films, gaze) for films in studies]
        batch = StudyBatch.stacked([study for study, _ in joined])
        *_, (texts, finished) = self._written(batch, settings)
        return [
            Draft(text, finished, scanpath, settings, self._warnings(films))
            for text, (_, scanpath), films in zip(texts, joined, studies, strict=True)
        ]

    def push_to_hub(
        self, repository: str, *, private: bool = True, endpoint: str | None = None, token: str | None = None
    ) -> str:
        """Upload this model's folder as `owner/name`; returns the commit, which `revision=` takes."""
        return upload_model(self._folder, repository, private=private, endpoint=endpoint, token=token)

    @torch.inference_mode()
    def _study(self, films: Films, gaze: Gaze) -> tuple[StudyBatch, Scanpath | None]:
        """One study as fusion wants it, and the scanpath that went in; a lateral film alone has no gaze."""
        scanpath: Scanpath | None = None
        if films.frontal is not None and gaze is not None:
            scanpath = self.predict_gaze(films.frontal) if gaze == "predicted" else gaze
        views: list[Tensor | None] = [None, None]
        if films.frontal is not None:
            views[FRONTAL] = self._patches_of(films.frontal)
        if films.lateral is not None:
            views[LATERAL] = self._patches_of(films.lateral)
        absent = torch.zeros(GRID * GRID, self.model.config.encoder.width, device=self.device)
        durations = scanpath.patch_durations() if scanpath is not None else torch.zeros(GRID, GRID).numpy()
        study = StudyBatch(
            patches=torch.stack([absent if view is None else view for view in views]).unsqueeze(0),
            view_present=torch.tensor([[view is not None for view in views]], device=self.device),
            durations=torch.from_numpy(durations).float().reshape(1, -1).to(self.device),
            has_gaze=torch.tensor([scanpath is not None], device=self.device),
        )
        return study, scanpath

    def completed(self, settings: DecodingSettings) -> DecodingSettings:
        """Settings with this model's own values where they say none."""
        config = self.model.config
        return settings.completed(guidance=config.guidance, length_penalty=config.length_penalty)

    def _written(self, studies: StudyBatch, settings: DecodingSettings) -> Iterator[tuple[list[str], bool]]:
        with torch.inference_mode():
            prompt, mask = self.model.prompt_embeddings(studies, self._prompt)
            without_film = self.model.prompt_without_film(self._prompt)
        return self._writer.stream(prompt, mask, settings, without_film)

    def _warnings(self, films: Films) -> tuple[str, ...]:
        of_films = [warning for film in (films.frontal, films.lateral) if film is not None for warning in film.warnings]
        return tuple(dict.fromkeys([*of_films, *([NO_FRONTAL] if films.frontal is None else [])]))


def _films(radiograph: Radiograph, lateral: Radiograph | None) -> Films:
    """A film whose header calls it lateral, given alone, is read as one."""
    if lateral is None and radiograph.view is View.LATERAL:
        return Films(frontal=None, lateral=radiograph)
    return Films(frontal=radiograph, lateral=lateral)


def _scanpath(reading: PredictedReading) -> Scanpath:
    """The reading of one film, rounded as it will be written, so that the durations of patches follow from that."""
    places = reading.places[reading.valid].double().cpu().numpy()  # (L, 2)
    durations = reading.durations[reading.valid].double().cpu().numpy()  # (L,)
    return Scanpath(places[:, 0].round(5), places[:, 1].round(5), durations.round(5), GazeSource.PREDICTED)
