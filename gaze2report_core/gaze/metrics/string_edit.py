"""String edit distance between scanpaths (Foulsham & Underwood 2008, doi:10.1167/8.2.6)."""

from gaze2report_core.gaze.scanpath import Scanpath

REGIONS = 5
"""Regions along each side of the film, each a letter."""


def string_edit_distance(first: Scanpath, second: Scanpath) -> float:
    """The share of letters that must be put in, taken out or replaced: 0 for the same string, at most 1.

    Each fixation is one letter, that of its region of the film, whatever it lasts. The raw number of edits (Levenshtein
    1966) is divided by the length of the longer string; two scanpaths without a fixation are the same.
    """
    letters, others = _letters(first), _letters(second)
    longer = max(len(letters), len(others))
    return _edits(letters, others) / longer if longer else 0.0


def _letters(scanpath: Scanpath) -> list[int]:
    row, column = scanpath.cells(REGIONS)
    return (row * REGIONS + column).tolist()


def _edits(letters: list[int], others: list[int]) -> int:
    fewest = list(range(len(others) + 1))
    for done, letter in enumerate(letters, start=1):
        before, fewest = fewest, [done]
        for place, other in enumerate(others):
            fewest.append(min(before[place] + (letter != other), before[place + 1] + 1, fewest[place] + 1))
    return fewest[-1]
