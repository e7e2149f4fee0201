"""Films that were given in each other's place, and one with black as white: put right by their reader, and back."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.page.film_warnings import EACH_AS_THE_OTHER, EXCHANGED, LATERAL_ALONE, with_doubts
from app.page.gaze_messages import SteeredGaze
from app.page.righting import NOT_ON_SCREEN, FilmRighting
from app.page.session import EditState, ReadingSession
from app.page.viewer import put_on_screen, viewer_value
from app.records import DraftPair, ReadFirst, RecordStore, Verdict, Word
from app.uploads import UploadGone, UploadStore
from app.visitors import Visitors
from gaze2report_core.films.doubts import LOOKS_NEGATIVE
from gaze2report_core.films.looks import FilmLooks
from gaze2report_core.films.places import FRONTAL_AS_LATERAL, OF_TWO_PATIENTS, PLACE_LEFT_OVER
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import NOT_A_CHEST, Gaze2ReportPipeline
from tests.findings_readings import reading_of
from tests.imaging.films import dicom, ramp

BROWSER = "session-reader"


@dataclass
class OnScreen:
    """A study on the screen: a film that declares a lateral view, and one added as its lateral that declares PA."""

    pipeline: Gaze2ReportPipeline
    records: RecordStore
    request: Any
    session: ReadingSession = field(default_factory=ReadingSession)
    attempts: int = 0

    def __post_init__(self) -> None:
        self.views = UploadStore(max_bytes=2**24, reader_bytes=2**24, total_bytes=2**24)
        self.righting = FilmRighting(self.pipeline, self.records, self.views, Visitors(None))
        self.session.choice = 1
        for view, position in ((View.FRONTAL, "LL"), (View.LATERAL, "PA")):
            film = Radiograph.from_bytes(dicom(ramp(), ViewPosition=position, PhotometricInterpretation=None))
            self.place(film, view)

    def place(self, film: Radiograph, view: View) -> None:
        self.session.place(put_on_screen(with_doubts(film, view), self.views, BROWSER), view)

    def drafted(self, drafts: DraftPair) -> str:
        """Has drafts of the films written and kept, and returns their id."""
        films = (self.session.films[view].radiograph for view in VIEWS if view in self.session.films)
        self.session.case_id = self.records.open_case("reader", *films)
        drafts_id = self.records.add_drafts(self.session.case_id, "reader", drafts)
        self.session.edits[drafts_id] = EditState()
        self.session.findings.drafts_ids.add(drafts_id)
        return drafts_id

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

    def remove_lateral(self, **said: Any) -> dict[str, Any]:
        return self.put_right(self.righting.remove_lateral, **said)


VIEWS = (View.FRONTAL, View.LATERAL)


@pytest.fixture
def study(pipeline: Gaze2ReportPipeline, records: RecordStore, request_of: Any) -> OnScreen:
    return OnScreen(pipeline, records, request_of("reader"))


def remedies(viewer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(one["sentence"], one["remedy"]) for film in viewer["films"].values() for one in film["warnings"]]


def test_films_that_were_given_as_each_other_are_exchanged_and_that_is_said_of_both_and_can_be_taken_back(
    study: OnScreen,
) -> None:
    assert remedies(viewer_value(study.session)).count((EACH_AS_THE_OTHER, "exchange")) == 2
    before = study.tokens
    study.session.gaze.adopt(Scanpath.empty(GazeSource.PREDICTED))
    study.session.findings.words[Finding.EDEMA] = Word(Verdict.CONFIRMED)
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


def test_another_film_beside_one_that_was_exchanged_was_not_exchanged_itself(study: OnScreen) -> None:
    study.exchange()
    study.place(Radiograph.from_bytes(dicom(ramp(), ViewPosition="LL")), View.LATERAL)
    assert EXCHANGED not in dict(remedies(viewer_value(study.session)))
    viewer = study.exchange()
    assert remedies(viewer).count((EXCHANGED, "exchange back")) == 2, "these two were exchanged only now"


def test_that_films_are_of_two_patients_is_said_as_long_as_these_two_lie_beside_each_other(study: OnScreen) -> None:
    assert study.session.lateral is not None
    study.place(study.session.lateral.radiograph.with_warnings(OF_TWO_PATIENTS), View.LATERAL)
    for _ in range(2):
        assert remedies(study.exchange()).count((OF_TWO_PATIENTS, None)) == 2
    study.exchange()
    study.place(Radiograph.from_bytes(dicom(ramp(), ViewPosition="LL")), View.LATERAL)
    assert OF_TWO_PATIENTS not in dict(remedies(viewer_value(study.session)))


def test_an_inverted_film_is_looked_at_anew(study: OnScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was read it looks like a lateral view, inverted like a frontal one, and then like no chest at all."""
    monkeypatch.setattr(FilmLooks, "lateral_likelihood", lambda _, film: 0.0 if film.inverted else 1.0)
    monkeypatch.setattr(FilmLooks, "negative_likelihood", lambda *_: 0.0)
    monkeypatch.setattr(FilmLooks, "chest_likelihood", lambda *_: 1.0)
    study.place(study.pipeline.read(dicom(ramp())), View.FRONTAL)
    session = study.session
    told = lambda: [one["sentence"] for one in viewer_value(session)["films"]["frontal"]["warnings"]]  # noqa: E731
    assert LATERAL_ALONE in told() and not session.takes_gaze
    study.put_right(study.righting.invert, which="frontal")
    assert session.frontal is not None and session.frontal.radiograph.view is View.FRONTAL
    assert LATERAL_ALONE not in told() and session.takes_gaze
    monkeypatch.setattr(FilmLooks, "chest_likelihood", lambda *_: 0.0)
    study.put_right(study.righting.invert, which="frontal")
    assert NOT_A_CHEST in told() and session.frontal.radiograph.view is View.UNKNOWN


