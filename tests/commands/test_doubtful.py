"""What `report` names although it is less likely than not: said, with the probability, on standard error."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.labeller import positive_findings
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
