"""What an option takes, as argparse asks for it: a function of what was typed."""

import argparse
import math
import os
from pathlib import Path

LARGEST_SEED = 2**32 - 1
"""As on the page; PyTorch takes twice as many bits, and some add to a seed."""


def words(typed: str) -> str:
    """An argparse type: text for a model, which takes no bytes that are none in the terminal's encoding."""
    try:
        typed.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("it must be text in UTF-8") from None
    return typed


def positive(number: str) -> int:
    """An argparse type: a whole number above 0."""
    if not number.isdecimal() or int(number) < 1:
        raise argparse.ArgumentTypeError("it must be a whole number above 0")
    return int(number)


def above_zero(number: str) -> float:
    """An argparse type: a finite number above 0."""
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("it must be a number above 0")
    return value


def seed(number: str) -> int:
    """An argparse type: a whole number that every generator of random numbers takes as its seed."""
    if not number.isdecimal() or int(number) > LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"it must be a whole number from 0 to {LARGEST_SEED}")
    return int(number)


def existing_folder(path: str) -> Path:
    """An argparse type: a folder that is there."""
    if not os.path.isdir(path):  # noqa: PTH112 (pathlib's own raises, with the path, for one that is too long or closed)
        raise argparse.ArgumentTypeError("there is no such folder")
    return Path(path)