def test_a_film_that_looks_like_a_negative_can_be_inverted_for_the_model(
    study: OnScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FilmLooks, "negative_likelihood", lambda _, film: 0.0 if film.inverted else 1.0)
    monkeypatch.setattr(FilmLooks, "chest_likelihood", lambda *_: 1.0)
    study.place(study.pipeline.read(dicom(ramp())), View.FRONTAL)
    assert dict(remedies(viewer_value(study.session)))[LOOKS_NEGATIVE] == "invert"
    viewer = study.put_right(study.righting.invert, which="frontal")
    assert study.session.frontal is not None and study.session.frontal.radiograph.inverted
    assert LOOKS_NEGATIVE not in dict(remedies(viewer))
    viewer = study.put_right(study.righting.invert, which="frontal")
    assert dict(remedies(viewer))[LOOKS_NEGATIVE] == "invert", "it is one again"


def test_an_inverted_film_stays_exchanged_and_in_doubt(study: OnScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FilmLooks, "chest_likelihood", lambda *_: 0.0)
    before = {one for one, _ in remedies(viewer_value(study.session))}
    viewer = study.put_right(study.righting.invert, which="lateral")
    assert {one for one, _ in remedies(viewer)} == before | {NOT_A_CHEST}
    study.exchange()
    viewer = study.put_right(study.righting.invert, which="lateral")
    assert remedies(viewer).count((EXCHANGED, "exchange back")) == 2


