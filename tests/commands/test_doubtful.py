"""What `report` names although it is less likely than not: said, with the probability, on standard error."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.labeller import Mention, label_report, positive_findings
from tests.commands.conftest import Run

pytestmark = pytest.mark.thorough

SAID = re.compile(r"^Named although the classifier holds it to be less likely than not: (.*)\.$", re.MULTILINE)


def test_what_is_named_below_even_odds_is_said_unless_the_reader_confirmed_it(
    run: Run, pydicom_film: Callable[[str], Path]
) -> None:
    film = pydicom_film("RG1_UNCR.dcm")
    found = json.loads(run("findings", film, "--json").out)["findings"]
    probabilities = {one["finding"]: one["probability"] for one in found}
    ran = run("report", film, "--json")
    named = json.loads(ran.out)["findings_prompt"]
    doubtful = [name for name in probabilities if name in named and probabilities[name] < 0.5]
    assert doubtful and set(doubtful) < set(named), "of this film, some of what is named, but not all"
    said = SAID.search(ran.err)
    assert said and said[1] == ", ".join(f"{name} ({probabilities[name]:.2f})" for name in doubtful)
    unrevised = run("report", film, "--unrevised")
    stated = positive_findings(unrevised.out)
    assert not stated >= {Finding(name) for name in doubtful}, "this text leaves out some of what it was told"
    said = SAID.search(unrevised.err)
    assert said and {Finding(one.rpartition(" (")[0]) for one in said[1].split(", ")} <= stated
    everything = [word for name in named for word in ("--confirm", name)]
    assert not SAID.search(run("report", film, *everything).err)


@pytest.mark.parametrize("mode", ["gaze", "keywords"])
def test_a_hedged_report_names_it_as_possible(run: Run, pydicom_film: Callable[[str], Path], mode: str) -> None:
    film = pydicom_film("RG1_UNCR.dcm")
    options = ("--mode", mode, "--json", "--confirm", "lung lesion")
    stated, hedged = (run("report", film, *options, *more) for more in ((), ("--hedged",)))
    found = json.loads(run("findings", film, "--json").out)["findings"]
    doubtful = {Finding(one["finding"]) for one in found if one["probability"] < 0.5} - {Finding.LUNG_LESION}
    before, after = (label_report(json.loads(ran.out)["report"]) for ran in (stated, hedged))
    assert Mention.POSITIVE in {before.get(finding) for finding in doubtful} and SAID.search(stated.err)
    assert after == {
        finding: Mention.UNCERTAIN if mention is Mention.POSITIVE and finding in doubtful else mention
        for finding, mention in before.items()
    }
    assert after[Finding.LUNG_LESION] is Mention.POSITIVE and not SAID.search(hedged.err)
    assert json.loads(hedged.out)["settings"]["hedged"] is True and "hedged" not in json.loads(stated.out)["settings"]
