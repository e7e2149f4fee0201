"""How many cores an operation takes: where two networks are computed at once, and in a process that was forked."""

import functools
import os

import torch


@functools.cache
def leave_cores_for_two() -> None:
    """Let an operation of torch take half of the cores: towers look at a film while gaze is predicted on it.

    Whoever owns the process asks for this before a model is loaded; asked again, nothing changes.
    """
    torch.set_num_threads(max(1, torch.get_num_threads() // 2))


@functools.cache
def let_forked_processes_compute() -> None:
    """Have each process that is forked from this one compute on one core, as it must.

    A fork takes none of torch's threads along, and knows nothing of that: its first operation on several would wait for
    ever. That is so in Linux's `multiprocessing.Pool`, for models that are loaded in the child as well.
    """
    if hasattr(os, "register_at_fork"):  # Windows has no forks
        os.register_at_fork(after_in_child=functools.partial(torch.set_num_threads, 1))
