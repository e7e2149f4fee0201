"""A process that computes two networks at once leaves half of the cores to each, and one that was forked computes."""

import os
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


FORK = """
import multiprocessing, sys, torch
from gaze2report_core.cores import let_forked_processes_compute
torch.set_num_threads(4)
network, films = torch.nn.Conv2d(3, 64, 3).requires_grad_(False), torch.ones(8, 3, 128, 128)
expected = network(films).sum().item()  # torch's threads begin here
let_forked_processes_compute()

def look(_):
    return network(films).sum().item()

with multiprocessing.get_context("fork").Pool(1) as pool:
    (seen,) = pool.map_async(look, [0]).get(timeout=60)
    assert abs(seen - expected) < 1e-3 * abs(expected)
assert torch.get_num_threads() == 4
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no forks")
def test_a_process_that_is_forked_does_not_wait_for_threads_that_it_has_not() -> None:
    subprocess.run([sys.executable, "-c", FORK], check=True)
