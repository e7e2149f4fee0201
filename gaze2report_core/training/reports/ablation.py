"""The paper's variants trained alike (section 3): the same films, encoded once, the same reports, the same budget."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import torch

from gaze2report_core.model.config import PRESETS, Gaze2ReportConfig
from gaze2report_core.presets import TINY, Variant
from gaze2report_core.training.films import load_films
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.reports.assembly import TrainedParts, assemble, save_with_findings
from gaze2report_core.training.reports.encoded_films import EncodedFilms, encoded
from gaze2report_core.training.reports.examples import Example, examples_of
from gaze2report_core.training.reports.prompt_tuning import PromptTuning
from gaze2report_core.training.run.data_folder import STUDIES, path_of_film, read_training_studies
from gaze2report_core.training.run.identity import hash_of_files
from gaze2report_core.training.run.loop import fit
from gaze2report_core.training_settings import TrainingSettings


@dataclass(frozen=True)
class _Material:
    films: EncodedFilms
    training: list[Example]
    held_out: list[Example]
    predicted: PredictedFindings | None


class VariantTrainer:
    """Trains any variant from any seed. What all of them share is read and encoded when the first is trained.

    Parameters
    ----------
    settings
        Of every training but for its seed.
    limit
        How many studies of train and extra are looked at, from the first on; all without it.
    """

    def __init__(self, data: Path, parts: TrainedParts, settings: TrainingSettings, limit: int | None = None) -> None:
        self._data = data
        self._parts = parts
        self._settings = settings
        self._limit = limit

    def train(self, variant: Variant, seed: int, out: Path) -> None:
        """Write a whole model to `out/model`, which is there when it is whole; a broken training goes on."""
        material = self._material
        settings = replace(self._settings, seed=seed)
        torch.manual_seed(seed)
        model, tokenizer = assemble(self._config(variant), self._parts)
        model.freeze_all_but_prompt_tuning()
        prompt_tuning = PromptTuning(
            model, tokenizer, material.films, material.training, material.held_out, settings, material.predicted
        )
        identity = {"part": "ablation", "variant": variant.value, "studies": self._limit, **self.sources}
        fit(model, prompt_tuning, settings, out, identity)
        unfinished = out / "unfinished-model"
        save_with_findings(model, tokenizer, self._parts.findings, unfinished)
        unfinished.rename(out / "model")

    @cached_property
    def sources(self) -> dict[str, str | None]:
        """What all variants start from, by hashes: the table of studies and the folders of trained parts."""
        return {"data": hash_of_files(self._data / STUDIES), **self._parts.identity(PRESETS[TINY])}

    @cached_property
    def _material(self) -> _Material:
        studies = read_training_studies(self._data)[: self._limit]
        training, held_out, names = examples_of(studies)
        # Films are encoded alike in all variants.
        model, tokenizer = assemble(self._config(Variant.BASE1), self._parts)
        pixels = load_films([path_of_film(self._data, name) for name in names], model.config.encoder.image_size)
        return _Material(encoded(model, pixels, tokenizer), training, held_out, self._parts.predicted_findings())

    def _config(self, variant: Variant) -> Gaze2ReportConfig:
        """As the preset, but that findings are only told where there is a classifier to tell them of new films too."""
        usual = PRESETS[TINY]
        told = self._parts.findings is not None
        return replace(usual, variant=variant, findings_prompt=told)
