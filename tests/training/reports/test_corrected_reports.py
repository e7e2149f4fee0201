"""A corrected report is learnt behind the very prompt that the pipeline writes from, and near what the model was."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import torch
from torch import Tensor

from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.examination import Examination
from gaze2report_core.films.looks import FilmLooks
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.gaze import Scanpath
from gaze2report_core.generation import ReportWriter
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.training.reports.corrected_reports import HIDDEN_SHARE, KEPT, CorrectedReport, CorrectedReports
from gaze2report_core.training.reports.correction_lines import Correction
from gaze2report_core.training.reports.films_by_content import FilmsByContent
from gaze2report_core.training.reports.taught_model import TaughtModel
from gaze2report_core.training_settings import TrainingSettings
from tests.drawn_films import LARGE_HEART, SIDEWAYS, write_film
from tests.exported_corrections import LOOK
from tests.small_model import REPORTS, SMALL, random_model, small_tokenizer
from tests.training.gradients import names_of, reached

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SETTINGS = TrainingSettings(epochs=1, batch_size=2, learning_rate=1e-3)


@pytest.fixture(scope="module")
def embedded() -> Gaze2ReportPipeline:
    return Gaze2ReportPipeline.from_pretrained(device="cpu")


@pytest.mark.thorough
@pytest.mark.parametrize("gaze", [LOOK, None], ids=["with gaze", "without"])
@pytest.mark.parametrize("verdicts", [{}, {Finding.EDEMA: True, Finding.CARDIOMEGALY: False}], ids=["", "judged"])
@pytest.mark.parametrize("sides", [{}, {Finding.PLEURAL_EFFUSION: Laterality.BOTH}], ids=["", "on both sides"])
def test_a_report_stands_behind_the_prompt_that_the_pipeline_writes_from(
    embedded: Gaze2ReportPipeline,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    gaze: Scanpath | None,
    verdicts: dict[Finding, bool],
    sides: dict[Finding, Laterality],
) -> None:
    paths = [write_film(tmp_path / str(kind), kind) for kind in (LARGE_HEART, SIDEWAYS)]
    frontal, lateral = (Radiograph.from_file(path) for path in paths)
    films = FilmsByContent(dict(zip((frontal.content_hash, lateral.content_hash), paths, strict=True)), 2, 0)
    correction = Correction("study", frontal.content_hash, lateral.content_hash, gaze, verdicts, "Clear.", NOW, sides)
    report = CorrectedReport.of(embedded, correction, films)
    examination = Examination(frontal, lateral, confirmed=verdicts, sides=sides)
    assert_written_from(report, embedded, examination, gaze, monkeypatch)
    assert report.text not in repr(report)


@pytest.mark.thorough
def test_a_film_that_is_lateral_by_its_looks_alone_is_learnt_as_the_lateral_that_it_was_read_as(
    embedded: Gaze2ReportPipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FilmLooks, "chest_likelihood", lambda *_: 1.0)
    monkeypatch.setattr(FilmLooks, "lateral_likelihood", lambda *_: 1.0)
    path = write_film(tmp_path / "film", SIDEWAYS)
    film = embedded.read(path)
    assert film.view is View.LATERAL and film.facts.view_position is None
    films = FilmsByContent({film.content_hash: path}, 1, 0)
    report = CorrectedReport.of(embedded, Correction("study", film.content_hash, None, None, {}, "Clear.", NOW), films)
    assert_written_from(report, embedded, Examination(film), None, monkeypatch)


def assert_written_from(
    report: CorrectedReport,
    pipeline: Gaze2ReportPipeline,
    examination: Examination,
    gaze: Scanpath | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The report stands behind the prompt from which the pipeline writes of this examination."""
    written_from: list[tuple[Tensor, Tensor]] = []

    def spied(_: ReportWriter, prompt: Tensor, mask: Tensor, *__: object) -> Iterator[tuple[list[str], bool]]:
        written_from.append((prompt, mask))
        yield ["Clear."], True

    monkeypatch.setattr(ReportWriter, "stream", spied)
    pipeline.generate(examination, gaze, settings=DecodingSettings())
    [(prompt, mask)] = written_from
    assert torch.equal(report.prompt, prompt[0]) and torch.equal(report.mask, mask[0])


@pytest.fixture
def reports() -> list[CorrectedReport]:
    """Four of them behind prompts of different lengths, the last two held out."""
    random = torch.Generator().manual_seed(0)
    lengths = {length: torch.randn(length, SMALL.language_model.width, generator=random) for length in (5, 9, 7, 6)}
    return [
        CorrectedReport(text, prompt, torch.ones(length, dtype=torch.bool), held_out=length < 8 and length != 5)
        for text, (length, prompt) in zip(REPORTS.values(), lengths.items(), strict=False)
    ]


def objective_of(reports: list[CorrectedReport]) -> CorrectedReports:
    taught = TaughtModel(random_model(), small_tokenizer())
    taught.only_adapters()
    before = TaughtModel(random_model(), taught.tokenizer)
    return CorrectedReports(taught, before, reports, SETTINGS)


def test_one_batch_reaches_adapters_alone(reports: list[CorrectedReport]) -> None:
    objective = objective_of(reports)
    adapters = {name for name in names_of(objective.taught.model) if "lora_" in name}
    assert reached(objective.loss(objective.training), objective.taught.model) == adapters != set()
    assert objective.held_out_count == 2


def test_what_is_held_out_is_measured_by_token_whatever_batch_it_is_in(
    reports: list[CorrectedReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    objective = objective_of([replace(report, held_out=True) for report in reports])
    with torch.no_grad():
        together = objective.held_out_score()
        monkeypatch.setattr("gaze2report_core.training.reports.corrected_reports.HELD_OUT_AT_ONCE", 1)
        assert objective.held_out_score() == pytest.approx(together, rel=1e-5)


@torch.no_grad()
def test_a_model_that_left_what_it_was_pays_for_it(
    reports: list[CorrectedReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaze2report_core.training.reports.corrected_reports.HIDDEN_SHARE", 0.0)
    assert HIDDEN_SHARE > 0
    objective = objective_of(reports)
    same = objective.loss(objective.training)
    chosen = [one for one in reports if not one.held_out]
    unlikely = objective_of([replace(one, held_out=True) for one in chosen]).held_out_score()
    assert same.item() == pytest.approx(unlikely, rel=1e-5), "a model that is what it was pays nothing"
    for name, parameter in objective.taught.model.named_parameters():
        if "lora_" in name:
            parameter.normal_(generator=torch.Generator().manual_seed(0))
    paid = objective.loss(objective.training).item()
    monkeypatch.setattr("gaze2report_core.training.reports.corrected_reports.KEPT", 0.0)
    free = objective.loss(objective.training).item()
    monkeypatch.setattr("gaze2report_core.training.reports.corrected_reports.KEPT", 2 * KEPT)
    assert objective.loss(objective.training).item() - free == pytest.approx(2 * (paid - free), rel=1e-3)
    assert paid > free
