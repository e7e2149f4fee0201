"""Why a film is not taken: a short code for programs and one sentence for the person who chose the file."""

from typing import Literal

Reason = Literal[
    "not_an_image",
    "truncated",
    "too_large",
    "several_frames",
    "no_pixel_data",
    "unsupported_transfer_syntax",
    "burned_in_annotation",
]


class FilmRefused(ValueError):
    """A film that is not read. ``str(refusal)`` says what was found and what to do; ``reason`` is a short code.

    The sentence never holds a file name, a path or a value from the header that could name a patient.
    """

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason: Reason = reason

    def __reduce__(self) -> tuple[type["FilmRefused"], tuple[Reason, str]]:
        # Refusals cross process borders in batched runs, and the default would lose the reason.
        return type(self), (self.reason, str(self))