@pytest.mark.parametrize("is_signed_off", [False, True])
def test_verdicts_go_over_to_the_films_as_they_are_now_but_for_those_of_a_report(
    study: OnScreen, records: RecordStore, drafts: DraftPair, is_signed_off: bool
) -> None:
    drafts_id = study.drafted(replace(drafts, findings=reading_of({Finding.EDEMA: 0.8})))
    case_id = study.session.case_id
    assert case_id is not None
    for finding, verdict in ((Finding.EDEMA, Verdict.CONFIRMED), (Finding.FRACTURE, Verdict.REJECTED)):
        records.give_verdict(case_id, "reader", finding, Word(verdict))
        study.session.findings.words[finding] = Word(verdict)
    if is_signed_off:
        records.submit(drafts_id, "reader", "Edema.", "gaze_on", [], 0)
    study.exchange()
    lines = [json.loads(line) for line in records.correction_lines("reader")]
    verdicts = [(one["kind"], one["findings"]["Edema"]["verdict"]) for one in lines]
    assert verdicts == ([("correction", "confirmed")] if is_signed_off else [])
    assert records.judged_studies("reader") == 0
    assert study.session.findings.confirmed == {Finding.EDEMA: True, Finding.FRACTURE: False}


def test_what_another_tab_saved_or_gave_as_a_reason_stays_unfinished(
    study: OnScreen, records: RecordStore, drafts: DraftPair
) -> None:
    records.save_revision(study.drafted(drafts), "reader", "Edited elsewhere.", "gaze_on", 0)
    study.exchange()
    records.give_reasons(study.drafted(drafts), "reader", ["style"])
    study.put_right(study.righting.invert, which="frontal")
    assert [one.text for one in records.unfinished("reader").listed] == ["Edited elsewhere.", None]


@pytest.mark.parametrize("is_edited", [False, True])
def test_of_the_films_as_they_were_only_what_was_edited_is_offered_as_unfinished(
    study: OnScreen, records: RecordStore, drafts: DraftPair, is_edited: bool
) -> None:
    session = study.session
    drafts_id = study.drafted(drafts)
    if is_edited:
        session.edits[drafts_id].revision = records.save_revision(drafts_id, "reader", "Edited.", "gaze_on", 0)
    study.exchange()
    assert [one.text for one in records.unfinished("reader").listed] == (["Edited."] if is_edited else [])
    assert session.case_id is None and viewer_value(session)["answered"] == 1


def place_in_order(study: OnScreen) -> None:
    """A frontal film, and a lateral one of another patient beside it."""
    for view, position in ((View.FRONTAL, "PA"), (View.LATERAL, "LL")):
        study.place(Radiograph.from_bytes(dicom(ramp(), ViewPosition=position)), view)
    assert study.session.lateral is not None
    study.place(study.session.lateral.radiograph.with_warnings(OF_TWO_PATIENTS), View.LATERAL)


def told_of_frontal(viewer: dict[str, Any]) -> list[str]:
    return [one["sentence"] for one in viewer["films"]["frontal"]["warnings"]]


def test_a_wrong_lateral_is_removed_with_what_was_said_of_both_and_can_be_added_again(study: OnScreen) -> None:
    place_in_order(study)
    assert OF_TWO_PATIENTS in told_of_frontal(viewer_value(study.session))
    before = study.tokens
    study.session.findings.words[Finding.EDEMA] = Word(Verdict.CONFIRMED)
    viewer = study.remove_lateral()
    assert set(viewer["films"]) == {"frontal"} and OF_TWO_PATIENTS not in told_of_frontal(viewer)
    assert study.session.frontal is not None and study.session.frontal.radiograph.facts.view_position == "PA"
    assert study.session.needs_drafts and study.session.findings.confirmed == {Finding.EDEMA: True}
    assert (viewer["choice"], viewer["answered"], viewer["refusal"]) == (1, 1, None)
    for token in before.values():
        with pytest.raises(UploadGone):
            study.views.read(BROWSER, token)
    study.place(Radiograph.from_bytes(dicom(ramp(), ViewPosition="RL")), View.LATERAL)
    assert study.positions == ["PA", "RL"] and study.session.needs_drafts


