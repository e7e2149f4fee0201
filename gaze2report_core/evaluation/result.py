"""All figures of one system, and how they are taken from its reports."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

from gaze2report_core.evaluation.certainty import Said, said_by_certainty
from gaze2report_core.evaluation.clinical import clinical_scores, support
from gaze2report_core.evaluation.generations import Generation
from gaze2report_core.evaluation.incidental import Mentions, mentions
from gaze2report_core.evaluation.lengths import Lengths
from gaze2report_core.evaluation.references import HandLabels
from gaze2report_core.evaluation.score import Score
from gaze2report_core.evaluation.side_agreement import sides_seen_alike
from gaze2report_core.evaluation.written import Written
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.vocabulary import Finding
from gaze2report_core.scored_text import clean_report

HAND = "hand_"
"""What the names of figures against the annotators' labels begin with."""

HEADLINE = (
    *("micro_f1", "macro_f1", "micro_precision", "micro_recall", "micro_f1_14", "macro_f1_14"),
    *(f"{HAND}micro_f1", f"{HAND}macro_f1", "obedience", "keyword_recall"),
    *("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor"),
    *("bertscore", "bertscore_minilm", "radgraph_f1"),
)
"""The figures that get intervals and tests, clinical ones first."""

_ALONE = (
    *("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor"),
    *("micro_f1", "macro_f1", "micro_f1_14", "macro_f1_14", f"{HAND}micro_f1", f"{HAND}macro_f1"),
    *("obedience", "side_agreement"),
)
"""The figures that stand first in JSON, each by itself."""

Scores = Mapping[str, Score]
"""By the name of its figure."""


@dataclass(frozen=True)
class PooledScores:
    """What was scored for all systems at once: one system's part of it."""

    language: Scores
    clinical: Scores  # with `normal_share`, of the candidates those that are labelled `No Finding`
    keywords: Scores  # keyword recall, and that of findings and of places alone
    weighted: Scores  # metrics with a language model's weights


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Figures of one system, each as the score that it is read from, and what must be known to judge them.

    Clinical figures are those of `clinical_scores`; `micro_f1` and `macro_f1` are over the 13 findings without `No
    Finding`. Those of `hand` are against the labels that annotators gave by hand, and are absent without such labels.
    """

    uids: tuple[str, ...] = field(repr=False)  # studies with a reference, which all figures are over
    pooled: PooledScores = field(repr=False)
    hand: Scores | None = field(repr=False)  # all of `clinical_scores`
    told: Scores = field(repr=False)  # against what prompts told: `obedience`, `side_agreement`, where lines say it
    hand_sides: tuple[int, int] | None  # of findings with one side in text and labels: those with the same one, and all
    support: Mapping[str, int]  # references that state a finding, by its label
    certainty: Mapping[str, Said]  # findings `stated` as a fact and said as `possible`
    incidental: Mapping[str, Mentions]  # how often each incidental finding is mentioned
    unavailable: Mapping[str, str]  # of metrics with a language model's weights, why one is not here
    missing: int  # studies without a line; they score as an empty text, as error lines do
    errors: int  # studies whose line is an error
    distinct: int  # different texts among the reports that are not empty
    words: Lengths = field(repr=False)
    reference_words: Lengths = field(repr=False)

    @cached_property
    def scores(self) -> Scores:
        """All scores under the names of their figures, those by hand beginning with `HAND`."""
        by_hand = {f"{HAND}{name}": score for name, score in (self.hand or {}).items()}
        pooled = self.pooled
        return {**pooled.language, **pooled.clinical, **by_hand, **pooled.keywords, **pooled.weighted, **self.told}

    def figure(self, name: str) -> float | None:
        """A figure by name, wherever it stands; nothing where it could not be taken."""
        return self.scores[name].value if name in self.scores else None

    @property
    def count(self) -> int:
        """How many studies all figures are over."""
        return len(self.uids)

    @property
    def distinct_share(self) -> float:
        """Of all studies."""
        return self.distinct / self.count

    @property
    def reference_normal_share(self) -> float:
        """Of the references, those that are labelled `No Finding`."""
        return self.support[Finding.NO_FINDING.value] / self.count

    def to_dict(self) -> dict[str, object]:
        """The figures under their names, ready for JSON."""
        return {
            **{name: self.figure(name) for name in _ALONE},
            "hand_sides": self.hand_sides,
            "keyword_recall": self.figure("keyword_recall"),
            "normal_share": self.figure("normal_share"),
            "reference_normal_share": self.reference_normal_share,
            "clinical": {name: score.value for name, score in self.pooled.clinical.items() if name != "normal_share"},
            "hand": None if self.hand is None else _values(self.hand),
            "keywords": _values(self.pooled.keywords),
            "support": self.support,
            "certainty": {way: asdict(said) for way, said in self.certainty.items()},
            "incidental": {name: asdict(counted) for name, counted in self.incidental.items()},
            "weighted": _values(self.pooled.weighted),
            "unavailable": self.unavailable,
            "count": self.count,
            "missing": self.missing,
            "errors": self.errors,
            "distinct": self.distinct,
            "distinct_share": self.distinct_share,
            "mean_words": self.words.mean,
            "reference_mean_words": self.reference_words.mean,
            "words": self.words.percentiles,
            "reference_words": self.reference_words.percentiles,
        }


def _values(scores: Scores) -> dict[str, float]:
    return {name: score.value for name, score in scores.items()}


def describe(
    references: Mapping[str, str],
    generations: Mapping[str, Generation],
    scores: PooledScores,
    hand_labels: HandLabels | None,
    unavailable: Mapping[str, str],
) -> Evaluation:
    """The figures of one system for all studies that have a reference."""
    written = Written.of(references, generations)
    asked = [positive_findings(report) for report in references.values()]
    shown = None if hand_labels is None else [hand_labels[uid] for uid in references]
    by_hand = None if shown is None else [labels.keys() for labels in shown]
    mentioned = mentions(list(references.values()), written.texts)
    return Evaluation(
        uids=tuple(references),
        pooled=scores,
        hand=None if by_hand is None else clinical_scores(by_hand, written.stated),
        told=written.against_prompts(),
        hand_sides=None if shown is None else sides_seen_alike(shown, written.texts),
        support={finding.value: count for finding, count in support(asked).items()},
        certainty=said_by_certainty(written.texts, asked, by_hand),
        incidental={finding.value: counted for finding, counted in mentioned.items()},
        unavailable=unavailable,
        missing=written.missing,
        errors=written.errors,
        distinct=written.distinct,
        words=Lengths.of(written.cleaned),
        reference_words=Lengths.of(map(clean_report, references.values())),
    )
