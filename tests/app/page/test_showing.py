"""What the page is told of a film that is read first: nothing of the machine's, until it is asked for and recorded."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.page.drafting import INTERNAL_ERROR as NOT_WRITTEN
from app.page.drafting import DraftWriter, Shown, shown
from app.page.editing import EditKeeper
from app.page.reopening import StudyReopening
from app.page.session import ReadingSession
from app.page.showing import INTERNAL_ERROR, MachineShowing
from app.page.withheld import BEING_MADE, READY
from app.records import ReadFirst, RecordStore
from app.uploads import UploadStore
from app.visitors import Visitors
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.app.page.tabs import NOTHING_HELD
from tests.app.page.test_intake import Arriving

pytestmark = pytest.mark.thorough

OWN = "There is a nodule in the left upper lobe."


@dataclass
class Tab:
    """A tab with a film that is read first."""

    pipeline: Gaze2ReportPipeline
    records: RecordStore
    session: ReadingSession
    request: Any

    def __post_init__(self) -> None:
        self.session.read_first = ReadFirst(datetime.now(UTC))
        self.showing = MachineShowing(self.records, Visitors(None))
        self.keeper = EditKeeper(self.records, Visitors(None))

    def write(self) -> Iterator[Shown]:
        writer = DraftWriter(self.pipeline, self.records, Visitors(None))
        return writer.write(self.session, self.request, "greedy", 1, 0, False, None)

    def written(self) -> Shown:
        """What the page is told at the end."""
        return list(self.write())[-1]

    def show(self, film: str = "token", text: str = OWN) -> Shown:
        event: Any = SimpleNamespace(_data={"film": film, "text": text})
        return self.showing.show(self.session, self.request, event)

    def save(self, text: str) -> Any:
        said = {"text": text, "started_from": "empty", "drafts_id": self.session.drafts["drafts_id"], "sequence": 1}
        event: Any = SimpleNamespace(_data=said)
        return self.keeper.save(self.session, self.request, event)

    @property
    def study(self) -> str:
        (study,) = self.records.unfinished("reader").listed
        return study.study

    @property
    def kept(self) -> ReadFirst | None:
        return self.records.unfinished_study(self.study, "reader").read_first


@pytest.fixture
def tab(pipeline: Gaze2ReportPipeline, records: RecordStore, session: ReadingSession, request_of: Any) -> Tab:
    return Tab(pipeline, records, session, request_of("reader"))


def expect_nothing(told: Shown) -> None:
    drafts, viewer, findings, *_ = told
    assert drafts["withheld"] and (drafts["gaze_on"], drafts["gaze_off"], drafts["gaze"]) == ([], [], None)
    assert (viewer["fixations"], viewer["gaze_source"], viewer["gaze"]["adopted"]) == ([], None, None)
    assert findings["state"] == "withheld" and findings["findings"] == findings["disagreements"] == []
    assert findings["regions"] == findings["attention"] == {} and findings["incidental"] == []


def test_nothing_is_told_of_what_is_made_meanwhile(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.page.running_pass.BETWEEN_UPDATES", 0)
    sentences = []
    for told in tab.write():
        expect_nothing(told)
        sentences.append(told[0]["sentence"])
        words = "".join(run["text"] for run in tab.session.drafts["gaze_on"])
        assert not words or words not in json.dumps(told[:3])
    assert list(dict.fromkeys(sentences)) == [BEING_MADE, READY]
    assert told[0]["drafts_id"] == tab.session.drafts["drafts_id"] is not None, "the reader's text is kept under it"
    assert tab.session.drafts["gaze_on"] and tab.session.findings.reading is not None
    *_, findings = tab.save(OWN)
    assert findings["disagreements"] == []


def test_all_of_it_is_told_once_it_was_asked_for_and_that_is_recorded(tab: Tab) -> None:
    before = tab.written()
    tab.save(OWN)
    drafts, viewer, findings, *_ = tab.show()
    assert not drafts["withheld"] and drafts["gaze_on"] and drafts["number"] > before[0]["number"]
    assert viewer["fixations"] and viewer["gaze"]["adopted"] and findings["findings"]
    assert any("Your report" in one["texts"] for one in findings["disagreements"])
    assert tab.kept == tab.session.read_first
    assert tab.kept is not None and (tab.kept.text, tab.kept.shown_at is None) == (OWN, False)
    first = tab.kept
    tab.show(text="Later.")
    assert tab.kept == first


def test_what_was_asked_for_before_the_drafts_were_written_is_recorded_with_them(tab: Tab) -> None:
    tab.show()
    told = tab.written()
    assert told[0]["gaze_on"] and told[1]["fixations"]
    assert tab.kept is not None and tab.kept.text == OWN and tab.kept == tab.session.read_first


def test_what_was_shown_of_drafts_that_were_never_written_is_recorded(tab: Tab) -> None:
    tab.show()
    assert tab.session.frontal is not None
    tab.session.place(tab.session.frontal, View.FRONTAL)
    tab.session.read_first = ReadFirst(datetime.now(UTC))
    tab.written()
    tab.records.submit(tab.session.drafts["drafts_id"], "reader", OWN, "empty", [], 0)
    (line,) = map(json.loads, tab.records.correction_lines("reader"))
    assert (line["read_first"]["blind"], line["read_first"]["seen_before"]) == (False, True)


def test_what_is_asked_of_another_film_shows_nothing(tab: Tab) -> None:
    tab.written()
    expect_nothing(tab.show(film="another"))
    assert tab.kept is not None and tab.kept.shown_at is None


def test_what_cannot_be_recorded_is_not_shown(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    tab.written()

    def fail(*_: Any) -> None:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as patched:
        patched.setattr(tab.records, "keep_read_first", fail)
        told = tab.show()
    expect_nothing(told)
    assert told[0]["sentence"] == INTERNAL_ERROR
    assert not tab.show()[0]["withheld"] and tab.kept is not None and tab.kept.text == OWN


def test_that_drafts_could_not_be_written_is_said(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(tab.pipeline, "compare", fail)
    told = tab.written()
    expect_nothing(told)
    assert (told[0]["state"], told[0]["sentence"]) == ("failed", NOT_WRITTEN)


def test_that_drafts_were_stopped_before_their_first_word_is_said(tab: Tab) -> None:
    tab.session.show_drafts("stopped", "Stopped before the first word.")
    told = shown(tab.session)
    expect_nothing(told)
    assert told[0]["sentence"] == "Stopped before the first word."


def test_a_study_that_is_opened_again_is_as_it_was_left(tab: Tab) -> None:
    tab.written()
    tab.save(OWN)
    views = UploadStore(max_bytes=2**26, reader_bytes=2**26, total_bytes=2**26)
    reopening = StudyReopening(tab.pipeline, tab.records, views, Visitors(None), NOTHING_HELD)

    def opened_again(attempt: int) -> list[Shown]:
        session = ReadingSession()
        event: Any = SimpleNamespace(_data={"study": study, "choice": attempt, "attempt": attempt})
        told = [answer[:5] for answer in reopening.open_again(session, tab.request, event)]
        assert told[-1][0]["texts"][-1] | {"drafts_id": ""} == {
            "text": OWN, "started_from": "empty", "drafts_id": "", "revision": 1
        }  # fmt: skip
        return told  # type: ignore[return-value]

    study = tab.study
    for told in opened_again(1):
        expect_nothing(told)
    tab.show()
    for told in opened_again(2):
        assert told[0]["gaze_on"] and told[1]["fixations"] and not told[0]["withheld"]


@pytest.mark.parametrize("read_first", [True, False])
def test_a_film_comes_as_the_page_asks_and_its_lateral_as_it_does(
    film_of: Callable[[int], Radiograph], request_of: Any, read_first: bool
) -> None:
    arriving = Arriving(film_of, request_of("reader"))
    arriving.let_go(b"1", b"2", b"3")
    arriving.more = {"read_first": read_first}
    _, drafts = arriving.open(b"1", 1)
    assert drafts["withheld"] is arriving.session.withholds is read_first
    begun = arriving.session.read_first
    arriving.more = {"read_first": not read_first}
    arriving.open(b"2", 1, View.LATERAL)
    assert arriving.session.read_first is begun
    arriving.open(b"3", 2)
    assert arriving.session.withholds is not read_first


def test_a_study_that_is_held_no_longer_withholds_nothing(tab: Tab) -> None:
    tab.session.let_go()
    assert not tab.session.withholds
    assert shown(tab.session)[0]["state"] == "empty"
