"""A study that was left comes back as it was, and only where it is still wanted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, text

from app.page.editing import EditKeeper
from app.page.film_warnings import beside
from app.page.findings_panel import FindingsPanel, findings_value
from app.page.gaze_messages import SteeredGaze
from app.page.reopening import (
    BEGINNING,
    FILM_LOST,
    JUDGED_SINCE,
    MOST_SHOWN,
    MOST_TEXT,
    NOT_DISCARDED,
    UNREAD,
    StudyReopening,
    unfinished_value,
)
from app.page.session import EditState, OpenFilm, ReadingSession
from app.page.viewer import viewer_value
from app.records import (
    DraftPair,
    EventKind,
    GazeQuery,
    RecordStore,
    RecordsUnavailable,
    UnfinishedStudies,
    Verdict,
    Word,
)
from app.records.tables import Case, Event
from app.records.text import MOST_CHARACTERS
from app.records.unfinished_studies import ListedStudy
from app.uploads import UploadGone, UploadStore
from app.visitors import Visitors
from gaze2report_core.examination import Examination
from gaze2report_core.films.places import OF_TWO_PATIENTS
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import Scanpath
from gaze2report_core.imaging import Radiograph, View
from tests.app.page.tabs import NOTHING_HELD
from tests.findings_readings import reading_of

BROWSER = "session-reader"
READING = reading_of({Finding.PLEURAL_EFFUSION: 0.83})


@dataclass
class Left:
    """A study that a reader has left, with a text as its second revision, and what opens it again."""

    records: RecordStore
    request: Any
    films: tuple[Radiograph, Radiograph]
    drafts: DraftPair
    session: ReadingSession = field(default_factory=ReadingSession)
    while_finding: Callable[[], Any] = lambda: READING

    def __post_init__(self) -> None:
        self.case_id = self.records.open_case("reader", *self.films)
        self.drafts_id = self.records.add_drafts(self.case_id, "reader", self.drafts)
        self.records.give_verdict(self.case_id, "reader", Finding.EDEMA, Word(Verdict.CONFIRMED))
        for base, typed in enumerate(("The heart is large.", "No pleural effusion.")):
            self.records.save_revision(self.drafts_id, "reader", typed, "gaze_on", base)
        self.views = UploadStore(max_bytes=2**24, reader_bytes=2**24, total_bytes=2**24)
        self.found: list[tuple[Examination, Scanpath]] = []
        pipeline: Any = SimpleNamespace(has_findings=True, find=self._find)
        self.reopening = StudyReopening(pipeline, self.records, self.views, Visitors(None), NOTHING_HELD)
        self.keeper = EditKeeper(self.records, Visitors(None))

    def _find(self, examination: Examination, gaze: Scanpath) -> Any:
        self.found.append((examination, gaze))
        return self.while_finding()

    @property
    def study(self) -> str:
        with self.records.engine.connect() as connection:
            return connection.execute(select(Case.study).where(Case.id == self.case_id)).scalar_one()

    def open(self, attempt: int = 1, request: Any = None) -> list[tuple[Any, ...]]:
        """All that the page is told, in order."""
        event: Any = SimpleNamespace(_data={"study": self.study, "choice": attempt, "attempt": attempt})
        return list(self.reopening.open_again(self.session, request or self.request, event))

    def save(self, text: str, sequence: int) -> dict[str, Any]:
        said = {"text": text, "started_from": "gaze_on", "drafts_id": self.drafts_id, "sequence": sequence}
        event: Any = SimpleNamespace(_data=said)
        answer: dict[str, Any] = self.keeper.save(self.session, self.request, event)[0]["answer"]
        return answer

    def place_another(self, film: Radiograph) -> None:
        rows, columns = film.values.shape
        self.session.place(OpenFilm(film, "another", columns, rows, 1.0, 0.0), View.FRONTAL)


@pytest.fixture
def left(records: RecordStore, request_of: Any, film_of: Callable[[int], Radiograph], drafts: DraftPair) -> Left:
    asked = GazeQuery(query="cardiomegaly", share=0.5)
    return Left(records, request_of("reader"), (film_of(1), film_of(2)), replace(drafts, asked=asked))


def test_reasons_that_were_given_come_back_with_the_text(left: Left) -> None:
    said = {"text": "No pleural effusion.", "started_from": "gaze_on", "drafts_id": left.drafts_id, "sequence": 1}
    event: Any = SimpleNamespace(_data=said | {"revision": 2, "reasons": ["style"], "note": "a colleague's words"})
    answer = left.keeper.save(left.session, left.request, event)[0]["answer"]
    assert (answer["failure"], answer["revision"]) == (None, 2)
    drafts, *_ = left.open()[0]
    assert (drafts["reasons"], drafts["note"]) == (["style", "other"], "a colleague's words")


def test_films_gaze_drafts_and_verdicts_come_at_once_and_the_findings_after_them(left: Left) -> None:
    (first, last) = left.open()
    drafts, viewer, findings, again, stop, listed = first
    assert set(viewer["films"]) == {"frontal", "lateral"}
    assert left.session.frontal is not None and left.session.lateral is not None
    opened = (left.session.frontal.radiograph.content_hash, left.session.lateral.radiograph.content_hash)
    assert opened == tuple(film.content_hash for film in left.films)
    assert left.views.read(BROWSER, viewer["films"]["lateral"]["token"])
    assert viewer["fixations"] == left.drafts.scanpath.to_fixations() == drafts["gaze"]["fixations"]
    assert viewer["gaze_source"] == drafts["gaze"]["source"] == "edited"
    assert drafts["gaze"]["asked"] == {"query": "cardiomegaly", "share": 0.5}
    assert (viewer["choice"], viewer["answered"], drafts["choice"]) == (1, 1, 1)
    assert (drafts["state"], drafts["drafts_id"]) == ("finished", left.drafts_id)
    assert drafts["sentence"] == f"Opened again. Words that differ are underlined. {JUDGED_SINCE}"
    assert [one["text"] for one in drafts["texts"]] == [
        left.drafts.gaze_on, "The heart is large.", "No pleural effusion."
    ]  # fmt: skip
    assert again["interactive"] is True and stop["interactive"] is False
    assert listed["studies"] == [], "it is open here"
    assert findings["state"] == "waiting"
    assert last[2]["state"] == "ready" and last[0] == drafts
    assert {one["finding"] for one in last[2]["findings"] if one["verdict"] == "confirmed"} == {"Edema"}
    assert any("Your report" in one["texts"] for one in last[2]["disagreements"])
    ((examination, gaze),) = left.found
    assert examination.frontal is left.session.frontal.radiograph
    assert examination.lateral is left.session.lateral.radiograph
    assert gaze.to_fixations() == viewer["fixations"]
    assert not left.session.needs_drafts


def test_that_its_films_are_of_two_patients_is_still_said_of_both(left: Left) -> None:
    frontal, lateral = (replace(film, patient=name) for film, name in zip(left.films, (b"ada", b"bob"), strict=True))
    of_another = beside(lateral, frontal)
    study = Left(left.records, left.request, (frontal, of_another), left.drafts)
    study.open()
    told = viewer_value(study.session)["films"].values()
    assert all(OF_TWO_PATIENTS in [one["sentence"] for one in film["warnings"]] for film in told)


def test_drafts_that_know_all_that_was_said_of_findings_are_not_called_out_of_date(left: Left) -> None:
    knowing = replace(left.drafts, findings=READING, confirmed={Finding.EDEMA: True})
    left.records.add_drafts(left.case_id, "reader", knowing)
    ((drafts, *_), _) = left.open()
    assert drafts["sentence"] == "Opened again. Words that differ are underlined."


def test_what_was_asked_of_its_gaze_stays_known_while_the_gaze_stays(left: Left) -> None:
    left.open()
    gaze = left.session.gaze
    assert gaze.asked == left.drafts.asked
    assert gaze.adopted is not None and gaze.adopted.to_dict()["share"] == 0.5
    gaze.steer(SteeredGaze(film="token", adopted=1, sequence=1, offer=1))
    assert gaze.asked == left.drafts.asked


def test_saving_and_judging_go_on_from_there(left: Left, records: RecordStore) -> None:
    left.open()
    answer = left.save("No pleural effusion, and no edema.", 1)
    assert (answer["failure"], answer["revision"]) == (None, 3)
    said = {"finding": "Edema", "verdict": "rejected", "sequence": 1, "film": left.session.drafts["film"]}
    judged: Any = SimpleNamespace(_data=said)
    value = FindingsPanel(records, Visitors(None)).judge(left.session, left.request, judged)
    assert value["failure"] is None and left.session.needs_drafts
    assert left.session.case_id == left.case_id


def test_in_the_tab_that_it_was_left_in_it_goes_on_from_the_newest_text(left: Left, film: Radiograph) -> None:
    """The tab's messages count up on, and another tab may have changed the text meanwhile."""
    left.session.edits[left.drafts_id] = EditState(revision=1, sequence=7)
    left.open()
    assert left.save("Late.", 7)["failure"] is None
    assert left.records.unfinished_study(left.study, "reader").texts[-1].text == "No pleural effusion."
    assert left.save("On time.", 8)["revision"] == 3


