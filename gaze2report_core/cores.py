"""How many cores an operation takes in a process that computes two networks at once."""

import functools

import torch


@functools.cache
def leave_cores_for_two() -> None:
    """Let an operation of torch take half of the cores: towers look at a film while gaze is predicted on it.

    Whoever owns the process asks for this before a model is loaded; asked again, nothing changes.
    """
    torch.set_num_threads(max(1, torch.get_num_threads() // 2))
