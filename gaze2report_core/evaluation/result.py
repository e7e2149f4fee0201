"""All figures of one system, and how they are taken from its reports."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, fields

import numpy as np

from gaze2report_core.evaluation.clinical import clinical_scores, support
from gaze2report_core.evaluation.generations import Generation
from gaze2report_core.evaluation.incidental import Mentions, mentions
from gaze2report_core.evaluation.language_metrics import LanguageScores
from gaze2report_core.evaluation.references import HandLabels
from gaze2report_core.evaluation.score import Score
from gaze2report_core.evaluation.side_agreement import side_agreement, sides_seen_alike
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.vocabulary import Finding
from gaze2report_core.scored_text import clean_candidate, clean_report

HAND = "hand_"
"""What the names of figures against the annotators' labels begin with."""

HEADLINE = (
    *("micro_f1", "macro_f1", "micro_precision", "micro_recall", "micro_f1_14", "macro_f1_14"),
    *(f"{HAND}micro_f1", f"{HAND}macro_f1", "obedience", "keyword_recall"),
    *("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor"),
    *("bertscore", "bertscore_minilm", "radgraph_f1"),
)
"""The figures that get intervals and tests, clinical ones first."""

LENGTH_PERCENTILES = (5, 25, 50, 75, 95)
_NOT_FOR_JSON = ("by_study", "word_counts", "reference_word_counts")


@dataclass(frozen=True)
class Evaluation(LanguageScores):
    """Figures of one system: clinical and n-gram scores, and what must be known to judge them.

    Clinical figures are those of `clinical_scores`; `micro_f1` and `macro_f1` are over the 13 findings without `No
    Finding`. `hand_` figures are against the labels that annotators gave by hand, and are absent without such labels.
    """

    micro_f1: float
    macro_f1: float
    micro_f1_14: float
    macro_f1_14: float
    hand_micro_f1: float | None
    hand_macro_f1: float | None
    obedience: float | None  # micro F1 of the text against the findings prompt, over the lines that have one
    side_agreement: float | None  # of findings that the text names on a side, the share on sides that were told
    hand_sides: tuple[int, int] | None  # of findings with one side in text and labels: those with the same one, and all
    keyword_recall: float  # of the references' findings and anatomical places, the share that the candidates name
    normal_share: float  # of the candidates, those that are labelled `No Finding`
    reference_normal_share: float
    clinical: Mapping[str, float]  # all of `clinical_scores`
    hand: Mapping[str, float] | None
    keywords: Mapping[str, float]  # keyword recall, and that of findings and of places alone
    support: Mapping[str, int]  # references that state a finding, by its label
    incidental: Mapping[str, Mentions]  # how often each incidental finding is mentioned
    weighted: Mapping[str, float]  # metrics with a language model's weights, by figure
    unavailable: Mapping[str, str]  # of these, why a metric is not here
    count: int  # studies with a reference, which all figures are over
    missing: int  # of these, studies without a line; they score as an empty text, as error lines do
    errors: int  # of these, studies whose line is an error
    distinct: int  # different texts among the reports that are not empty
    distinct_share: float  # distinct / count
    mean_words: float  # of the cleaned candidates, an empty one being 0 words
    reference_mean_words: float
    words: Mapping[str, float]  # percentiles of the words of the candidates
    reference_words: Mapping[str, float]
    word_counts: Sequence[int] = field(repr=False)
    reference_word_counts: Sequence[int] = field(repr=False)

    def to_dict(self) -> dict[str, object]:
        """The figures under their names, ready for JSON."""
        figures = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in _NOT_FOR_JSON}
        return figures | {"incidental": {name: asdict(counted) for name, counted in self.incidental.items()}}

    def figure(self, name: str) -> float | None:
        """A figure by name, wherever it stands; nothing where it could not be taken."""
        return self.by_study[name].value if name in self.by_study else None


@dataclass(frozen=True)
class PooledScores:
    """What was scored for all systems at once: one system's part of it."""

    language: LanguageScores
    clinical: Mapping[str, Score]  # with `normal_share`
    keywords: Mapping[str, Score]
    weighted: Mapping[str, Score]


