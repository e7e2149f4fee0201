"""What the language model is told of examinations, and what becomes of the reports that it writes of them."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import torch

from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.examination import Draft, Examination, WithoutIndications
from gaze2report_core.films.patches import FilmPatches
from gaze2report_core.findings import Finding
from gaze2report_core.findings.keywords import keywords_of
from gaze2report_core.findings.labelling.incidental import IncidentalFinding
from gaze2report_core.findings.prompts import Found, findings_prompt, found_by, on_their_sides, structured_prompt
from gaze2report_core.findings.reading import FindingsReading
from gaze2report_core.findings.revision.hedging import Doubtful, hedged
from gaze2report_core.findings.revision.laterality import sides_told
from gaze2report_core.findings.revision.phrase_book import PLAIN, PhraseBook
from gaze2report_core.findings.revision.report_revision import revised
from gaze2report_core.gaze import Scanpath, patch_durations_of
from gaze2report_core.generation import ReportWriter, Stop, never
from gaze2report_core.indication import indication_prompt
from gaze2report_core.keyword_report import keyword_report
from gaze2report_core.model.gaze2report import Gaze2ReportModel, StudyBatch
from gaze2report_core.model.padding import ending_together
from gaze2report_core.model.prompt import Prompt
from gaze2report_core.remembered_texts import RememberedTexts


@dataclass(frozen=True)
class Briefing:
    """What the model is given of one examination: films and gaze for the fusion, and a prompt for the language model.

    `found` are the findings and sides that the prompt names, and `incidental` those that the report is to mention
    beside them; `None` where the model is not told of findings at all, or where nothing is known of incidental ones.
    What is `doubtful` the report is to say as possible, and of findings that a reader `placed` it is to name the sides.
    """

    batch: StudyBatch = field(repr=False)
    prompt: Prompt = field(repr=False)  # it holds the indication
    scanpath: Scanpath | None
    found: tuple[Found, ...] | None
    incidental: frozenset[IncidentalFinding] | None
    doubtful: Doubtful
    warnings: tuple[str, ...]
    placed: frozenset[Finding] = frozenset()

    def draft(self, text: str, finished: bool, settings: DecodingSettings) -> Draft:
        """The report written of it so far."""
        told = None if self.found is None else sides_told(self.found)
        return Draft(text, finished, self.scanpath, settings, self.warnings, told=told, incidental=self.incidental)


class ReportDrafting:
    """Writes reports; safe to be used by several threads. Without a phrase book they stay as they were written."""

    def __init__(
        self, model: Gaze2ReportModel, writer: ReportWriter, patches: FilmPatches, phrase_book: PhraseBook | None
    ) -> None:
        self._model = model
        self._writer = writer
        self._patches = patches
        self._phrase_book = phrase_book
        self._texts = RememberedTexts(self.texts_for)

    @torch.inference_mode()
    def briefing(
        self,
        examination: Examination,
        scanpath: Scanpath | None,
        reading: FindingsReading | None,
        settings: DecodingSettings,
    ) -> Briefing:
        """What the model is given of an examination with this gaze; it is told of findings where there is a `reading`.

        Raises
        ------
        WithoutIndications
            When there is one and the model was not taught to read it.
        """
        frontal, lateral = (
            None if film is None else self._patches.of(film) for film in (examination.frontal, examination.lateral)
        )
        batch = StudyBatch.of(frontal, lateral, patch_durations_of(scanpath))
        found, said, incidental = None, None, None
        doubtful: Doubtful = frozenset()
        if reading is not None:
            reading = reading.with_sides(examination.sides)
            incidental = reading.incidental_mentioned(examination.confirmed)
            found = found_by(reading, examination.confirmed, settings.findings_threshold)
            doubtful = _to_be_hedged(reading, examination, settings)
            said = findings_prompt(found)
        asked = indication_prompt(examination.indication) or None
        if asked and not self._model.config.indication_prompt:
            raise WithoutIndications("This model was not taught to read indications: leave it out.")
        return Briefing(
            batch,
            self._prompt(said, asked),
            scanpath,
            found,
            incidental,
            doubtful,
            examination.warnings,
            placed=frozenset(examination.sides),
        )

    def written(
        self, briefings: Sequence[Briefing], settings: DecodingSettings, stop: Stop = never
    ) -> Generator[tuple[list[str], bool], None, None]:
        """The reports of one batch as they grow, and whether they are finished; see `ReportWriter.stream`."""
        with torch.inference_mode():
            prompt, mask = self._model.prompt_embeddings(
                StudyBatch.stacked([briefing.batch for briefing in briefings]),
                [briefing.prompt for briefing in briefings],
            )
            without_film = self._model.prompt_without_film(self._prompt())
        for texts, finished in self._writer.stream(prompt, mask, settings, without_film, stop):
            if not settings.unrevised:
                held = self._obeying if finished else self._hedged
                texts = [held(text, briefing) for text, briefing in zip(texts, briefings, strict=True)]
            yield texts, finished

    def in_keywords(
        self,
        examination: Examination,
        scanpath: Scanpath | None,
        reading: FindingsReading,
        settings: DecodingSettings,
    ) -> Generator[Draft, None, None]:
        """The report in keyword mode, see `keyword_report`, as it grows by a sentence."""
        keywords = keywords_of(reading.with_sides(examination.sides), examination.confirmed)
        incidental = reading.incidental_mentioned(examination.confirmed)
        doubtful = _to_be_hedged(reading, examination, settings)
        told = sides_told(on_their_sides((keyword.finding, keyword.sides) for keyword in keywords))
        book = self._phrase_book or PLAIN
        draft = Draft(
            "",
            False,
            scanpath,
            settings,
            examination.warnings,
            told=told,
            structured_prompt=structured_prompt(keywords),
            incidental=incidental,
        )
        write = partial(self._texts, settings=settings)
        for text in keyword_report(keywords, write, book, incidental):
            draft = replace(draft, text=hedged(text, doubtful, told, book))
            yield draft
        yield replace(draft, finished=True)

    def texts_for(self, findings: Sequence[str], settings: DecodingSettings) -> list[str]:
        """One text for each findings prompt, by the language model alone: without film, gaze or phrase book."""
        with torch.inference_mode():
            rows = [self._model.prompt_without_film(self._prompt(said))[0] for said in findings]
            masks = [torch.ones(len(row), dtype=torch.bool, device=row.device) for row in rows]
            prompt, mask = ending_together(rows, masks)
            bare = self._model.prompt_without_film(self._prompt())
        *_, (texts, _) = self._writer.stream(prompt, mask, settings, bare)
        return texts

    def _prompt(self, findings: str | None = None, indication: str | None = None) -> Prompt:
        return Prompt.of(self._model.config.instruction, self._writer.tokenizer, findings, indication)

    def _obeying(self, text: str, briefing: Briefing) -> str:
        """The finished text, revised to say what its prompt says where the model has a phrase book, and hedged."""
        if briefing.found is not None and self._phrase_book is not None:
            text = revised(text, briefing.found, self._phrase_book, briefing.incidental, briefing.placed)
        return self._hedged(text, briefing)

    def _hedged(self, text: str, briefing: Briefing) -> str:
        """The text, however far it is, with what is doubtful said as possible."""
        return hedged(text, briefing.doubtful, sides_told(briefing.found or ()), self._phrase_book or PLAIN)


def _to_be_hedged(reading: FindingsReading, examination: Examination, settings: DecodingSettings) -> Doubtful:
    return reading.doubtful(examination.confirmed) if settings.hedged else frozenset()
