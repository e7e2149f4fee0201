"""The gaze on one film: what the server has made for it, and which of that counts, changed by hand or not."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.page.gaze_messages import SteeredGaze
from app.records import GazeQuery
from gaze2report_core.gaze import GazeSource, Scanpath

MOST_NAMES = 5000
"""Recordings that are listed to choose from, enough for GazeSearch; the name of any other can be typed."""


@dataclass(frozen=True)
class Offer:
    """A scanpath whose source the server vouches for: predicted, perhaps for a query, recorded, or kept with drafts."""

    number: int
    scanpath: Scanpath
    query: str | None = field(default=None, repr=False)  # a reader's words may name a patient
    share: float = 1
    """The weight of what answers the query, where it was blended already."""

    def asked(self, share: float) -> GazeQuery | None:
        """The query that this gaze answers, where it answers one and its weight in a blend is not 0."""
        weight = share * self.share
        return GazeQuery(query=self.query, share=weight) if self.query is not None and weight > 0 else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "source": self.scanpath.source.value,
            "query": self.query,
            "share": self.share,
            "fixations": self.scanpath.to_fixations(),
        }


class FilmGaze:
    """Offers are numbered 1, 2, 3 … on each film; the browser names the one that it shows or has mixed.

    Only fixations that the reader has changed come from the browser, and these are always called edited: no browser can
    have gaze stored as predicted or recorded that is not.
    """

    def __init__(self) -> None:
        self.in_use: Scanpath | None = None
        self.asked: GazeQuery | None = None
        """What the gaze in use was predicted for, if anything was asked and no hand has changed it since."""
        self.adopted: Offer | None = None
        """The last offer that took the place of what was in use: a prediction, or a recording."""
        self.answer: Offer | None = None
        """Where a reader would look for what was asked last."""
        self.readers: list[Scanpath] = []
        self.word: dict[str, Any] | None = None
        self.file: dict[str, Any] | None = None
        self.choice: dict[str, Any] | None = None
        """A file with several recordings, of which the reader is asked to choose one."""
        self.wanted = 0
        """The number of the browser's last request for other gaze on this film: a query, or a recording once read."""
        self.requests_answered = 0
        """How many of the browser's requests for this film have been answered, whatever the answer."""
        self._offers: list[Offer] = []
        self._steered_at = (0, 0)
        self._told = 0
        self._telling = threading.Lock()
        """Guards the numbers: events run in parallel, and the browser ignores a number that it has seen."""

    def want(self, number: int) -> bool:
        """Other gaze is asked for. Returns whether nothing is that was asked for later, in whose place it would come.

        Two requests are answered side by side, and the later one may be answered first.
        """
        self.wanted = max(self.wanted, number)
        return number == self.wanted

    def adopt(self, scanpath: Scanpath, asked: GazeQuery | None = None) -> None:
        """Let what the server made, or kept with what was asked for it, take the place of whatever was in use."""
        self.adopted = self._offer(scanpath) if asked is None else self._offer(scanpath, asked.query, asked.share)
        self.in_use, self.asked = scanpath, asked

    def forget_adopted(self) -> None:
        """Have no gaze in use until the server makes some; what the browser says of the gaze before counts no more."""
        self.adopted = None
        self.in_use, self.asked = None, None

    def answer_query(self, query: str, scanpath: Scanpath) -> None:
        """Offer where a reader would look for `query`; what is in use stays until the browser says how to use it.

        The other readers on the film looked for something else, so they are removed.
        """
        self.answer = self._offer(scanpath, query)
        self.readers = []

    def tell(self, sentence: str, *, refused: bool = False) -> None:
        """Show a sentence to the reader. By its number the browser knows a new one from one it has shown."""
        with self._telling:
            self.word = {"number": self._next_number(), "sentence": sentence, "refused": refused}

    def ask_which(self, token: str, names: Sequence[str]) -> None:
        """Let the reader choose among the recordings of the file that waits under this token."""
        with self._telling:
            self.choice = {"number": self._next_number(), "token": token, "names": list(names[:MOST_NAMES])}

    def hand_over(self, token: str, name: str) -> None:
        """Let the browser fetch a file, once, under this token."""
        with self._telling:
            self.file = {"number": self._next_number(), "token": token, "name": name}

    def steer(self, steered: SteeredGaze) -> None:
        """Use the gaze that the browser shows, unless the server has newer gaze already."""
        adopted = self.adopted.number if self.adopted else 0
        at = (steered.adopted, steered.sequence)
        if steered.adopted == adopted and at > self._steered_at:
            self._steered_at = at
            self.in_use, self.asked = self._steered(steered)

    def to_dict(self) -> dict[str, Any]:
        """What the viewer is told beside the fixations in use."""
        return {
            "adopted": self.adopted.to_dict() if self.adopted else None,
            "answer": self.answer.to_dict() if self.answer else None,
            "readers": [reader.to_fixations() for reader in self.readers],
            "word": self.word,
            "file": self.file,
            "choice": self.choice,
            "answered": self.requests_answered,
        }

    def _offer(self, scanpath: Scanpath, query: str | None = None, share: float = 1) -> Offer:
        self._offers.append(Offer(len(self._offers) + 1, scanpath, query, share))
        return self._offers[-1]

    def _steered(self, steered: SteeredGaze) -> tuple[Scanpath, GazeQuery | None]:
        other = None if steered.other is None else self._offered(steered.other)
        asked = None if other is None else other.asked(steered.share)
        if steered.fixations is not None:
            return Scanpath.from_fixations([one.model_dump() for one in steered.fixations], GazeSource.EDITED), asked
        chosen = self._offered(steered.offer)
        if other is None or steered.share == 0:
            return chosen.scanpath, chosen.asked(1)
        return chosen.scanpath.blended(other.scanpath, steered.share), asked

    def _offered(self, number: int | None) -> Offer:
        if number is None or not 1 <= number <= len(self._offers):
            raise UnknownGaze
        return self._offers[number - 1]

    def _next_number(self) -> int:
        self._told += 1
        return self._told


class UnknownGaze(LookupError):
    def __init__(self) -> None:
        super().__init__("This gaze is no longer held here. Please open the film again.")
