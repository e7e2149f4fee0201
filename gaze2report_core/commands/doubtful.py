"""What a report states as a fact although it is less likely than not, said beside it."""

from typing import TYPE_CHECKING

from gaze2report_core.commands.common import say

if TYPE_CHECKING:
    from gaze2report_core.examination import Draft, Examination, Gaze
    from gaze2report_core.pipeline import Gaze2ReportPipeline


def say_what_is_doubtful(
    pipeline: "Gaze2ReportPipeline", examination: "Examination", gaze: "Gaze", draft: "Draft"
) -> None:
    """A sentence with the probability of each such finding, but for those that the reader confirmed.

    Thresholds are where naming a finding pays on the whole, which for rare ones is far below even odds.
    """
    from gaze2report_core.findings import Finding
    from gaze2report_core.findings.labelling.labeller import positive_findings
    from gaze2report_core.findings.reading import EVEN_ODDS

    confirmed = {finding for finding, verdict in examination.confirmed.items() if verdict}
    stated = positive_findings(draft.text) - confirmed - {Finding.NO_FINDING}
    if not (stated and pipeline.has_findings):
        return
    likelihoods = pipeline.find(examination, gaze).findings
    doubtful = [one for one in likelihoods if one.finding in stated and round(one.probability, 2) < EVEN_ODDS]
    if doubtful:
        named = ", ".join(f"{one.finding} ({one.probability:.2f})" for one in doubtful)
        say(f"Named although the classifier holds it to be less likely than not: {named}.")
