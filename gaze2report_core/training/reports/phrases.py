"""Lets a trained model write its own phrase book: what it says most often of each finding on each side."""

from collections import Counter
from pathlib import Path

from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.findings.labelling.labeller import Mention, label_sentence
from gaze2report_core.findings.prompts import Found, findings_prompt
from gaze2report_core.findings.revision.guesses import is_a_guess, narrows_down
from gaze2report_core.findings.revision.laterality import names_told_sides_alone, sides_told
from gaze2report_core.findings.revision.lobes import names_lobe
from gaze2report_core.findings.revision.phrase_book import PHRASES, PhraseBook
from gaze2report_core.findings.revision.whole_sentences import is_whole
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.report_text import sentences
from gaze2report_core.training.run.processes import progress_bar

TEXTS = 40
"""Drawn for each finding and side."""

GUIDANCE = 3.0
TEMPERATURE = 0.9
FEWEST = 2
"""A sentence that was drawn only once is chance."""


def write_phrase_book(model_folder: Path) -> PhraseBook:
    """Draw texts behind the prompt of each finding alone, without a film; writes `findings/phrases.json`.

    Of support devices there is none: a prompt does not say which device, and any sentence would.
    """
    pipeline = Gaze2ReportPipeline.from_pretrained(model_folder)
    asked: list[Found] = [
        (finding, side)
        for finding in Finding
        if finding not in (Finding.NO_FINDING, Finding.SUPPORT_DEVICES)
        for side in ((None,) if finding in WITHOUT_SIDE else (None, *Side))
    ]
    prompts = [findings_prompt([one]) for one in asked]
    counts: dict[Found, Counter[str]] = {one: Counter() for one in asked}
    for seed in progress_bar(range(TEXTS), desc="what the model says of each finding"):
        settings = DecodingSettings(
            method="sample", seed=seed, temperature=TEMPERATURE, guidance=GUIDANCE, max_new_tokens=60
        )
        for one, text in zip(asked, pipeline.texts_for(prompts, settings), strict=True):
            counts[one].update(sentences_for(text, *one))
    phrases = {
        one: counted.most_common(1)[0][0]
        for one, counted in counts.items()
        if counted and counted.most_common(1)[0][1] >= FEWEST
    }
    book = PhraseBook(phrases)
    book.save(model_folder / FINDINGS_FOLDER / PHRASES)
    return book


def sentences_for(text: str, finding: Finding, side: Side | None) -> list[str]:
    """The sentences of a text that state this finding on this side and nothing else.

    One that lost its verb is left out. So is one that guesses (see `findings.revision.guesses`), that says more than
    the finding on this side, or that names another side, or both.
    """
    told = sides_told([(finding, side)])
    return [
        sentence
        for sentence in sentences(text)
        if is_whole(sentence)
        and not narrows_down(sentence)
        and not names_lobe(sentence)
        and not is_a_guess(sentence)
        and names_told_sides_alone(sentence, told)
        and {(found, mention, where) for found, mention, where in label_sentence(sentence)}
        == {(finding, Mention.POSITIVE, side)}
    ]
