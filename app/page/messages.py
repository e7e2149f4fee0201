"""What the page's scripts tell the server, checked before anything is done with it."""

from typing import Annotated, Literal, Self

import gradio as gr
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.records import Reason, StartedFrom, Verdict, Word
from app.records.lines import Seconds
from app.records.text import MOST_CHARACTERS
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.findings.vocabulary import may_have_side
from gaze2report_core.imaging import View

MOST_LEFT_TEXTS = 20
"""Each is kept for good; more than a few wait only where the server has not answered for long."""


class Message(BaseModel):
    # A reader's words may name a patient and must not come into a log with what refuses them.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def of(cls, event: gr.EventData) -> Self:
        return cls.model_validate(event._data)


class FilmChosen(Message):
    """A film is wanted on the screen.

    `choice` counts up the frontal films that are chosen in one tab, whether or not they can be opened; a lateral one
    has the number of the frontal film that it was chosen for. `attempt` counts up all that one tab asks to be opened;
    it asks for the next film only when the one before was answered, or is not waited for any longer. `read_first` is
    whether a film that opens a study is to come without gaze, findings and drafts.
    """

    choice: Annotated[int, Field(gt=0)]
    attempt: Annotated[int, Field(gt=0)]
    read_first: bool = False


class SentFilm(Message):
    """A film waits among the uploads; the reader may have confirmed what it was refused for."""

    token: str
    allow_burned_in: bool = False
    frame: Annotated[int, Field(ge=0)] | None = None


class FilmArrived(FilmChosen, SentFilm):
    """A film was sent to be opened as this view, or with another `beside` it: which is which, the two tell."""

    view: View
    beside: SentFilm | None = None

    @property
    def sent(self) -> tuple[SentFilm, ...]:
        return (self,) if self.beside is None else (self, self.beside)


class FilmsOnScreen(FilmChosen):
    """Something is to be put right of the films with these tokens, which are on the page, by view."""

    films: dict[View, str]


class FilmInverted(FilmsOnScreen):
    which: View


class StudyWanted(FilmChosen):
    """An unfinished study is to be opened again, by the random id that leaves with the export."""

    study: str


class StudyDiscarded(Message):
    """An unfinished study is not to be offered any more."""

    study: str


class MachineWanted(Message):
    """The reader wants to be shown what is withheld of the film with this token, and has written this text by now."""

    film: str
    text: Annotated[str, Field(max_length=MOST_CHARACTERS, repr=False)]


class FindingJudged(Message):
    """What the reader says of a finding on the film with this token. `sequence` counts up in one tab.

    A `side` is said of what is confirmed and can have one; without it, the classifier's stands.
    """

    finding: Finding
    verdict: Verdict
    side: Laterality | None = None
    film: str
    sequence: int

    @model_validator(mode="after")
    def _is_on_a_side_only_if_it_is_there(self) -> Self:
        is_confirmed = self.verdict is Verdict.CONFIRMED
        if self.side is not None and not may_have_side(self.finding, is_confirmed=is_confirmed):
            raise ValueError("a side is said of what is confirmed and can have one")
        return self

    @property
    def word(self) -> Word:
        return Word(self.verdict, self.side)


class EditChanged(Message):
    """The text of the edit box, and why it was changed.

    `sequence` counts up in one tab, so that a late save is not taken for the last one. `revision` is the last one that
    the page knows to be stored; that of another tab's text only once the reader has chosen between that and theirs.
    """

    text: str
    started_from: StartedFrom
    drafts_id: str
    sequence: int
    revision: Annotated[int, Field(ge=0)] = 0
    reasons: tuple[Reason, ...] = ()
    note: Annotated[str, Field(repr=False)] = ""


class EditSubmitted(EditChanged):
    first_key_seconds_ago: Seconds | None = None
    last_key_seconds_ago: Seconds | None = None


class LeftSave(EditChanged):
    event: Literal["edit_changed"]


class LeftSubmission(EditSubmitted):
    event: Literal["edit_submitted"]


class PageLeft(Message):
    """A page is being left: what of its texts was still on its way, the last ones, in the order they were sent."""

    texts: Annotated[
        tuple[Annotated[LeftSave | LeftSubmission, Field(discriminator="event")], ...],
        Field(max_length=MOST_LEFT_TEXTS),
    ]
