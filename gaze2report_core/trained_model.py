"""A trained model in memory: all that its folder holds, on one device, made ready to be asked and not to learn."""

from dataclasses import dataclass
from pathlib import Path

import torch

from gaze2report_core.cores import let_forked_processes_compute
from gaze2report_core.findings import FINDINGS
from gaze2report_core.findings.finder import FindingsFinder
from gaze2report_core.findings.folder import FINDINGS_FOLDER, load_findings
from gaze2report_core.findings.revision.phrase_book import PHRASES, PhraseBook
from gaze2report_core.generation import ReportWriter
from gaze2report_core.hub import CONFIG, ModelSource
from gaze2report_core.model.folded import fold_batch_norms
from gaze2report_core.model.folder import device_for, load_model
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.unreadable import UnreadableModel


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """The parts of a model that belong together.

    Without a `finder` it finds nothing on films; without a `phrase_book` its reports stay as they were written.
    """

    source: ModelSource
    device: torch.device
    model: Gaze2ReportModel
    writer: ReportWriter
    finder: FindingsFinder | None
    phrase_book: PhraseBook | None

    @classmethod
    def load(cls, source: ModelSource, device: str | None, dtype: torch.dtype, endpoint: str | None) -> "TrainedModel":
        """Read a model's folder; parameters as in `Gaze2ReportPipeline.from_pretrained`.

        Raises
        ------
        DeviceMissing, ModelNotFound, UnreadableModel
            See there.
        """
        let_forked_processes_compute()
        model, tokenizer = load_model(source.folder, endpoint, dtype)
        if model.config.scanpath.side_labels not in (0, len(FINDINGS)):
            raise UnreadableModel("The model's reader of sides tells the sides of other labels than the 14 findings.")
        language_model = model.merge_adapters()
        chosen = device_for(device)
        fold_batch_norms(model)
        model.to(chosen).eval().requires_grad_(False)
        findings = source.folder / FINDINGS_FOLDER
        finder = _finder(findings, model, chosen)
        phrase_book = PhraseBook.from_file(findings / PHRASES) if (findings / PHRASES).is_file() else None
        return cls(source, chosen, model, ReportWriter(language_model, tokenizer), finder, phrase_book)


def _finder(findings: Path, model: Gaze2ReportModel, device: torch.device) -> FindingsFinder | None:
    if (findings / CONFIG).is_file():
        return FindingsFinder(load_findings(findings, model.config.encoder.width), device)
    if model.config.findings_prompt:  # it would write other reports, and nobody would know why
        raise UnreadableModel(f"The model is told of findings, and its classifier, {FINDINGS_FOLDER}/, is missing.")
    return None