@dataclass(frozen=True)
class _Written:
    """What one system wrote for R references: its lines, where it has any, their texts, and what these state."""

    lines: Sequence[Generation | None]
    texts: Sequence[str]
    cleaned: Sequence[str]
    stated: Sequence[AbstractSet[Finding]]

    @classmethod
    def of(cls, uids: Iterable[str], generations: Mapping[str, Generation]) -> "_Written":
        """In the order of the references; a study without a line counts as an empty text."""
        lines = [generations.get(uid) for uid in uids]
        texts = [line.text if line else "" for line in lines]
        return cls(lines, texts, [clean_candidate(text) for text in texts], [positive_findings(text) for text in texts])

    @property
    def missing(self) -> int:
        """Studies without a line."""
        return sum(line is None for line in self.lines)

    @property
    def errors(self) -> int:
        """Studies whose line is an error."""
        return sum(line is not None and line.error is not None for line in self.lines)

    @property
    def distinct(self) -> int:
        """Different texts that are not empty."""
        return len(set(self.cleaned) - {""})

    def obedience(self) -> Score | None:
        """Whether texts state what their models were told; studies without a prompt count for nothing."""
        told = [None if line is None else line.findings_prompt for line in self.lines]
        if all(prompt is None for prompt in told):
            return None
        score = clinical_scores([prompt or frozenset() for prompt in told], self.stated)["micro_f1"]
        has_prompt = np.array([[prompt is not None] for prompt in told])
        return Score(score.counts * has_prompt, score.formula)

    def against_prompts(self) -> dict[str, Score]:
        """Figures of what was written against what was told, those whose lines say it."""
        sides = [None if line is None else line.sides_told for line in self.lines]
        found = {"obedience": self.obedience(), "side_agreement": side_agreement(sides, self.texts)}
        return {name: score for name, score in found.items() if score is not None}


def describe(
    references: Mapping[str, str],
    generations: Mapping[str, Generation],
    scores: PooledScores,
    hand_labels: HandLabels | None,
    unavailable: Mapping[str, str],
) -> Evaluation:
    """The figures of one system for all studies that have a reference."""
    written = _Written.of(references, generations)
    asked = [positive_findings(report) for report in references.values()]
    shown = None if hand_labels is None else [hand_labels[uid] for uid in references]
    hand = None if shown is None else clinical_scores([labels.keys() for labels in shown], written.stated)
    by_study = _by_study(scores, hand, written.against_prompts())
    value = {name: score.value for name, score in by_study.items()}
    word_counts = [_words(text) for text in written.cleaned]
    reference_word_counts = [_words(clean_report(report)) for report in references.values()]
    return Evaluation(
        **vars(scores.language) | {"by_study": by_study},
        micro_f1=value["micro_f1"],
        macro_f1=value["macro_f1"],
        micro_f1_14=value["micro_f1_14"],
        macro_f1_14=value["macro_f1_14"],
        hand_micro_f1=value.get(f"{HAND}micro_f1"),
        hand_macro_f1=value.get(f"{HAND}macro_f1"),
        obedience=value.get("obedience"),
        side_agreement=value.get("side_agreement"),
        hand_sides=None if shown is None else sides_seen_alike(shown, written.texts),
        keyword_recall=value["keyword_recall"],
        normal_share=value["normal_share"],
        reference_normal_share=sum(Finding.NO_FINDING in found for found in asked) / len(references),
        clinical={name: value[name] for name in scores.clinical if name != "normal_share"},
        hand=None if hand is None else {name: value[f"{HAND}{name}"] for name in hand},
        keywords={name: value[name] for name in scores.keywords},
        support={finding.value: count for finding, count in support(asked).items()},
        incidental={
            finding.value: counted for finding, counted in mentions(list(references.values()), written.texts).items()
        },
        weighted={name: value[name] for name in scores.weighted},
        unavailable=unavailable,
        count=len(references),
        missing=written.missing,
        errors=written.errors,
        distinct=written.distinct,
        distinct_share=written.distinct / len(references),
        mean_words=float(np.mean(word_counts)),
        reference_mean_words=float(np.mean(reference_word_counts)),
        words=_percentiles(word_counts),
        reference_words=_percentiles(reference_word_counts),
        word_counts=word_counts,
        reference_word_counts=reference_word_counts,
    )


def _by_study(
    scores: PooledScores, hand: Mapping[str, Score] | None, against_prompts: Mapping[str, Score]
) -> dict[str, Score]:
    """All scores of one system under the names of their figures."""
    return (
        dict(scores.language.by_study)
        | dict(scores.clinical)
        | {f"{HAND}{name}": score for name, score in (hand or {}).items()}
        | dict(scores.keywords)
        | dict(scores.weighted)
        | dict(against_prompts)
    )


def _words(cleaned: str) -> int:
    """Words of a cleaned text, its full stops not counted."""
    return len(cleaned.replace(".", "").split())


def _percentiles(word_counts: Sequence[int]) -> dict[str, float]:
    return {str(share): float(np.percentile(word_counts, share)) for share in LENGTH_PERCENTILES}