def test_a_study_that_nobody_waits_for_any_more_is_not_shown(left: Left, film: Radiograph) -> None:
    left.session.begin_attempt(2)
    left.place_another(film)
    (told,) = left.open(1)
    assert set(told[1]["films"]) == {"frontal"} and told[1]["films"]["frontal"]["token"] == "another"
    assert left.session.refusal is None and left.session.case_id is None and left.session.needs_drafts
    assert left.found == []
    assert [one["text"] for one in told[-1]["studies"]] == ["No pleural effusion."]


def test_a_study_that_another_film_is_asked_for_while_it_is_read_is_not_shown(
    left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    films_of = left.records.films_of

    def meanwhile(case_id: str, reader: str) -> Any:
        left.session.begin_attempt(2)
        return films_of(case_id, reader)

    monkeypatch.setattr(left.records, "films_of", meanwhile)
    (told,) = left.open(1)
    assert told[1]["films"] == {} and left.session.case_id is None and left.found == []


def test_it_ends_what_is_being_written_and_lets_go_of_the_film_before(left: Left) -> None:
    first = left.open()[0][1]["films"]["frontal"]["token"]
    stop = left.session.begin_writing()
    left.open(2)
    assert stop.is_set() and not left.session.is_writing(stop)
    with pytest.raises(UploadGone):
        left.views.read(BROWSER, first)


def test_what_is_asked_for_once_more_is_answered_and_not_opened_twice(left: Left) -> None:
    first = left.open()[0][1]["films"]["frontal"]["token"]
    left.session.findings.words[Finding.FRACTURE] = Word(Verdict.REJECTED)
    (told,) = left.open()
    assert told[1]["films"]["frontal"]["token"] == first and len(left.found) == 1
    assert left.session.findings.words[Finding.FRACTURE] == Word(Verdict.REJECTED)


def test_the_picture_of_a_film_that_the_reader_was_asked_about_is_let_go(left: Left) -> None:
    asked = left.views.put(BROWSER, b"picture")
    left.session.begin_attempt(1)
    left.session.refuse(1, {"sentence": "May it be opened?", "preview": asked})
    left.open(1)
    assert left.views.read(BROWSER, asked) == b"picture", "it was asked about since this study was asked for"
    left.open(2)
    with pytest.raises(UploadGone):
        left.views.read(BROWSER, asked)
    assert left.session.refusal is None


def test_findings_that_come_late_are_not_told_of_another_film(left: Left, film: Radiograph) -> None:
    def meanwhile() -> Any:
        left.place_another(film)
        return READING

    left.while_finding = meanwhile
    *_, told = left.open()
    assert told[2]["state"] == "waiting" and findings_value(left.session)["findings"] == []


def test_findings_that_a_pass_has_read_meanwhile_stay(left: Left) -> None:
    of_the_pass = reading_of({Finding.EDEMA: 0.9})

    def meanwhile() -> Any:
        left.session.findings.reading = of_the_pass
        return READING

    left.while_finding = meanwhile
    left.open()
    assert left.session.findings.reading is of_the_pass


def test_without_findings_the_rest_comes_back_and_it_is_said(left: Left, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Any:
        raise RuntimeError("No pleural effusion.")

    left.while_finding = fail
    *_, told = left.open()
    assert told[0]["drafts_id"] == left.drafts_id
    assert told[2]["failure"] == UNREAD
    assert "could not be read" in caplog.text


def test_that_it_was_opened_again_is_kept(left: Left, request_of: Any) -> None:
    left.open()
    left.open()  # asked for once more, since the network lost the answer
    left.open(2, request_of("somebody else"))
    left.open(3)
    with left.records.engine.connect() as connection:
        rows = connection.execute(select(Event.kind, Event.reader, Event.case_id)).all()
    assert [tuple(row) for row in rows] == [("study_reopened", "reader", left.case_id)] * 2


def test_a_study_whose_opening_cannot_be_kept_is_not_shown(left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: str, kind: EventKind, **__: Any) -> str:
        raise RecordsUnavailable(f"No room for {kind}.")

    monkeypatch.setattr(left.records, "record_event", away)
    (told,) = left.open()
    assert told[1]["refusal"] == {"sentence": "No room for study_reopened.", "attempt": 1}
    assert viewer_value(left.session)["films"] == {}


def test_a_film_that_is_lost_is_said_and_nothing_changes(left: Left, film: Radiograph) -> None:
    left.place_another(film)
    before = left.session.drafts
    (left.records.films.folder / f"{left.films[1].content_hash}.png").unlink()
    (told,) = left.open()
    assert told[1]["refusal"] == {"sentence": FILM_LOST, "attempt": 1}
    assert told[0] is before and left.session.edits == {}
    assert [one["text"] for one in told[-1]["studies"]] == ["No pleural effusion."]


def test_a_study_that_was_signed_off_meanwhile_is_said_to_be_and_leaves_the_list(left: Left) -> None:
    left.records.submit(left.drafts_id, "reader", "No pleural effusion.", "gaze_on", [], 2)
    (told,) = left.open()
    assert "signed off meanwhile" in told[1]["refusal"]["sentence"]
    assert (told[-1]["studies"], told[-1]["count"]) == ([], 0)
    assert viewer_value(left.session)["films"] == {}


def test_a_discarded_study_leaves_the_list_of_its_reader_alone(left: Left, request_of: Any) -> None:
    said: Any = SimpleNamespace(_data={"study": left.study})
    left.reopening.discard(left.session, request_of("somebody else"), said)
    before = left.reopening.listed(left.session, left.request)
    after = left.reopening.discard(left.session, left.request, said)
    assert (before["count"], after["count"], after["studies"]) == (1, 0, [])
    assert before["number"] < after["number"], "whichever arrives last"


def test_as_many_studies_are_listed_as_the_page_asks_for(left: Left, film_of: Callable[[int], Radiograph]) -> None:
    for number in range(3, 9):
        left.records.add_drafts(left.records.open_case("reader", film_of(number)), "reader", left.drafts)

    def listed(**said: Any) -> int:
        event: Any = SimpleNamespace(_data=said)
        return len(left.reopening.listed(left.session, left.request, event)["studies"])

    assert (listed(), listed(most=6), listed(most=MOST_SHOWN)) == (5, 6, 7)
    unasked = left.reopening.listed(left.session, left.request)
    assert (len(unasked["studies"]), unasked["count"]) == (5, 7)
    assert unasked["studies"][0]["text"] == "No pleural effusion.", "before those that were opened since"
    said: Any = SimpleNamespace(_data={"study": unasked["studies"][4]["study"], "most": 6})
    assert len(left.reopening.discard(left.session, left.request, said)["studies"]) == 6
    said._data["most"] = MOST_SHOWN + 1
    assert "studies" not in left.reopening.listed(left.session, left.request, said), "the list stays as it is"


def test_texts_that_find_no_room_in_one_answer_are_told_by_their_beginning() -> None:
    longest = ["Z" * MOST_CHARACTERS] * (MOST_TEXT // MOST_CHARACTERS + 3)
    listed = [
        ListedStudy(str(number), datetime.now(UTC), False, text, None)
        for number, text in enumerate([*longest, "Short.", "", None])
    ]
    told = unfinished_value(UnfinishedStudies(tuple(listed), len(listed)))["studies"]
    assert len(told) == len(listed)
    assert [one["is_whole"] for one in told] == [True] * 10 + [False] * 3 + [True] * 3
    assert [len(one["text"]) for one in told[9:13]] == [MOST_CHARACTERS, *[BEGINNING] * 3]
    assert [one["text"] for one in told[13:]] == ["Short.", "", None]


def test_which_revision_is_submitted_is_told_of_what_was_typed_on_since(left: Left) -> None:
    left.records.submit(left.drafts_id, "reader", "No pleural effusion.", "gaze_on", [], 2)
    left.records.save_revision(left.drafts_id, "reader", "No effusion at all.", "gaze_on", 2)
    (told,) = left.reopening.listed(left.session, left.request)["studies"]
    assert (told["text"], told["submitted"]) == ("No effusion at all.", 2)


def test_a_study_that_cannot_be_discarded_stays_and_it_is_said_why(
    left: Left, request_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(study: object, reader: str = "reader") -> str:
        said: Any = SimpleNamespace(_data={"study": study})
        (sentence,) = left.reopening.discard(left.session, request_of(reader), said).values()
        return str(sentence)

    assert refused(left.study, "somebody else").startswith("Not discarded. ")
    assert refused(None) == NOT_DISCARDED and "could not be discarded" in caplog.text
    with left.records.engine.begin() as connection:
        connection.execute(text("DROP TABLE event"))
    assert "Not discarded. The records" in refused(left.study)


def test_another_readers_study_is_not_opened(left: Left, request_of: Any) -> None:
    (told,) = left.open(request=request_of("somebody else"))
    assert "among your own" in told[1]["refusal"]["sentence"]
    assert told[1]["films"] == {} and told[-1]["studies"] == []


def test_a_model_without_findings_is_asked_for_none(left: Left) -> None:
    left.reopening.pipeline = SimpleNamespace(has_findings=False)  # type: ignore[assignment]
    (told,) = left.open()
    assert told[0]["drafts_id"] == left.drafts_id


def test_drafts_that_were_stopped_are_said_to_be(left: Left) -> None:
    stopped = replace(left.drafts, settings={"method": "greedy", "stopped": True})
    left.records.add_drafts(left.case_id, "reader", stopped)
    drafts = left.open()[0][0]
    assert drafts["state"] == "stopped" and "were stopped" in drafts["sentence"]
    assert drafts["texts"][-1]["drafts_id"] == left.drafts_id
