"""Films that were given in each other's place, and one with black as white: put right by their reader, and back."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.page.film_warnings import EACH_AS_THE_OTHER, EXCHANGED, with_doubts
from app.page.righting import NOT_ON_SCREEN, FilmRighting
from app.page.session import EditState, ReadingSession
from app.page.viewer import put_on_screen, viewer_value
from app.records import DraftPair, RecordStore, Verdict
from app.uploads import UploadGone, UploadStore
from app.visitors import Visitors
from gaze2report_core.film_places import FRONTAL_AS_LATERAL
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph, View
from tests.imaging.films import dicom, ramp

BROWSER = "session-reader"


@dataclass
class OnScreen:
    """A study on the screen: a film that declares a lateral view, and one added as its lateral that declares PA."""

    records: RecordStore
    request: Any
    session: ReadingSession = field(default_factory=ReadingSession)
    attempts: int = 0

    def __post_init__(self) -> None:
        self.views = UploadStore(max_bytes=2**24, session_bytes=2**24, total_bytes=2**24)
        self.righting = FilmRighting(self.records, self.views, Visitors(None))
        self.session.choice = 1
        for view, position in ((View.FRONTAL, "LL"), (View.LATERAL, "PA")):
            film = Radiograph.from_bytes(dicom(ramp(), ViewPosition=position, PhotometricInterpretation=None))
            self.session.place(put_on_screen(with_doubts(film, view), self.views, BROWSER), view)

    @property
    def tokens(self) -> dict[str, str]:
        return {view.value: film.pixels_token for view, film in self.session.films.items()}

    @property
    def positions(self) -> list[str | None]:
        """Of the frontal and the lateral film, what their files say."""
        return [film.radiograph.facts.view_position for film in (self.session.films[view] for view in VIEWS)]

    def put_right(self, how: Any, **said: Any) -> dict[str, Any]:
        self.attempts += 1
        message = {"choice": 1, "attempt": self.attempts, "films": self.tokens, **said}
        viewer, drafts = how(self.session, self.request, SimpleNamespace(_data=message))
        assert drafts == self.session.drafts
        return viewer  # type: ignore[no-any-return]

    def exchange(self, **said: Any) -> dict[str, Any]:
        return self.put_right(self.righting.exchange, **said)


VIEWS = (View.FRONTAL, View.LATERAL)


@pytest.fixture
def study(records: RecordStore, request_of: Any) -> OnScreen:
    return OnScreen(records, request_of("reader"))


def remedies(viewer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(one["sentence"], one["remedy"]) for view in VIEWS for one in viewer["films"][view.value]["warnings"]]


def test_films_that_were_given_as_each_other_are_exchanged_and_that_is_said_of_both_and_can_be_taken_back(
    study: OnScreen,
) -> None:
    assert remedies(viewer_value(study.session)).count((EACH_AS_THE_OTHER, "exchange")) == 2
    before = study.tokens
    study.session.gaze.adopt(Scanpath.empty(GazeSource.PREDICTED))
    study.session.findings.verdicts[Finding.EDEMA] = Verdict.CONFIRMED
    viewer = study.exchange()
    assert study.positions == ["PA", "LL"]
    assert remedies(viewer).count((EXCHANGED, "exchange back")) == 2
    assert EACH_AS_THE_OTHER not in dict(remedies(viewer)) and FRONTAL_AS_LATERAL not in dict(remedies(viewer))
    assert study.session.scanpath is None and study.session.needs_drafts, "gaze and drafts begin anew"
    assert study.session.findings.confirmed == {Finding.EDEMA: True}
    assert (viewer["choice"], viewer["answered"], viewer["refusal"]) == (1, 1, None)
    assert not set(before.values()) & set(study.tokens.values())
    for token in before.values():
        with pytest.raises(UploadGone):
            study.views.read(BROWSER, token)
    viewer = study.exchange()
    assert study.positions == ["LL", "PA"]
    assert remedies(viewer).count((EACH_AS_THE_OTHER, "exchange")) == 2 and EXCHANGED not in dict(remedies(viewer))


def test_a_film_is_inverted_for_the_eye_and_for_the_model_and_back(study: OnScreen) -> None:
    assert study.session.frontal is not None
    grey = study.session.frontal.radiograph.pixels
    for inverted in (True, False):
        viewer = study.put_right(study.righting.invert, which="frontal")
        shown = [viewer["films"][view.value]["inverted"] for view in VIEWS]
        assert shown == [inverted, False] and study.positions == ["LL", "PA"]
        assert np.allclose(study.session.frontal.radiograph.pixels, 1 - grey if inverted else grey)


def test_films_that_are_no_longer_on_the_screen_are_left_as_they_are(study: OnScreen) -> None:
    before = study.tokens
    viewer = study.exchange(films={**before, "frontal": "of another film"})
    assert viewer["refusal"]["sentence"] == NOT_ON_SCREEN and viewer["refusal"]["attempt"] == 1
    assert study.tokens == before
    answered = study.exchange(attempt=1)
    assert answered["answered"] == 1 and study.tokens == before, "asked once more, since the network lost the answer"


@pytest.mark.parametrize("is_edited", [False, True])
def test_of_the_films_as_they_were_only_what_was_edited_is_offered_as_unfinished(
    study: OnScreen, records: RecordStore, drafts: DraftPair, is_edited: bool
) -> None:
    session = study.session
    assert session.frontal is not None
    session.case_id = records.open_case("reader", session.frontal.radiograph)
    drafts_id = records.add_drafts(session.case_id, "reader", drafts)
    revision = records.save_revision(drafts_id, "reader", "Edited.", "gaze_on", 0) if is_edited else 0
    session.edits[drafts_id] = EditState(revision)
    session.findings.drafts_ids.add(drafts_id)
    study.exchange()
    assert [one.text for one in records.unfinished("reader").listed] == (["Edited."] if is_edited else [])
    assert session.case_id is None and viewer_value(session)["answered"] == 1
