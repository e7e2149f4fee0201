"""The sentence that says what was told of a finding, and no more."""

from gaze2report_core.findings.revision.denial import denied
from gaze2report_core.findings.revision.guesses import is_a_guess
from gaze2report_core.findings.revision.laterality import Told, names_told_sides_alone
from gaze2report_core.findings.revision.phrase_book import PLAIN, PhraseBook
from gaze2report_core.findings.vocabulary import Finding, Side


def told_phrase(finding: Finding, told: Told, book: PhraseBook) -> str:
    """The book's sentence for a told finding, or its plain name where that says more or less than was told."""
    side = side_told(finding, told)
    phrase = book.phrase(finding, side)
    may_stand = not denied(phrase) & told.keys() and not is_a_guess(phrase) and names_told_sides_alone(phrase, told)
    return phrase if may_stand else PLAIN.phrase(finding, side)


def side_told(finding: Finding, told: Told) -> Side | None:
    """The one side that was told of a finding; nothing where that was none or both."""
    sides = told.get(finding, frozenset())
    return next(iter(sides)) if len(sides) == 1 else None
