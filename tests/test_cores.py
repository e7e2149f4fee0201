"""A process that computes two networks at once leaves half of the cores to each."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.thorough

SCRIPT = """
import torch
from gaze2report_core.cores import leave_cores_for_two
torch.set_num_threads({threads})
for _ in range(3):
    leave_cores_for_two()
print(torch.get_num_threads())
"""


@pytest.mark.parametrize(("threads", "left"), [(8, 4), (3, 1), (1, 1)])
def test_an_operation_takes_half_of_the_cores_however_often_it_is_asked_for(threads: int, left: int) -> None:
    # In a process of its own, since what is set holds for the whole process.
    words = [sys.executable, "-c", SCRIPT.format(threads=threads)]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    assert int(ran.stdout) == left
