"""What was found on the films of one study: findings with probability, side and regions, and what was looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.incidental_probe import IncidentalLikelihood
from gaze2report_core.findings.labelling.incidental import IncidentalFinding
from gaze2report_core.findings.places.regions import Box, Region, regions_on_sides, seconds_in_boxes
from gaze2report_core.findings.vocabulary import Finding, Laterality, Side, sides_seen

EVEN_ODDS = 0.5
"""Of a calibrated probability: what is below is less likely than not."""

UNFAMILIAR = (
    "What is seen here is unlike the films that the classifiers of findings were fitted on: their probabilities mean "
    "less."
)


@dataclass(frozen=True)
class FindingLikelihood:
    """One finding with its calibrated `probability`; `gaze_seconds` are those of gaze on its regions.

    `low` and `high` are the ends of its 95 % interval of reliability: studies that are given about this probability
    have the finding about this often, as far as those can tell that it was calibrated on. `side` is the classifier's;
    where a reader said one, that is `said`, and the regions are those of it.
    """

    finding: Finding
    probability: float
    low: float
    high: float
    side: Side | None
    regions: tuple[Region, ...]
    gaze_seconds: float
    said: Laterality | None = None

    @property
    def sides(self) -> frozenset[Side]:
        """Where it is after classifier and reader: on no side that is told, on one, or on both."""
        return sides_seen(self.side, self.said)


@dataclass(frozen=True, eq=False)
class FindingsReading:
    """All 14 findings of one study.

    Attributes
    ----------
    findings
        One for each finding, in the order of `Finding`.
    regions
        Where each region lies on the frontal film, in 0..1 of it; nothing without one.
    attention
        `(14, 14)`, what the classifiers looked at on the frontal film, or on the lateral one where that is alone, from
        its upper left corner; sums to 1.
    attention_of
        The same for each finding but No Finding, which is nowhere; `(14, 14)`, and each sums to 1.
    thresholds
        The probability, in 0..1, from which on a finding is said to be there.
    incidental
        What is likely beside the 14; nothing where the model has no probe for incidental findings.
    familiar
        Whether the films are like those that the classifiers were fitted on; else see `UNFAMILIAR`.
    gaze
        `(14, 14)`, the seconds of gaze on the frontal film; nothing without gaze or film.

    Raises
    ------
    ValueError
        When a finding is missing, stands twice or has no threshold.
    """

    findings: tuple[FindingLikelihood, ...]
    regions: dict[Region, Box] = field(repr=False)
    attention: NDArray[np.float64] = field(repr=False)
    attention_of: dict[Finding, NDArray[np.float64]] = field(repr=False)
    thresholds: dict[Finding, float] = field(repr=False)
    incidental: tuple[IncidentalLikelihood, ...] | None = None
    familiar: bool = True
    gaze: NDArray[np.float64] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if tuple(likelihood.finding for likelihood in self.findings) != tuple(Finding):
            raise ValueError("A reading needs each of the 14 findings once, in their order.")
        if set(self.thresholds) != set(Finding):
            raise ValueError("A reading needs a threshold for each of the 14 findings.")

    def with_sides(self, said: Mapping[Finding, Laterality]) -> "FindingsReading":
        """The same with findings on the sides on which a reader sees them; what was said of sides before is gone."""
        return replace(self, findings=tuple(self._on_side(found, said.get(found.finding)) for found in self.findings))

    def _on_side(self, found: FindingLikelihood, said: Laterality | None) -> FindingLikelihood:
        if said is found.said:
            return found
        regions = regions_on_sides(found.finding, sides_seen(found.side, said))
        boxes = [self.regions[region] for region in regions if region in self.regions]
        seconds = 0.0 if self.gaze is None else seconds_in_boxes(self.gaze, boxes)
        return replace(found, said=said, regions=regions, gaze_seconds=seconds)

    @property
    def present(self) -> tuple[FindingLikelihood, ...]:
        """The findings that reach their thresholds, in order."""
        return tuple(found for found in self.findings if found.probability >= self.thresholds[found.finding])

    def judged(self, verdicts: Mapping[Finding, bool], factor: float = 1.0) -> tuple[FindingLikelihood, ...]:
        """The findings but No Finding that are there: where the reader has decided, the reader's, else those that reach
        `factor` times their thresholds.

        Who confirms that there is no finding has rejected all that they have not confirmed, except devices: a film with
        a pacemaker and nothing else has no finding, as CheXpert has it.
        """
        normal = verdicts.get(Finding.NO_FINDING, False)
        return tuple(
            found
            for found in self.findings
            if found.finding is not Finding.NO_FINDING
            and verdicts.get(
                found.finding,
                found.probability >= factor * self.thresholds[found.finding]
                and not (normal and found.finding is not Finding.SUPPORT_DEVICES),
            )
        )

    def incidental_mentioned(self, verdicts: Mapping[Finding, bool]) -> frozenset[IncidentalFinding] | None:
        """The incidental findings that a report mentions, of which nothing is known without a probe for such.

        To who confirms that there is no finding, none of them is one.
        """
        if self.incidental is None:
            return None
        if verdicts.get(Finding.NO_FINDING, False):
            return frozenset()
        return frozenset(likelihood.finding for likelihood in self.incidental if likelihood.mentioned)

    def there(self, verdicts: Mapping[Finding, bool]) -> frozenset[Finding]:
        """What is there after classifier and reader, No Finding among it: that is not where the reader confirmed a
        finding, beside which support devices do not count."""
        there = {found.finding for found in self.judged(verdicts)}
        confirmed = {finding for finding, is_there in verdicts.items() if is_there}
        is_normal = Finding.NO_FINDING in {found.finding for found in self.present}
        stands = is_normal and not confirmed - {Finding.SUPPORT_DEVICES, Finding.NO_FINDING}
        return frozenset(there | ({Finding.NO_FINDING} if verdicts.get(Finding.NO_FINDING, stands) else set()))

    def doubtful(self, verdicts: Mapping[Finding, bool]) -> frozenset[Finding | IncidentalFinding]:
        """What is less likely than not and the reader has not confirmed, incidental findings among it."""
        findings = {found.finding for found in self.findings if found.probability < EVEN_ODDS}
        incidental = {one.finding for one in self.incidental or () if one.probability < EVEN_ODDS}
        return frozenset({finding for finding in findings if not verdicts.get(finding, False)} | incidental)

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON; boxes as left, top, right, bottom in 0..1 of the film."""
        return {
            "findings": [
                {
                    "finding": found.finding.value,
                    "probability": found.probability,
                    "low": found.low,
                    "high": found.high,
                    "threshold": self.thresholds[found.finding],
                    "side": None if found.side is None else found.side.value,
                    "regions": [region.value for region in found.regions],
                    "gaze_seconds": found.gaze_seconds,
                }
                for found in self.findings
            ],
            "regions": {
                region.value: [box.left, box.top, box.right, box.bottom] for region, box in self.regions.items()
            },
            "attention": np.asarray(self.attention).tolist(),
            "incidental": self.incidental_to_dict(),
            "familiar": self.familiar,
        }

    def incidental_to_dict(self) -> list[dict[str, object]] | None:
        """The incidental findings ready for JSON; nothing where the model has no probe for such."""
        if self.incidental is None:
            return None
        return [
            {"finding": one.finding.value, "probability": one.probability, "mentioned": one.mentioned}
            for one in self.incidental
        ]
