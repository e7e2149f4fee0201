"""The file in which `train findings` leaves what towers found on each training study that they had not seen.

JSON: by study, under `with_gaze` and `without_gaze`, pairs of finding and side as a prompt names them. Beside these,
for `evaluate-findings`, what stands under the names below.
"""

OUT_OF_FOLD = "out_of_fold.json"
"""Its name in the --out of `train findings`."""

LINES = "lines"
"""What `findings` would write of a study, under `with_gaze` and `without_gaze`."""

ATTENTION_CORRELATION = "attention_correlation"
"""By finding, Pearson's correlation of attention with recorded gaze for that finding."""


def name_of_reading(*, gaze: bool) -> str:
    """What the reading of a study with gaze, or without, stands under."""
    return "with_gaze" if gaze else "without_gaze"
