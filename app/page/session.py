"""What one browser tab is doing: its films, its gaze, its drafts and its edits. Nothing here is shared between tabs."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.page.draft_panel import PanelState, Written, panel
from app.page.film_findings import FilmFindings
from app.page.film_gaze import FilmGaze
from app.page.gaze_messages import SteeredGaze
from app.page.withheld import without_drafts
from gaze2report_core.gaze import Scanpath
from gaze2report_core.imaging import Radiograph, View

if TYPE_CHECKING:
    from app.records import GazeQuery, Grounds, KeptText, ReadFirst, StaleEdit


NO_FILM = "Open a film: gaze and drafts follow by themselves."


@dataclass
class OpenFilm:
    """A film on the screen and the token under which its pixels wait for this browser."""

    radiograph: Radiograph
    pixels_token: str
    shown_columns: int
    shown_rows: int
    slope: float
    intercept: float


@dataclass
class EditState:
    """How far the edit of one pair of drafts is stored."""

    revision: int = 0
    sequence: int = 0
    signed_off: int | None = None
    """The revision that was signed off last, in whatever tab."""
    submitted: set[int] = field(default_factory=set)
    """The numbers of the messages that were signed off."""
    refused: "dict[int, StaleEdit]" = field(default_factory=dict)
    """Messages that a change made elsewhere kept from being stored, by number, and what was changed."""


class ReadingSession:
    """The state of one tab. `lock` guards what its events, which run side by side, change together."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.films: dict[View, OpenFilm] = {}
        self.choice = 0
        """Which of the frontal films that the reader chose is on the screen: see `app.page.messages.FilmChosen`."""
        self.case_id: str | None = None
        self.gaze = FilmGaze()
        self.findings = FilmFindings()
        self.read_first: ReadFirst | None = None
        """Where the reader is to read the film first: since when, and when they asked for the rest."""
        self.not_shown: str | None = None
        """Why they were not shown it when they asked, as a sentence for them."""
        self._told = time.time_ns() // 1000  # after all that was told before a server was started anew
        """The number of the last of its states that the page was told."""
        self.request_begun = 0
        """The number of the last request for drafts that was begun: see `app.page.draft_requests`."""
        self.tell_drafts(panel("empty", NO_FILM))
        self.edits: dict[str, EditState] = {}
        self.refusal: dict[str, Any] | None = None
        self.attempt = 0
        """The last film that the page asked for: see `app.page.messages.FilmChosen`."""
        self.answered_attempt = 0
        """The last of them that was opened or refused."""
        self.needs_drafts = False
        self._stop: threading.Event | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> "ReadingSession":
        """Gradio copies the first value of a state for each tab; every tab must get a session of its own."""
        return ReadingSession()

    @property
    def frontal(self) -> OpenFilm | None:
        return self.films.get(View.FRONTAL)

    @property
    def lateral(self) -> OpenFilm | None:
        return self.films.get(View.LATERAL)

    @property
    def film_bytes(self) -> int:
        """What its films take in memory: their values, and as much for the grey that the model is shown."""
        return sum(2 * film.radiograph.values.nbytes for film in self.films.values())

    @property
    def scanpath(self) -> Scanpath | None:
        """The gaze that the next drafts are written with, if there is one yet."""
        return self.gaze.in_use

    @property
    def takes_gaze(self) -> bool:
        """Gaze lies on frontal films only; a lateral alone is read without it."""
        return self.frontal is not None and (
            self.frontal.radiograph.view is not View.LATERAL or View.LATERAL in self.films
        )

    @property
    def withholds(self) -> bool:
        """Whether gaze, findings and drafts are made, and kept from the page: see `app.page.withheld`."""
        return self.read_first is not None and self.read_first.shown_at is None

    @property
    def told_drafts(self) -> dict[str, Any]:
        """What the page is told of the drafts."""
        return without_drafts(self.drafts, self.not_shown) if self.withholds else self.drafts

    @property
    def may_write(self) -> bool:
        return self.frontal is not None and self._stop is None

    @property
    def may_stop(self) -> bool:
        return self._stop is not None and not self._stop.is_set()

    def next_number(self) -> int:
        """Of what the page is told next: answers to two events may overtake each other, and the later state stands."""
        with self.lock:
            self._told += 1
            return self._told

    def place(self, film: OpenFilm, view: View) -> None:
        """Show `film`. A new frontal begins a new examination; whatever is still being written is abandoned."""
        with self.lock:
            self.stop_writing()
            self._stop = None
            if view is View.FRONTAL:
                self.gaze = FilmGaze()
                self.findings = FilmFindings()
                self.read_first, self.not_shown = None, None
            elif not self.takes_gaze:
                self.gaze.forget_adopted()  # the film was read without any, and is a frontal one beside this
            # A new dictionary, since another event may be reading the one before.
            self.films = {view: film} if view is View.FRONTAL else {**self.films, view: film}
            self.case_id = None
            self.refusal = None
            self.needs_drafts = True
            self.show_drafts("waiting", "Waiting for the model…")

    def steer(self, steered: SteeredGaze) -> None:
        """Use the gaze that the browser shows, if it shows the film that is on the screen here."""
        with self.lock:
            if self.frontal is not None and self.frontal.pixels_token == steered.film:
                self.gaze.steer(steered)

    def show_drafts(
        self,
        state: PanelState,
        sentence: str,
        written: Written | None = None,
        *,
        drafts_id: str | None = None,
        request: int | None = None,
        asked: "GazeQuery | None" = None,
        texts: "Sequence[KeptText]" = (),
        grounds: "Grounds | None" = None,
    ) -> None:
        token = self.frontal.pixels_token if self.frontal else None
        self.tell_drafts(
            panel(
                state,
                sentence,
                token,
                written=written,
                drafts_id=drafts_id,
                request=request,
                asked=asked,
                choice=self.choice,
                texts=texts,
                grounds=grounds,
            )
        )

    def tell_drafts(self, drafts: dict[str, Any]) -> None:
        """Show these drafts from now on, by a number of their own, and say which request was begun last."""
        self.drafts: dict[str, Any] = drafts | {"number": self.next_number(), "begun": self.request_begun}

    def begin_attempt(self, attempt: int) -> bool:
        """The page asks for a film, and so no longer waits for any that it asked for before.

        Returns whether it waits for this one: what is asked for once more, since the network lost the answer, was
        answered already, or asked for before another film.
        """
        with self.lock:
            self.attempt = max(self.attempt, attempt)
            return self.awaits(attempt)

    def awaits(self, attempt: int) -> bool:
        """Whether the page still waits for what became of this attempt to open a film; it may have asked twice."""
        return attempt == self.attempt and attempt > self.answered_attempt

    def refuse(self, attempt: int, refusal: dict[str, Any]) -> bool:
        """Remember why a film was not opened, and of which attempt that is said. Returns whether anybody still asks."""
        with self.lock:
            if not self.awaits(attempt):
                return False
            self.refusal = refusal | {"attempt": attempt}
            self.answered_attempt = attempt
            return True

    def begin_writing(self, request: int = 0) -> threading.Event:
        """A new event that ends this pass over the drafts when it is set; a pass that still runs is abandoned.

        `request` is the number of the one that the pass answers.
        """
        with self.lock:
            self.request_begun = max(self.request_begun, request)
            self.stop_writing()
            self._stop = threading.Event()
            self.needs_drafts = False
            return self._stop

    def stop_writing(self) -> None:
        with self.lock:
            if self._stop is not None:
                self._stop.set()

    def leave_drafts_due(self, stop: threading.Event) -> None:
        """Nobody hears of the pass that `stop` ends any more: should its page come back, the drafts are yet to come."""
        with self.lock:
            self.needs_drafts = self.needs_drafts or (self.is_writing(stop) and not stop.is_set())

    def end_writing(self, stop: threading.Event) -> None:
        """The pass that `stop` ends is over."""
        with self.lock:
            stop.set()
            if self._stop is stop:
                self._stop = None

    def is_writing(self, stop: threading.Event) -> bool:
        """Whether the pass that `stop` ends is still this tab's latest."""
        return self._stop is stop

    def let_go(self) -> None:
        """Hold the study no longer. The tab then stands as if the server were started anew, and its page says so."""
        with self.lock:
            self.stop_writing()
            self._stop = None
            self.films = {}
            self.choice = 0
            self.case_id = None
            self.gaze = FilmGaze()
            self.findings = FilmFindings()
            self.read_first, self.not_shown = None, None
            self.needs_drafts = False
            self.tell_drafts(panel("empty", NO_FILM))

    def close(self) -> None:
        """The tab is gone: stop computing for it and let go of its films."""
        with self.lock:
            self.let_go()
            self.edits = {}
