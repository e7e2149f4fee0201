"""Reports revised to say what their findings prompt says, on the sides that it names, and no more.

The likeliest report of any film is a normal one, also behind a prompt that names findings. So a report is held against
its prompt: what it states or doubts and the prompt does not name is taken out; what speaks against the prompt is taken
out, too, but not what else the same sentence denies; what the prompt names and the report does not state is said, by a
sentence that the model itself has written for that finding, in the place of the one that denies it.

A side that the prompt does not name, and a lobe, a bone, a kind of opacity or a particular device, which no prompt
names, a measure and a comparison with an earlier film were likely words and nothing that anybody saw. A side goes, or
gives way to the told one, and a lobe to its lung; where no sentence would be left, and in the place of the others, the
phrase book speaks for what was told. A side that a reader said is named, also where the model left it out. Incidental
findings, which no prompt names, are mentioned by habit: where something is known of them, what is not likely goes, and
what is likely is said last. What a radiologist writes is never revised.
"""

from collections.abc import Sequence, Set
from itertools import chain

from gaze2report_core.findings.labelling.incidental import (
    SENTENCES,
    IncidentalFinding,
    incidental_in_text,
    speaks_against,
)
from gaze2report_core.findings.labelling.labeller import Mention, label_sentence
from gaze2report_core.findings.prompts import Found
from gaze2report_core.findings.revision.denial import denied, denied_by_name
from gaze2report_core.findings.revision.denial_list import without_denials_of
from gaze2report_core.findings.revision.guesses import is_a_guess, names_kind_or_bone
from gaze2report_core.findings.revision.laterality import Told, sides_told, with_told_sides
from gaze2report_core.findings.revision.lobes import without_lobes
from gaze2report_core.findings.revision.phrase_book import PhraseBook, plain_denial
from gaze2report_core.findings.revision.readers_sides import naming_sides
from gaze2report_core.findings.revision.repetition import said_once
from gaze2report_core.findings.revision.told_phrase import told_phrase
from gaze2report_core.findings.revision.whole_sentences import is_whole
from gaze2report_core.findings.vocabulary import Finding
from gaze2report_core.report_text import sentences

NOTHING_FOUND = "No acute cardiopulmonary abnormality is seen."
"""What is left to say where nothing was told and all that was written is taken out."""


def revised(
    report: str,
    found: Sequence[Found],
    book: PhraseBook,
    incidental: Set[IncidentalFinding] | None = None,
    placed: Set[Finding] = frozenset(),
) -> str:
    """The report with every finding of the prompt stated, none that it does not name, and no side but the told ones;
    with these `incidental` findings and no others, where something is known of such; and with the sides of those that a
    reader `placed`."""
    told = sides_told(found)
    written = sentences(" ".join(report.split()))
    if incidental is not None:
        written = without_other_incidental(written, incidental)
    held = _held(written, told, book)
    _deny_again(held, written, told)
    stated = {finding for sentence in chain(*held) for finding in _stated(sentence)}
    first: list[str] = []
    instead: list[list[str]] = [[] for _ in written]
    for finding in told:
        if finding not in stated:
            denials = [place for place, sentence in enumerate(written) if finding in denied_by_name(sentence)]
            (instead[denials[0]] if denials else first).append(told_phrase(finding, told, book))
    in_order = chain(first, *chain(*zip(instead, held, strict=True)))
    kept = naming_sides(said_once(list(in_order)), placed, told, book) or [NOTHING_FOUND]
    return " ".join([*kept, *missing_incidental(kept, incidental or frozenset())])


def without_other_incidental(written: Sequence[str], incidental: Set[IncidentalFinding]) -> list[str]:
    """The sentences without those that mention other incidental findings, or speak against these."""
    return [
        sentence
        for sentence in written
        if incidental_in_text(sentence) <= incidental and not speaks_against(sentence, incidental)
    ]


def missing_incidental(said: Sequence[str], incidental: Set[IncidentalFinding]) -> list[str]:
    """A sentence for each incidental finding that is not mentioned yet."""
    mentioned = incidental_in_text(" ".join(said))
    return [SENTENCES[finding] for finding in IncidentalFinding if finding in incidental - mentioned]


def beside_what_was_told(report: str, told: Told) -> list[str]:
    """The sentences of a normal report that may stand beside told findings, without what speaks against those."""
    written = sentences(report)
    mended = [_mended(sentence, told) for sentence in written]
    held = [[] if sentence is None or _stated(sentence) & told.keys() else [sentence] for sentence in mended]
    _deny_again(held, written, told)
    return list(chain(*held))


def _held(written: Sequence[str], told: Told, book: PhraseBook) -> list[list[str]]:
    """For each sentence what may stand in its place: itself, as written or mended, phrases for what it alone rightly
    states, or nothing."""
    mended = [_mended(sentence, told) for sentence in written]
    stated = {finding for sentence in mended if sentence is not None for finding in _stated(sentence)}
    held: list[list[str]] = []
    for sentence, as_mended in zip(written, mended, strict=True):
        if as_mended is not None:
            held.append([as_mended])
            continue
        missed = [finding for finding in told if finding in _stated(sentence) - stated]
        held.append([told_phrase(finding, told, book) for finding in missed])
        stated.update(missed)
    return held


def _mended(sentence: str, told: Told) -> str | None:
    """A sentence on the told sides and without denials of what was told; nothing where it says more than was told, or
    where words alone do not mend it."""
    against = (denied(sentence) & told.keys()) - _stated(sentence)
    spared = without_denials_of(against, sentence) if against else sentence
    if spared is None or not _stated_or_doubted(spared) <= told.keys() or is_a_guess(spared):
        return None
    if _stated(spared) and (names_kind_or_bone(spared) or not is_whole(spared)):
        return None
    sided = with_told_sides(spared, told)
    return None if sided is None else without_lobes(sided)


def _deny_again(held: list[list[str]], written: Sequence[str], told: Told) -> None:
    """Where a sentence that speaks against what was told is gone, say plainly what else it denied and nobody else does.

    `Heart size and mediastinal contours are normal` is no list: beside an enlarged heart it leaves the mediastinum.
    """
    for place, sentence in enumerate(written):
        if held[place] or not denied(sentence) & told.keys():
            continue
        said = {finding for kept in chain(*held) for finding, _, _ in label_sentence(kept)}
        lost = [finding for finding in Finding if finding in denied_by_name(sentence) - said]
        held[place] = [plain for plain in map(plain_denial, lost) if not denied(plain) & told.keys()]


def _stated(sentence: str) -> set[Finding]:
    return _mentioned(sentence, Mention.POSITIVE)


def _stated_or_doubted(sentence: str) -> set[Finding]:
    return _mentioned(sentence, Mention.POSITIVE) | _mentioned(sentence, Mention.UNCERTAIN)


def _mentioned(sentence: str, as_what: Mention) -> set[Finding]:
    return {finding for finding, mention, _ in label_sentence(sentence) if mention is as_what}
