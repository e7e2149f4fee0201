"""What the viewer tells the server of gaze, checked before anything is done with it."""

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.page.messages import FilmsOnScreen, Message
from app.records.lines import Fixation

MOST_FIXATIONS = 5000
"""More than an hour of reading; a scanpath of the model has 30 at most."""

Export = Literal["overlay", "playback", "scanpath"]
OfferNumber = Annotated[int, Field(ge=1)]
Query = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

_QUESTION = re.compile(r"where (?:would|does|do|might) (?:an? )?(?:reader|radiologist)s? look for\b|[?\s]+$", re.I)


class GazeMessage(Message):
    """`film` is the token of the frontal film on the screen, so that no message about one film changes another."""

    film: str


class SteeredGaze(GazeMessage):
    """The gaze that the browser shows: one of the server's offers, two of them blended, or fixations changed by hand.

    `offer` is the number of the offer that is shown. `other` is the number of an offer that was blended with it, or
    with the fixations that were changed by hand, and `share` is the weight of `other` in the blend.

    `adopted` is the number of the last offer that the server put on the film, as far as the browser knows (0: none);
    `sequence` counts the messages of one tab. By these two the server ignores a message that it has overtaken, or that
    arrives after a later one.
    """

    adopted: int
    sequence: int
    offer: OfferNumber | None = None
    other: OfferNumber | None = None
    share: Annotated[float, Field(ge=0, le=1)] = 1
    fixations: Annotated[tuple[Fixation, ...], Field(max_length=MOST_FIXATIONS)] | None = None


class LateralRemoved(FilmsOnScreen):
    """The frontal film is to be read alone, with the gaze that is in hand on it, where there is any."""

    gaze: SteeredGaze | None = None


class GazeRequest(GazeMessage):
    """What the page awaits an answer to; `number` counts these up on each film."""

    number: Annotated[int, Field(ge=1)]


class GazeAsked(GazeRequest):
    """Where would a reader look for this?"""

    query: Annotated[Query, Field(repr=False)]

    @property
    def finding(self) -> str:
        """The query without the words of a question, since training knows findings and phrases."""
        return _QUESTION.sub("", self.query).strip() or self.query


class ReadersWanted(GazeRequest):
    """Several plausible readers, each of whom looks for the query, or reads the film as a whole."""

    query: Annotated[Query | None, Field(repr=False)] = None


class RecordingArrived(GazeRequest):
    """A recording waits among the uploads; `recording` names one where the reader was asked which it is."""

    token: str
    recording: Annotated[str, StringConstraints(max_length=500)] | None = None


class ExportWanted(GazeRequest):
    """A file of the gaze as it is shown."""

    what: Export
    gaze: SteeredGaze
