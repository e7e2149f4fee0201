"""Where a report and the classifier disagree, said in a sentence that a reader can check on the film.

The classifier finds what reaches its threshold. A report disagrees when it speaks against such a finding or passes it
over in silence, when it asserts one that does not reach its threshold, and when it names the other side alone; a report
that leaves a finding open disagrees with no classifier. What the reader has confirmed or rejected stands in the
classifier's place, and what they rejected may not be left open either; who confirms No Finding rejects the others with
it, as `FindingsReading.judged` has it. Where the reader said a side, a report that names any other one disagrees; one
that names none does not.

A finding is not passed over when a narrower one is asserted or left open: pneumonia is a consolidation and a
consolidation a lung opacity. `No Finding` is compared only where a report says that the film is normal, and calls the
lungs well at the least: for labels, a text that names nothing is normal, but "See prior." says nothing of the kind.
That a report names findings is judged by each of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gaze2report_core.findings.labelling.labeller import Mention, label_report, sides_stated
from gaze2report_core.findings.prompts import BOTH_SIDES
from gaze2report_core.findings.reading import FindingLikelihood, FindingsReading
from gaze2report_core.findings.revision.denial import denied
from gaze2report_core.findings.vocabulary import IN_THE_LUNGS, NARROWER, WITHOUT_SIDE, Finding, Laterality, Side
from gaze2report_core.report_text import sentences

DECIMALS = (2, 3, 4)
"""Of a probability: the first of these that tells it from its threshold, as `assets/probabilities.js` has it."""


@dataclass(frozen=True)
class Disagreement:
    """A report says one thing of a finding, the classifier or the reader another.

    `mention` is what the report says of it by name, None where it does not name it, and `excluded` whether it speaks
    against it without a name, as "The lungs are clear" does; `probability` is what the classifier gives, `threshold`
    from where on that counts; `confirmed` what the reader said of the finding, None where that was nothing, and
    `is_normal` whether they said it by confirming that there is none. Where it is sides that differ, `sides` are those
    that the report names, and what the classifier, or the reader, says instead.
    """

    finding: Finding
    mention: Mention | None
    probability: float
    threshold: float
    excluded: bool = False
    confirmed: bool | None = None
    is_normal: bool = False
    sides: tuple[frozenset[Side], Side | Laterality] | None = None

    @property
    def sentence(self) -> str:
        """Such as `The report says no pleural effusion; the classifier gives 0.83.`"""
        words = _WORDS.get(self.finding, self.finding.value.lower())
        if self.sides is not None:
            named, _ = self.sides
            words = f"{BOTH_SIDES if len(named) == len(Side) else next(iter(named))} {words}"
        says = "The report speaks against {}" if self.excluded else _REPORT_SAYS[self.mention]
        return f"{says.format(words)}; {self._other_side()}."

    def _other_side(self) -> str:
        if self.sides is not None:
            _, seen = self.sides
            return _YOU_SAY[seen] if isinstance(seen, Laterality) else f"the classifier sees it on the {seen}"
        if self.is_normal:
            return "you confirmed that there is no finding"
        if self.confirmed is not None:
            return "you confirmed it" if self.confirmed else "you rejected it"
        given = f"the classifier gives {self.probability:.{self._decimals()}f}"
        return f"{given} for that" if self.finding is Finding.NO_FINDING else given

    def _decimals(self) -> int:
        """Two, and more where a probability would else read like the threshold that it reaches or does not."""
        differs = (
            decimals for decimals in DECIMALS if f"{self.probability:.{decimals}f}" != f"{self.threshold:.{decimals}f}"
        )
        return next(differs, DECIMALS[0])


def disagreements(report: str, reading: FindingsReading, confirmed: Mapping[Finding, bool]) -> tuple[Disagreement, ...]:
    """All disagreements of a report, the reader's first, and those that weigh most: how far the classifier is from its
    threshold.

    A report of which nothing is written yet disagrees nowhere. `confirmed` is what the reader confirmed (True) or
    rejected (False).
    """
    found = _disagreements(report, reading, confirmed) if report.strip(" .\n") else iter(())
    distance = {one.finding: abs(one.probability - reading.thresholds[one.finding]) for one in reading.findings}
    return tuple(sorted(found, key=lambda one: (one.confirmed is None, -distance[one.finding])))


def _disagreements(report: str, reading: FindingsReading, confirmed: Mapping[Finding, bool]) -> Iterator[Disagreement]:
    mentions, sides = label_report(report), sides_stated(report)
    spoken_against = frozenset[Finding]().union(*(denied(sentence) for sentence in sentences(f"{report}.")))
    there = reading.there(confirmed)
    for one in reading.findings:
        mention, verdict = mentions.get(one.finding), confirmed.get(one.finding)
        if one.finding is Finding.NO_FINDING and not spoken_against >= IN_THE_LUNGS:
            continue
        is_open = mention is Mention.UNCERTAIN and not _is_rejected(one.finding, confirmed)
        if not is_open and _contradicts(one.finding, mentions, is_there=one.finding in there):
            excluded = mention is None and one.finding in spoken_against
            yield _disagreement(one, mention, reading.thresholds[one.finding], excluded, confirmed)
        elif one.finding in there:
            differ = _sides_that_differ(one, mention, sides.get(one.finding, frozenset()))
            if differ is not None:
                threshold = reading.thresholds[one.finding]
                yield Disagreement(one.finding, mention, one.probability, threshold, confirmed=verdict, sides=differ)


def _disagreement(
    one: FindingLikelihood,
    mention: Mention | None,
    threshold: float,
    excluded: bool,
    confirmed: Mapping[Finding, bool],
) -> Disagreement:
    by_no_finding = one.finding not in confirmed and confirmed.get(Finding.NO_FINDING, False)
    if by_no_finding and one.finding is not Finding.SUPPORT_DEVICES:
        return Disagreement(one.finding, mention, one.probability, threshold, excluded, confirmed=False, is_normal=True)
    return Disagreement(one.finding, mention, one.probability, threshold, excluded, confirmed.get(one.finding))


def _is_rejected(finding: Finding, confirmed: Mapping[Finding, bool]) -> bool:
    """Whether the reader rejected a finding, by itself or with all others."""
    if finding in confirmed:
        return not confirmed[finding]
    return confirmed.get(Finding.NO_FINDING, False) and finding is not Finding.SUPPORT_DEVICES


def _contradicts(finding: Finding, mentions: Mapping[Finding, Mention], *, is_there: bool) -> bool:
    mention = mentions.get(finding)
    if not is_there:
        return mention in (Mention.POSITIVE, Mention.UNCERTAIN)
    if finding is Finding.NO_FINDING or mention in (Mention.POSITIVE, Mention.UNCERTAIN):
        return False
    narrower = {mentions.get(one) for one in NARROWER.get(finding, ())}
    return mention is Mention.NEGATIVE or not narrower & {Mention.POSITIVE, Mention.UNCERTAIN}


def _sides_that_differ(
    one: FindingLikelihood, mention: Mention | None, named: frozenset[Side]
) -> tuple[frozenset[Side], Side | Laterality] | None:
    """The report's sides and whose else they are not: of a finding that is asserted or left open on the other side
    than the classifier's alone, or on others than the reader's."""
    if mention not in (Mention.POSITIVE, Mention.UNCERTAIN) or one.finding in WITHOUT_SIDE or not named:
        return None
    if one.said is not None:
        return None if named == one.sides else (named, one.said)
    return None if one.side is None or one.side in named else (named, one.side)


_YOU_SAY = {
    Laterality.RIGHT: "you say right",
    Laterality.LEFT: "you say left",
    Laterality.BOTH: "you say both sides",
    Laterality.NONE: "you say no side",
}

_WORDS = {Finding.NO_FINDING: "the film is normal", Finding.PLEURAL_OTHER: "other pleural disease"}
"""Where the label is no phrase of a sentence."""

_REPORT_SAYS: dict[Mention | None, str] = {
    Mention.POSITIVE: "The report says {}",
    Mention.NEGATIVE: "The report says no {}",
    Mention.UNCERTAIN: "The report calls {} possible",
    None: "The report does not mention {}",
}
