"""The events that write drafts, and what the page shows while they are written.

    event ──► Controls ───┐                      ┌──► panel ──────► page, after every few words
                          ├──► Pass ──► RunningPass
    screen ─► BegunPass ──┘                      └──► DraftPair ──► records, at the end

What is on the screen is noted at once, under the session's lock. The controls are read only once the page was told of
the pass: they may be refused, and a pass that failed so gives the page back the drafts `before` it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.page.draft_pass import BegunPass, Controls, Pass
from app.page.draft_requests import number_of, wanted_of
from app.page.findings_panel import findings_value
from app.page.gaze_messages import SteeredGaze
from app.page.indication import indication_for, is_told_of
from app.page.running_pass import ReaderGone, RunningPass
from app.page.session import OpenFilm, ReadingSession
from app.page.viewer import viewer_value
from app.records import RecordStore
from app.refusals import sentence_for_reader
from app.visitors import Visitors
from gaze2report_core.decoding_settings import SettingsRefused

if TYPE_CHECKING:
    from gaze2report_core.pipeline import Gaze2ReportPipeline

logger = logging.getLogger(__name__)

INTERNAL_ERROR = "The drafts could not be written because of an internal error, which the server's log describes."

Shown = tuple[Any, Any, Any, Any, Any]
"""What the drafts, the viewer, the findings, the button that writes again and the button that stops show."""


def shown(session: ReadingSession) -> Shown:
    """The page as this tab stands. Always the whole of it, so that no late answer of an earlier event lingers."""
    with session.lock:
        buttons = gr.update(interactive=session.may_write), gr.update(interactive=session.may_stop)
        return session.told_drafts, viewer_value(session), findings_value(session), *buttons


class DraftWriter:
    """Answers the page's events. The controls come along with each, in the order of `Controls`."""

    def __init__(
        self,
        pipeline: "Gaze2ReportPipeline",
        store: RecordStore,
        visitors: Visitors,
        is_overtaken: Callable[[gr.Request], bool] = lambda _: False,
    ) -> None:
        self.pipeline = pipeline
        self.store = store
        self.visitors = visitors
        self.is_overtaken = is_overtaken

    def write_if_due(self, session: ReadingSession, request: gr.Request, *controls: Any) -> Iterator[Shown]:
        """Write the drafts if a film has just been opened, a finding judged, or what the reader asked for was lost.

        A film that was refused needs none.
        """
        yield from self._write(session, request, controls, only_if_due=True)

    def write(self, session: ReadingSession, request: gr.Request, *controls: Any) -> Iterator[Shown]:
        """Write and keep both drafts of the film on the screen, with the gaze in hand where the controls hold one.

        Closing the iterator stops the computing, but for a beam search under way, which `stop_writing` ends. The end of
        the reader's sign-in stops both; the drafts are then still to be written should the reader come back, and so are
        those that are asked for after it.
        """
        yield from self._write(session, request, controls, only_if_due=False)

    def _write(
        self, session: ReadingSession, request: gr.Request, controls: tuple[Any, ...], *, only_if_due: bool
    ) -> Iterator[Shown]:
        said = Controls(*controls)
        is_here = partial(self.visitors.may_enter, self.visitors.of(request))
        may_begin = is_here() and not self.is_overtaken(request)
        begun = self._begin(session, said, only_if_due=only_if_due) if may_begin else None
        if begun is not None:
            try:
                yield shown(session)  # before anything can fail: see `app.page.draft_requests`
                this_pass = self._pass(session, begun, request, said)
                with closing(RunningPass(self.pipeline, self.store, session, this_pass, is_here).steps()) as steps:
                    for _ in steps:
                        yield shown(session)
            except GeneratorExit:
                session.leave_drafts_due(begun.stop)
                raise
            except ReaderGone:
                session.leave_drafts_due(begun.stop)
            except Exception as error:
                self._fail(session, begun, error)
            finally:
                session.end_writing(begun.stop)
        yield shown(session)

    @staticmethod
    def _begin(session: ReadingSession, said: Controls, *, only_if_due: bool) -> BegunPass | None:
        """Begin a pass over what is on the screen at this moment; nothing where no frontal film is.

        Whether it is due is asked under the same lock, so that it cannot take the place of a pass that the reader has
        asked for since, with an indication that this one was not told. A pass that waited until another film took the
        place of the one it was asked for knows nothing typed for this film, whose own event is yet to come: the drafts
        stay due for that.
        """
        with session.lock:
            if session.frontal is None or (only_if_due and not _are_due(session, session.frontal, said)):
                return None
            findings = session.findings
            before = session.drafts
            stop = session.begin_writing(number_of(said.request))
            begun = BegunPass(session.frontal, session.lateral, findings.confirmed, findings.sides, before, stop)
            session.needs_drafts = not is_told_of(session.frontal.pixels_token, said.request)
            session.show_drafts("waiting", "Predicting where a radiologist would look…")
            return begun

    def _pass(self, session: ReadingSession, begun: BegunPass, request: gr.Request, said: Controls) -> Pass:
        """The pass as the controls ask for it; the gaze in hand, if they hold one, is used from now on."""
        if said.steered is not None:
            session.steer(SteeredGaze.model_validate(said.steered))
        indication = indication_for(begun.frontal.pixels_token, said.request)
        return Pass(begun, self.visitors.of(request).reader, said.settings, indication, number_of(said.request))

    @staticmethod
    def _fail(session: ReadingSession, begun: BegunPass, error: Exception) -> None:
        """Say why there are no new drafts, unless another film or pass is on the screen by now.

        Settings that cannot be used are a slip of the reader's, which costs no finished drafts.
        """
        sentence = sentence_for_reader(error, logger, "The drafts could not be written", INTERNAL_ERROR)
        with session.lock:
            if not session.is_writing(begun.stop):
                return
            if isinstance(error, SettingsRefused) and begun.before["drafts_id"] is not None:
                session.tell_drafts({**begun.before, "state": "failed", "sentence": sentence})
            else:
                session.show_drafts("failed", sentence)


def _are_due(session: ReadingSession, frontal: OpenFilm, said: Controls) -> bool:
    """Whether drafts are yet to come that the server knows of, or that the reader asked for and it has not begun."""
    return session.needs_drafts or wanted_of(said.request, frontal.pixels_token) > session.request_begun


def stop_writing(session: ReadingSession) -> Any:
    """Stop after the current word, in a beam search too. Returns what the button that stops shows from then on."""
    session.stop_writing()
    return gr.update(interactive=session.may_stop)
