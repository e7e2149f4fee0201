"""The sentence that says what was told of a finding, and no more."""

from gaze2report_core.findings.labelling.labeller import sides_stated
from gaze2report_core.findings.revision.denial import denied
from gaze2report_core.findings.revision.guesses import is_a_guess
from gaze2report_core.findings.revision.laterality import Told, names_told_sides_alone
from gaze2report_core.findings.revision.phrase_book import PLAIN, PhraseBook
from gaze2report_core.findings.vocabulary import Finding


def told_phrase(finding: Finding, told: Told, book: PhraseBook) -> str:
    """The book's sentence for a told finding, or its plain name where that says more or less than was told."""
    sides = told.get(finding, frozenset())
    phrase = book.phrase_on(finding, sides)
    may_stand = not denied(phrase) & told.keys() and not is_a_guess(phrase) and names_told_sides_alone(phrase, told)
    return phrase if may_stand else PLAIN.phrase_on(finding, sides)


def sided_phrase(finding: Finding, told: Told, book: PhraseBook) -> str:
    """The same, which names the told sides: the book's sentence may have come without one."""
    phrase = told_phrase(finding, told, book)
    names_them = sides_stated(phrase).get(finding) == told[finding]
    return phrase if names_them else PLAIN.phrase_on(finding, told[finding])
