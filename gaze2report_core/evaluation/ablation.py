"""Variants of a model side by side: the mean and spread of each over its seeds, and tests of one against the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaze2report_core.evaluation.comparison import compare_scores
from gaze2report_core.evaluation.markdown import NOT_MEASURED, as_markdown
from gaze2report_core.evaluation.paper import TABLE_1_IU_X_RAY
from gaze2report_core.evaluation.result import HEADLINE, Evaluation
from gaze2report_core.evaluation.score import Score
from gaze2report_core.evaluation.significance import PairedTest
from gaze2report_core.evaluation.tables import COLUMNS, paired_table

FIGURES = (
    *("micro_f1", "macro_f1", "hand_micro_f1", "obedience", "keyword_recall"),
    *("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor", "distinct"),
)
"""What stands in the table, under the titles of `COLUMNS`."""


ABOUT = (
    "All variants were trained alike, and each wrote the reports of the same {count} studies with gaze predicted from "
    "the film; ± is the standard deviation over seeds. Clinical figures are over the 13 findings without No Finding. "
    "Cited rows are those of the publication.\n"
)


@dataclass(frozen=True)
class Trial:
    """One variant from one seed: figures of its reports, and the held-out loss that its epoch was chosen by."""

    evaluation: Evaluation
    held_out_loss: float


Trials = Mapping[str, Sequence[Trial]]
"""Trials of each variant by its name, one for each seed."""


ABOUT_TESTS = (
    "In the tests below studies are drawn and exchanged, each with its reports of all seeds. Seeds are not drawn: how "
    "far figures spread over them, as ± above, is in no p-value and no interval.\n"
)


def ablation_document(trials: Trials, controls: Mapping[str, Evaluation], tested: str) -> str:
    """Markdown: all variants and controls in one table, then the variant `tested` against each other one."""
    count = next(iter(trials.values()))[0].evaluation.count
    sections = [ABOUT.format(count=count), ablation_table(trials, controls)]
    compared = compared_with_others(trials, tested)
    if compared:
        sections.append(ABOUT_TESTS)
    for other, tests in compared.items():
        sections.append(f"{tested} minus {other}, paired randomisation tests\n\n{paired_table(tests)}")
    return "\n".join(sections)


def ablation_table(trials: Trials, controls: Mapping[str, Evaluation]) -> str:
    """One row for each variant, mean ± standard deviation over seeds; then the controls and the paper's own rows."""
    head = ["system", "seeds", "held-out loss", *(COLUMNS[name] for name in FIGURES)]
    rows = [_row(name, of_variant) for name, of_variant in trials.items()]
    for name, evaluation in controls.items():
        figures = [_spread([_figure(evaluation, figure)], figure) for figure in FIGURES]
        rows.append([name, NOT_MEASURED, NOT_MEASURED, *figures])
    for name in trials:
        if name in TABLE_1_IU_X_RAY:
            published = TABLE_1_IU_X_RAY[name]
            figures = [_spread([published.get(figure)], figure) for figure in FIGURES]
            rows.append([f"{name}, the paper's (cited, its test split)", NOT_MEASURED, NOT_MEASURED, *figures])
    return as_markdown(head, rows)


def compared_with_others(trials: Trials, tested: str) -> dict[str, dict[str, PairedTest]]:
    """Paired randomisation tests of one variant against each other one; nothing where it was not trained.

    What changes places is a study with its reports of all seeds: reports of one study are no independent witnesses. So
    the tests are about studies; that another seed would have given another model is not in them.
    """
    if tested not in trials:
        return {}
    of_tested = over_seeds(trials[tested])
    return {
        other: compare_scores(of_tested, over_seeds(of_other)) for other, of_other in trials.items() if other != tested
    }


def over_seeds(trials: Sequence[Trial]) -> dict[str, Score]:
    """The headline scores of one variant's seeds together, each study's counts being the mean over seeds.

    So variants with different numbers of seeds can be held against each other. Figures that are means over studies are
    then the mean over seeds too; those that are not, such as BLEU, METEOR and F1, are those of all seeds' reports taken
    as one collection, which is near the mean of the seeds' figures and not the same.
    """
    scores = [trial.evaluation.scores for trial in trials]
    return {
        name: Score(np.mean([of_seed[name].counts for of_seed in scores], axis=0), scores[0][name].formula)
        for name in HEADLINE
        if all(name in of_seed for of_seed in scores)
    }


def _row(name: str, trials: Sequence[Trial]) -> list[str]:
    figures = [_spread([_figure(trial.evaluation, figure) for trial in trials], figure) for figure in FIGURES]
    return [name, str(len(trials)), _spread([trial.held_out_loss for trial in trials], "held_out_loss"), *figures]


def _figure(evaluation: Evaluation, name: str) -> float | None:
    return float(evaluation.distinct) if name == "distinct" else evaluation.figure(name)


def _spread(values: Sequence[float | None], name: str) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return NOT_MEASURED
    digits = 0 if name == "distinct" else 4
    mean = f"{np.mean(known):.{digits}f}"
    return mean if len(known) == 1 else f"{mean} ± {np.std(known, ddof=1):.{digits}f}"