def test_gaze_that_lies_on_the_frontal_film_stays_there_when_the_lateral_is_removed(study: OnScreen) -> None:
    place_in_order(study)
    study.session.gaze.adopt(Scanpath.empty(GazeSource.PREDICTED))
    drawn = [{"x": 0.25, "y": 0.5, "duration": 0.5}]
    by_hand = {"film": study.tokens["frontal"], "adopted": 1, "sequence": 1, "fixations": drawn}
    viewer = study.remove_lateral(gaze=by_hand)  # what the hand did last, which was told of on no other way yet
    assert viewer["gaze"]["adopted"]["fixations"] == viewer["fixations"]
    assert [(one["x"], one["y"]) for one in viewer["fixations"]] == [(0.25, 0.5)]
    assert viewer["gaze_source"] == "edited"
    study.session.steer(SteeredGaze(film=study.tokens["frontal"], adopted=1, sequence=2, offer=1))
    assert viewer_value(study.session)["fixations"] == viewer["fixations"]


def test_a_film_that_is_lateral_itself_is_read_without_gaze_again_once_the_other_is_removed(study: OnScreen) -> None:
    study.session.gaze.adopt(Scanpath.empty(GazeSource.PREDICTED))
    assert study.session.takes_gaze
    viewer = study.remove_lateral()
    assert LATERAL_ALONE in told_of_frontal(viewer)
    assert study.session.scanpath is None and not viewer["takes_gaze"]


def test_of_a_film_that_is_alone_nothing_is_said_of_the_place_that_another_left(study: OnScreen) -> None:
    left_over = Radiograph.from_bytes(dicom(ramp())).with_warnings(PLACE_LEFT_OVER, EXCHANGED)
    study.place(left_over, View.FRONTAL)
    study.place(Radiograph.from_bytes(dicom(ramp(), ViewPosition="LL")), View.LATERAL)
    assert PLACE_LEFT_OVER in told_of_frontal(viewer_value(study.session))
    study.remove_lateral()
    assert study.session.frontal is not None and study.session.frontal.radiograph.warnings == ()


def test_a_lateral_that_is_not_on_the_screen_is_not_removed(study: OnScreen) -> None:
    before = study.tokens
    viewer = study.remove_lateral(films={**before, "lateral": "another"})
    assert viewer["refusal"]["sentence"] == NOT_ON_SCREEN and study.tokens == before
    study.remove_lateral()
    assert study.remove_lateral(films=before)["refusal"]["sentence"] == NOT_ON_SCREEN, "pressed twice"


@pytest.mark.parametrize("is_edited", [False, True])
def test_the_study_without_its_lateral_is_another_case_of_the_frontal_film_alone(
    study: OnScreen, records: RecordStore, drafts: DraftPair, is_edited: bool
) -> None:
    place_in_order(study)
    drafts_id = study.drafted(drafts)
    both, session = study.session.case_id, study.session
    assert both is not None
    records.give_verdict(both, "reader", Finding.EDEMA, Word(Verdict.CONFIRMED))
    if is_edited:
        records.save_revision(drafts_id, "reader", "Edited.", "gaze_on", 0)
    study.remove_lateral()
    assert session.case_id is None and records.judged_studies("reader") == 0
    study.drafted(drafts)
    assert session.case_id is not None and session.case_id != both
    frontal, lateral = records.films_of(session.case_id, "reader")
    assert (frontal.facts.view_position, lateral) == ("PA", None)
    listed = [(one.has_lateral, one.text) for one in records.unfinished("reader").listed]
    assert listed == [*([(True, "Edited.")] if is_edited else []), (False, None)]


def test_films_that_are_put_right_are_still_read_first(study: OnScreen) -> None:
    read_first = ReadFirst(datetime.now(UTC))
    study.session.read_first = read_first
    for how in (study.righting.exchange, study.righting.remove_lateral):
        message = {"choice": 1, "attempt": study.attempts + 1, "films": study.tokens}
        study.attempts += 1
        _, drafts = how(study.session, study.request, SimpleNamespace(_data=message))  # type: ignore[arg-type]
        assert drafts["withheld"] and study.session.read_first is read_first
