"""A whole evaluation written down: as Markdown, as JSON and as a plot."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from gaze2report_core.evaluation.comparison import compare, intervals
from gaze2report_core.evaluation.paper import OTHER_TABLES, PAPER_FIGURES
from gaze2report_core.evaluation.result import Evaluation
from gaze2report_core.evaluation.significance import Interval, PairedTest
from gaze2report_core.evaluation.tables import (
    certainty_table,
    cited_table,
    clinical_table,
    incidental_table,
    interval_table,
    label_table,
    length_table,
    markdown_table,
    paired_table,
)

Pair = tuple[str, str]

ABOUT = (
    "Clinical figures are over the 13 findings without No Finding where nothing else is said; references and "
    "generated reports are labelled by `gaze2report_core.findings.labelling`, a finding counts where it is stated, not "
    "where it is doubted. By hand is against the annotators' labels. Obedience is the micro F1 of the text against "
    "the findings prompt that it was given; sides as told is the share, of the findings that the text names on a "
    "side, on sides that the prompt named; reports that were revised by their prompt have both by construction. Sides "
    "by hand are, of the findings that text and annotators name on one side each, those on the same side, and all. "
    "Keyword recall is the share of the references' findings and anatomical places that are named. BERTScore by MiniLM "
    "is the F1 of words matched by all-MiniLM-L6-v2 without a baseline subtracted, as there is none for it; only "
    "figures made alike can be compared with it. Figures of rows marked as cited are those of the publication, on its "
    "own split."
)

CERTAINTY = "Findings stated, and said as possible, with the share of each that references state and annotators gave"
"""The heading of what `certainty_table` shows."""


@dataclass(frozen=True)
class EvaluationDocument:
    """Systems by name, the first being the one in question, with intervals and tests of that one against others."""

    systems: Mapping[str, Evaluation]
    found_intervals: Mapping[str, Mapping[str, Interval]]
    tests: Mapping[Pair, Mapping[str, PairedTest]]

    @classmethod
    def of(cls, systems: Mapping[str, Evaluation]) -> "EvaluationDocument":
        """Resample: intervals of every system, and paired tests of the first against each other one."""
        first, *others = systems
        return cls(
            systems,
            {name: intervals(evaluation) for name, evaluation in systems.items()},
            {(first, other): compare(systems[first], systems[other]) for other in others},
        )

    def to_markdown(self) -> str:
        """Every table, with a heading for each."""
        name, evaluation = next(iter(self.systems.items()))
        sections = {
            "Figures": f"{ABOUT}\n\n{markdown_table(self.systems, PAPER_FIGURES)}",
            "Intervals": interval_table(self.found_intervals),
            "Clinical figures": clinical_table(self.systems),
            f"{name}: each finding": label_table(evaluation),
            CERTAINTY: certainty_table(self.systems),
            "Incidental findings, beside the 14 labels": incidental_table(self.systems),
            "Length, and how many reports differ": length_table(self.systems),
        }
        for (first, second), tests in self.tests.items():
            sections[f"{first} minus {second}, paired randomisation tests"] = paired_table(tests)
        for title, rows in OTHER_TABLES.items():
            sections[f"Cited: {title}"] = cited_table(rows)
        return "\n".join(f"## {title}\n\n{body}" for title, body in sections.items())

    def to_dict(self) -> dict[str, object]:
        """All figures, ready for JSON."""
        return {
            "systems": {
                name: evaluation.to_dict()
                | {"intervals": {figure: asdict(found) for figure, found in self.found_intervals[name].items()}}
                for name, evaluation in self.systems.items()
            },
            "tests": [
                {"first": first, "second": second, "figures": {name: test.to_dict() for name, test in tests.items()}}
                for (first, second), tests in self.tests.items()
            ],
            "cited": {"IU X-Ray, n-gram scores (the paper's Table 1)": PAPER_FIGURES} | OTHER_TABLES,
        }

    def write(self, markdown: Path | None = None, json_file: Path | None = None, plot: Path | None = None) -> None:
        """Write what is asked for; folders are made, files are replaced."""
        for path in (markdown, json_file, plot):
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
        if markdown is not None:
            markdown.write_text(self.to_markdown(), encoding="utf-8")
        if json_file is not None:
            json_file.write_text(json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        if plot is not None:
            from gaze2report_core.evaluation.plot import draw_evaluation

            draw_evaluation(self.systems, self.found_intervals, plot)
