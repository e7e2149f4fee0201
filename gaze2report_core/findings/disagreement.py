"""Where a report and the classifier disagree, said in a sentence that a reader can check on the film.

The classifier finds what reaches its threshold. A report disagrees when it denies such a finding or passes it over in
silence, and when it asserts one that does not reach its threshold; a report that leaves a finding open disagrees with
nobody. What the reader has confirmed or rejected stands in the classifier's place.

A finding is not passed over when a narrower one is asserted or left open: labels form the tree of CheXpert (Irvin et
al. 2019, figure 1, DOI 10.1609/aaai.v33i01.3301590), in which pneumonia is a consolidation and a consolidation a lung
opacity. `No Finding` is compared only where a report says that the film is normal; that a report names findings is
judged by each of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gaze2report_core.findings.labeller import Mention
from gaze2report_core.findings.reading import FindingsReading
from gaze2report_core.findings.vocabulary import Finding

_NARROWER: dict[Finding, frozenset[Finding]] = {
    Finding.ENLARGED_CARDIOMEDIASTINUM: frozenset({Finding.CARDIOMEGALY}),
    Finding.LUNG_OPACITY: frozenset(
        {Finding.LUNG_LESION, Finding.EDEMA, Finding.CONSOLIDATION, Finding.PNEUMONIA, Finding.ATELECTASIS}
    ),
    Finding.CONSOLIDATION: frozenset({Finding.PNEUMONIA}),
}


@dataclass(frozen=True)
class Disagreement:
    """A report says one thing of a finding, the classifier or the reader another.

    `mention` is what the report says, None where it is silent; `probability` what the classifier gives; `confirmed`
    what the reader said of the finding, None where that was nothing.
    """

    finding: Finding
    mention: Mention | None
    probability: float
    confirmed: bool | None = None

    @property
    def sentence(self) -> str:
        """Such as `The report says no pleural effusion; the classifier gives 0.83.`"""
        return f"{_REPORT_SAYS[self.mention].format(_in_words(self.finding))}; {self._other_side()}."

    def _other_side(self) -> str:
        if self.confirmed is not None:
            return "you confirmed it" if self.confirmed else "you rejected it"
        given = f"the classifier gives {self.probability:.2f}"
        return f"{given} for that" if self.finding is Finding.NO_FINDING else given


def disagreements(
    mentions: Mapping[Finding, Mention], reading: FindingsReading, confirmed: Mapping[Finding, bool]
) -> tuple[Disagreement, ...]:
    """All disagreements of a report, those that weigh most first: how far the classifier is from its threshold.

    Parameters
    ----------
    mentions
        What the report says, as the labeller reads it; a report of which nothing is written yet disagrees nowhere.
    confirmed
        What the reader confirmed (True) or rejected (False).
    """
    found = _disagreements(mentions, reading, confirmed) if mentions else iter(())
    distance = {one.finding: abs(one.probability - reading.thresholds[one.finding]) for one in reading.findings}
    return tuple(sorted(found, key=lambda one: (one.confirmed is None, -distance[one.finding])))


def _disagreements(
    mentions: Mapping[Finding, Mention], reading: FindingsReading, confirmed: Mapping[Finding, bool]
) -> Iterator[Disagreement]:
    present = {one.finding for one in reading.present}
    for one in reading.findings:
        mention = mentions.get(one.finding)
        word = confirmed.get(one.finding)
        is_there = word if word is not None else one.finding in present
        if _contradicts(one.finding, mention, mentions, is_there=is_there):
            yield Disagreement(one.finding, mention, one.probability, word)


def _contradicts(
    finding: Finding, mention: Mention | None, mentions: Mapping[Finding, Mention], *, is_there: bool
) -> bool:
    if not is_there:
        return mention is Mention.POSITIVE
    if finding is Finding.NO_FINDING or mention in (Mention.POSITIVE, Mention.UNCERTAIN):
        return False
    narrower = {mentions.get(one) for one in _NARROWER.get(finding, ())}
    return mention is Mention.NEGATIVE or not narrower & {Mention.POSITIVE, Mention.UNCERTAIN}


def _in_words(finding: Finding) -> str:
    return _WORDS.get(finding, finding.value.lower())


_WORDS = {Finding.NO_FINDING: "the film is normal", Finding.PLEURAL_OTHER: "other pleural disease"}
"""Where the label is no phrase of a sentence."""

_REPORT_SAYS: dict[Mention | None, str] = {
    Mention.POSITIVE: "The report says {}",
    Mention.NEGATIVE: "The report says no {}",
    None: "The report does not mention {}",
}
