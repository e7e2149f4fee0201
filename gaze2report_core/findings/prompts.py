"""Findings in words for the language model: short and in few different words, so that a small model learns them all."""

from collections.abc import Iterable, Mapping, Sequence

from gaze2report_core.findings.keywords import Certainty, Keyword
from gaze2report_core.findings.places.regions import Region
from gaze2report_core.findings.reading import FindingsReading
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE, Finding, Side

Found = tuple[Finding, Side | None]
"""A finding and the side on which it is, where it is known."""

BOTH_SIDES = "bilateral"
NOTHING_NAMED = "nothing named"
"""Of a region for which no finding reaches its threshold: which is not to say that it is normal."""


def findings_prompt(findings: Sequence[tuple[Finding, Side | None]]) -> str:
    """What Gaze2Report is told before its instruction: `findings: cardiomegaly, left pleural effusion`.

    The order of `Finding` and each finding once, whatever the order given: with both sides it is bilateral, and a side
    says more than none. `findings: none` when nothing is given, or nothing but that there is no finding.
    """
    named = {finding for finding, _ in findings} - {Finding.NO_FINDING}
    words = [finding_words(finding, _sides(finding, findings)) for finding in Finding if finding in named]
    return f"findings: {', '.join(words) or 'none'}"


def structured_prompt(keywords: Sequence[Keyword]) -> str:
    """The prompt of the keyword mode: one line for each region, in the order of `Region`, with its keywords.

    Such as `left lower lung zone: pleural effusion, possible atelectasis`; the order of the keywords stays. In a region
    of one side the side is not said again, for the region has it. For a region without keywords nothing is named.
    """
    return "\n".join(f"{region}: {', '.join(_words_in(region, keywords)) or NOTHING_NAMED}" for region in Region)


def found_by(reading: FindingsReading, verdicts: Mapping[Finding, bool], factor: float = 1.0) -> tuple[Found, ...]:
    """What the prompt says of a reading: the findings that `FindingsReading.judged` takes to be there, with sides."""
    return on_their_sides((found.finding, found.sides) for found in reading.judged(verdicts, factor))


def on_their_sides(findings: Iterable[tuple[Finding, frozenset[Side]]]) -> tuple[Found, ...]:
    """Each finding with its side; one that is on both stands twice, with either."""
    return tuple((finding, side) for finding, sides in findings for side in (sorted(sides) or (None,)))


def finding_words(finding: Finding, sides: frozenset[Side]) -> str:
    """A finding with its side, such as `left pleural effusion`, in lower case."""
    name = finding.value.lower()
    if not sides or finding in WITHOUT_SIDE:
        return name
    return f"{BOTH_SIDES if len(sides) == len(Side) else next(iter(sides))} {name}"


def _sides(finding: Finding, findings: Sequence[tuple[Finding, Side | None]]) -> frozenset[Side]:
    return frozenset(side for named, side in findings if named is finding and side is not None)


def _words_in(region: Region, keywords: Sequence[Keyword]) -> list[str]:
    return [_keyword_words(keyword, region) for keyword in keywords if region in keyword.regions]


def _keyword_words(keyword: Keyword, region: Region) -> str:
    sides = keyword.sides if region.side is None else frozenset[Side]()
    words = finding_words(keyword.finding, sides)
    return words if keyword.certainty is Certainty.CERTAIN else f"{keyword.certainty} {words}"
