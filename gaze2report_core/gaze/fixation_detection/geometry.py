"""Degrees of visual angle on screens and films."""

import math

FILM_SHARE_OF_A_DEGREE = 0.037
"""A degree as a share of the film's side, for files that do not tell pixel size and viewing distance.

REFLACX, which does, shows 94 of an image's 2,521 columns to the degree when the whole image is on the screen. With a
screen of 30 cm height at 70 cm, as on most desks, it is 0.041.
"""


def degrees_per_millimetre(viewing_distance: float) -> float:
    """Degrees of visual angle of a millimetre on the screen, seen head-on from a distance in millimetres."""
    return math.degrees(2 * math.atan(0.5 / viewing_distance))
