"""The keyword mode: a report composed of one sentence after another, each for a keyword of the findings.

After the second stage of *Eyes on the Image* (arXiv:2508.13068): keywords, weighted by how sure the classifier is, are
laid out by region in a structured prompt, which is stored with the report; the report follows it, region by region. Our
language model was taught findings prompts alone, so each keyword is put to it as one of those, without film or gaze. Of
the sentences that it offers, the one is taken that states the finding in its region; what it says of a film without
findings closes the report, where no keyword speaks against it.

How sure a keyword is stands in the structured prompt and, unless the report is to be hedged, not in the sentence: what
is said at all has reached its threshold, which for a rare finding lies far below one half, and `there may be a
fracture` is counted by every labeller as no answer.
"""

from collections.abc import Callable, Iterator, Sequence, Set

from gaze2report_core.decoding_settings import DecodingSettings, SettingsRefused
from gaze2report_core.findings.keywords import Keyword
from gaze2report_core.findings.labelling.incidental import IncidentalFinding
from gaze2report_core.findings.labelling.labeller import Mention, label_sentence, sides_stated
from gaze2report_core.findings.places.regions import Region
from gaze2report_core.findings.prompts import findings_prompt, on_their_sides
from gaze2report_core.findings.revision.denial import denied
from gaze2report_core.findings.revision.guesses import is_a_guess, narrows_down
from gaze2report_core.findings.revision.laterality import Told, names_told_sides_alone, sides_told
from gaze2report_core.findings.revision.lobes import names_lobe
from gaze2report_core.findings.revision.phrase_book import PLAIN, PhraseBook
from gaze2report_core.findings.revision.placement import alignment, names_region, placed
from gaze2report_core.findings.revision.repetition import said_once
from gaze2report_core.findings.revision.report_revision import (
    beside_what_was_told,
    missing_incidental,
    without_other_incidental,
)
from gaze2report_core.findings.revision.whole_sentences import is_whole
from gaze2report_core.report_text import sentences

WriteTexts = Callable[[Sequence[str]], list[str]]
"""From findings prompts to one text each, by the language model alone."""


def refuse_what_keywords_ignore(settings: DecodingSettings, *, indicated: bool) -> None:
    """Refuse what has no effect in keyword mode.

    There the findings are those above the classifier's own thresholds, no indication is read, and nothing is revised.

    Raises
    ------
    SettingsRefused
    """
    if settings.unrevised:
        raise SettingsRefused("Reports in keyword mode are never revised: do not ask for unrevised ones.")
    if indicated:
        raise SettingsRefused("The keyword mode does not use the indication: leave it out.")
    if settings.findings_threshold != 1:
        raise SettingsRefused(
            "The keyword mode always uses the classifier's own thresholds: leave the factor on them out."
        )


def keyword_report(
    keywords: Sequence[Keyword],
    write: WriteTexts,
    book: PhraseBook = PLAIN,
    incidental: Set[IncidentalFinding] | None = None,
) -> Iterator[str]:
    """The report as it grows by a sentence at a time, in the anatomical order of its keywords' first regions.

    `book` has a sentence for a keyword where the texts that `write` gives state it in none. Of `incidental` findings
    these and no others are mentioned, last, where something is known of such.
    """
    ordered = sorted(keywords, key=_place)
    told = sides_told(on_their_sides((keyword.finding, keyword.sides) for keyword in ordered))
    prompts = [findings_prompt(on_their_sides([(keyword.finding, keyword.sides)])) for keyword in ordered]
    *texts, normal = write([*prompts, findings_prompt([])])
    said: list[str] = []
    for keyword, text in zip(ordered, texts, strict=True):
        said.append(_sentence_for(keyword, text, told, book))
        yield " ".join(said_once(said))
    closing = beside_what_was_told(normal, told)
    if incidental is not None:
        closing = without_other_incidental(closing, incidental)
        closing += missing_incidental([*said, *closing], incidental)
    for sentence in closing:
        said.append(sentence)
        yield " ".join(said_once(said))


def _place(keyword: Keyword) -> int:
    return list(Region).index(keyword.regions[0]) if keyword.regions else len(Region)


def _sentence_for(keyword: Keyword, text: str, told: Told, book: PhraseBook) -> str:
    """Of the sentences that fit the keyword, with its place, the best aligned; of several the model's own."""
    offered = [*sentences(text), book.phrase_on(keyword.finding, keyword.sides)]
    fitting = {
        placed(sentence, keyword): alignment(sentence, keyword)  # what names its place by itself reads better
        for sentence in offered
        if _fits(sentence, keyword, told)
        and _fits(placed(sentence, keyword), keyword, told)
        and _names_what_a_reader_said(placed(sentence, keyword), keyword)
    }
    return max(
        fitting,
        key=lambda sentence: (alignment(sentence, keyword), fitting[sentence]),
        default=PLAIN.phrase_on(keyword.finding, keyword.sides),
    )


def _names_what_a_reader_said(sentence: str, keyword: Keyword) -> bool:
    return keyword.said is None or sides_stated(sentence).get(keyword.finding) == keyword.sides


def _fits(sentence: str, keyword: Keyword, told: Told) -> bool:
    """Whether a sentence states the finding and no more than is known of it, and speaks against nothing told.

    The model has no film before it here: what narrows a finding down, or places it more closely than its regions do, is
    a guess whatever it is. See `findings.revision.report_revision`, which holds the model's other reports to the same.
    """
    mentions = {(finding, mention) for finding, mention, _ in label_sentence(sentence)}
    return (
        (keyword.finding, Mention.POSITIVE) in mentions
        and all(mention is Mention.POSITIVE and finding in told for finding, mention in mentions)
        and not denied(sentence) & told.keys()
        and names_told_sides_alone(sentence, told)
        and (not names_lobe(sentence) or all(names_region(sentence, region) for region in keyword.regions))
        and is_whole(sentence)
        and not narrows_down(sentence)
        and not is_a_guess(sentence)
    )
