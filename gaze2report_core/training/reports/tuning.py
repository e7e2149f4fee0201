"""What the trainings share that go on from a whole model with the open collections, over tokens made once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gaze2report_core.model.folder import load_model
from gaze2report_core.model.prompt import Prompt
from gaze2report_core.training.films import load_films
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.reports.assembly import save_with_findings
from gaze2report_core.training.reports.encoded_films import encoded
from gaze2report_core.training.reports.examples import Example, examples_of
from gaze2report_core.training.reports.study_tokens import StudyTokens
from gaze2report_core.training.reports.taught_model import TaughtModel
from gaze2report_core.training.run.data_folder import path_of_film, read_training_studies
from gaze2report_core.training_settings import TrainingSettings


@dataclass(frozen=True)
class Tuning(TaughtModel):
    """A model whose language model is to be tuned, and all of the open collections that it is tuned on."""

    tokens: StudyTokens
    training: list[Example]
    held_out: list[Example]
    predicted: PredictedFindings
    settings: TrainingSettings

    @classmethod
    def of(
        cls, data: Path, model_folder: Path, findings: Path, splits: Sequence[str], settings: TrainingSettings
    ) -> "Tuning":
        """Load a model that `train report` left, and fuse film and gaze of every study of these splits."""
        model, tokenizer = load_model(model_folder)
        model.config = replace(model.config, findings_prompt=True, indication_prompt=True)
        predicted = PredictedFindings.of_folder(findings)
        training, held_out, names = examples_of(read_training_studies(data, splits))
        pixels = load_films([path_of_film(data, name) for name in names], model.config.encoder.image_size)
        films = encoded(model, pixels, tokenizer, copies=0)
        tokens = StudyTokens.of(model, films, [*training, *held_out])
        return cls(model, tokenizer, tokens, training, held_out, predicted, settings)

    def save(self, findings: Path, folder: Path) -> None:
        """Write the whole model, with the classifier of findings whose prompts it was trained on."""
        save_with_findings(self.model, self.tokenizer, findings, folder)

    def prompt(self, findings: str | None, indication: str | None = None) -> Prompt:
        """The frame around the tokens of a study."""
        return Prompt.of(self.model.config.instruction, self.tokenizer, findings, indication)
