"""What the controls mean, and what a pass over the drafts shows, keeps and leaves undone."""

import inspect
import threading
from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

import app.page.viewer
from app.page.draft_pass import BegunPass, Pass, decoding_settings
from app.page.drafting import DraftWriter, shown, stop_writing
from app.page.findings_panel import findings_value
from app.page.session import OpenFilm, ReadingSession
from app.records import EventKind, RecordStore, Verdict, Word
from app.records.tables import Case, Drafts, Event, FindingVerdict
from app.visitors import Visitors
from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.imaging.films import dicom, ramp

pytestmark = pytest.mark.thorough


def test_the_controls_give_decoding_settings() -> None:
    assert decoding_settings("greedy", None, None) == DecodingSettings(method="greedy")
    assert decoding_settings("beam", 3, 4) == DecodingSettings(method="beam")
    assert decoding_settings("sample", 0.7, 12.0) == DecodingSettings(method="sample", temperature=0.7, seed=12)


@pytest.mark.parametrize(("temperature", "seed"), [(None, 0), (1, None), (1, 0.5), (1, -1), (1, 2**32)])
def test_sampling_without_temperature_or_seed_is_refused_in_words(
    temperature: float | None, seed: float | None
) -> None:
    with pytest.raises(ValueError, match="a variety and, as their draw number, a whole number from 0 to 4294967295"):
        decoding_settings("sample", temperature, seed)


def test_drafts_that_are_asked_for_once_more_while_they_wait_are_not_begun(
    pipeline: Gaze2ReportPipeline, records: RecordStore, session: ReadingSession, request_of: Any
) -> None:
    writer = DraftWriter(pipeline, records, Visitors(None), is_overtaken=lambda _: True)
    for write in (writer.write, writer.write_if_due):
        (answer,) = write(session, request_of("reader"), "greedy", 1, 0, False, None)
        assert answer[0] == session.drafts and session.needs_drafts
        assert session.scanpath is None and not session.may_stop


def test_a_temperature_out_of_range_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="variety must be between"):
        decoding_settings("sample", 9, 0)


def test_films_stay_where_the_reader_sees_them_with_their_gaze_whatever_their_headers_say() -> None:
    films = [Radiograph.from_bytes(dicom(ramp(), ViewPosition=position)) for position in ("LL", "PA")]
    frontal, lateral = (OpenFilm(film, "token", 60, 40, 1.0, 0.0) for film in films)
    begun = BegunPass(frontal, lateral, {}, {}, {}, threading.Event())
    examination = Pass(begun, "reader", DecodingSettings(), "").examination
    assert [examination.frontal, examination.lateral] == films


@pytest.fixture
def writer(pipeline: Gaze2ReportPipeline, records: RecordStore, monkeypatch: pytest.MonkeyPatch) -> DraftWriter:
    """A writer that shows every word."""
    monkeypatch.setattr("app.page.running_pass.BETWEEN_UPDATES", 0)
    return DraftWriter(pipeline, records, Visitors(None))


def kept(records: RecordStore) -> list[Any]:
    with records.engine.connect() as connection:
        return list(connection.execute(select(Drafts)))


def begin_writing(shown: Generator[Any, None, None]) -> dict[str, Any]:
    """Go on until the first words are there. Returns what the drafts show."""
    return next(drafts for drafts, *_ in shown if drafts["state"] == "writing" and drafts["gaze_on"])


def test_a_pass_shows_gaze_then_words_then_the_end_and_keeps_both_drafts(
    writer: DraftWriter, session: ReadingSession, records: RecordStore, request_of: Any
) -> None:
    states, paths = [], []
    for drafts, viewer, _, again, stop in writer.write_if_due(
        session, request_of("reader"), "greedy", 1, 0, False, None
    ):
        states.append(drafts["state"])
        paths.append(len(viewer["fixations"]))
        assert again["interactive"] != stop["interactive"]
    assert list(dict.fromkeys(states)) == ["waiting", "writing", "finished"]
    assert paths[0] == 0 and paths[states.index("writing")] == paths[-1] > 0
    (row,) = kept(records)
    assert session.drafts["drafts_id"] == row.id
    assert "".join(run["text"] for run in session.drafts["gaze_on"]) == row.gaze_on
    assert row.settings["method"] == "greedy" and "stopped" not in row.settings
    assert row.settings["guidance"] == 1.0, "the model's own, of which the controls say nothing"
    assert not session.needs_drafts
    shown_again = list(writer.write_if_due(session, request_of("reader"), "greedy", 1, 0, False, None))
    assert [drafts for drafts, *_ in shown_again] == [session.drafts]
    assert len(kept(records)) == 1


def test_writing_again_stays_in_the_same_case(
    writer: DraftWriter, session: ReadingSession, records: RecordStore, request_of: Any
) -> None:
    for method in ("greedy", "beam"):
        list(writer.write(session, request_of("reader"), method, 1, 0, False, None))
    assert [row.settings["method"] for row in kept(records)] == ["greedy", "beam"]
    with records.engine.connect() as connection:
        assert len(connection.execute(select(Case)).all()) == 1


@pytest.mark.parametrize("write", ["insert_event", "give"])
def test_what_was_judged_before_the_first_drafts_is_kept_although_a_write_failed_for_a_moment(
    writer: DraftWriter,
    session: ReadingSession,
    records: RecordStore,
    request_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    write: str,
) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("INSERT", {}, OSError())

    session.findings.words[Finding.EDEMA] = Word(Verdict.CONFIRMED)
    with monkeypatch.context() as away:
        away.setattr(f"app.records.store.{write}", fail)
        list(writer.write(session, request_of("reader"), "greedy", 1, 0, False, None))
    assert session.drafts["state"] == "failed" and kept(records) == []
    list(writer.write(session, request_of("reader"), "greedy", 1, 0, False, None))
    (drafts,) = kept(records)
    with records.engine.connect() as connection:
        verdicts = connection.execute(select(FindingVerdict).where(FindingVerdict.case_id == drafts.case_id)).all()
        events = connection.scalars(select(Event.kind).where(Event.case_id == drafts.case_id)).all()
    assert [(one.finding, one.verdict) for one in verdicts] == [("Edema", "confirmed")]
    assert list(events) == [EventKind.FILM_OPENED]


def test_stop_ends_the_pass_and_keeps_what_was_written(
    writer: DraftWriter, session: ReadingSession, records: RecordStore, request_of: Any
) -> None:
    shown = writer.write(session, request_of("reader"), "sample", 2, 7, False, None)
    begin_writing(shown)
    assert stop_writing(session)["interactive"] is False
    *_, (drafts, _, _, again, _) = shown
    assert drafts["state"] == "stopped" and again["interactive"] is True
    (row,) = kept(records)
    assert row.settings["stopped"] is True and row.gaze_on
    assert drafts["drafts_id"] == row.id


def test_stop_ends_a_beam_search_within_a_token_and_keeps_its_likeliest_beginnings(
    writer: DraftWriter, session: ReadingSession, records: RecordStore, request_of: Any
) -> None:
    calls: list[int] = []

    def stop_at_the_fourth(*_: object) -> None:
        calls.append(1)
        if len(calls) == 4:
            stop_writing(session)

    hook = writer.pipeline.model.language_model.register_forward_pre_hook(stop_at_the_fourth)
    try:
        *_, (drafts, _, _, again, _) = writer.write(session, request_of("reader"), "beam", 1, 0, False, None)
    finally:
        hook.remove()
    assert len(calls) == 4
    assert drafts["state"] == "stopped" and again["interactive"] is True
    (row,) = kept(records)
    assert (row.settings["method"], row.settings["stopped"]) == ("beam", True)
    assert row.gaze_on and row.gaze_off


def test_what_is_stopped_while_gaze_is_predicted_keeps_nothing(
    writer: DraftWriter, session: ReadingSession, records: RecordStore, request_of: Any
) -> None:
    shown = writer.write(session, request_of("reader"), "greedy", 1, 0, False, None)
    next(shown)
    stop_writing(session)
    *_, (drafts, *_) = shown
    assert (drafts["state"], drafts["sentence"]) == ("stopped", "Stopped before the first word.")
    assert kept(records) == []


def test_closing_the_stream_closes_the_models_own(
    writer: DraftWriter, session: ReadingSession, request_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare, streams = writer.pipeline.compare, []

    def watched(*films: Any, **options: Any) -> Any:
        streams.append(compare(*films, **options))
        return streams[-1]

    monkeypatch.setattr(writer.pipeline, "compare", watched)
    shown = writer.write(session, request_of("reader"), "sample", 2, 7, False, None)
    begin_writing(shown)
    shown.close()
    assert [inspect.getgeneratorstate(stream) for stream in streams] == [inspect.GEN_CLOSED]
    assert session.may_write


def test_drafts_that_nobody_heard_the_end_of_are_due_when_the_page_is_back(
    writer: DraftWriter, session: ReadingSession, request_of: Any
) -> None:
    session.needs_drafts = False
    shown = writer.write(session, request_of("reader"), "sample", 2, 7, False, None)
    begin_writing(shown)
    shown.close()
    *_, (drafts, *_) = writer.write_if_due(session, request_of("reader"), "greedy", 1, 0, False, None)
    assert drafts["state"] == "finished"
    assert not session.needs_drafts


def test_what_is_written_for_a_reader_ends_within_a_token_of_their_sign_in_and_is_due_should_they_come_back(
    writer: DraftWriter, session: ReadingSession, records: RecordStore, signed_in: tuple[Visitors, Any]
) -> None:
    writer.visitors, request = signed_in
    shown = writer.write(session, request, "sample", 2, 7, False, None)
    begin_writing(shown)
    words = session.drafts["gaze_on"]
    writer.visitors.sign_out(request.state.visitor)
    assert all(drafts["gaze_on"] == words for drafts, *_ in shown)
    assert kept(records) == [] and session.needs_drafts and not session.may_stop
    assert [drafts["gaze_on"] for drafts, *_ in writer.write_if_due(session, request, "greedy", 1, 0, False, None)] == [
        words
    ]
    request.state.visitor = writer.visitors.known_by(writer.visitors.sign_in("ada"))
    *_, (drafts, *_) = writer.write_if_due(session, request, "greedy", 1, 0, False, None)
    assert drafts["state"] == "finished" and len(kept(records)) == 1


def test_a_beam_search_ends_within_a_token_of_the_sign_in_of_its_reader(
    writer: DraftWriter, session: ReadingSession, records: RecordStore, signed_in: tuple[Visitors, Any]
) -> None:
    writer.visitors, request = signed_in
    calls: list[int] = []

    def sign_out_at_the_fourth(*_: object) -> None:
        calls.append(1)
        if len(calls) == 4:
            writer.visitors.sign_out(request.state.visitor)

    hook = writer.pipeline.model.language_model.register_forward_pre_hook(sign_out_at_the_fourth)
    try:
        list(writer.write(session, request, "beam", 1, 0, False, None))
    finally:
        hook.remove()
    assert len(calls) == 4
    assert kept(records) == [] and session.needs_drafts


def test_drafts_cut_off_while_the_accounts_could_not_be_read_for_a_moment_are_not_kept_as_stopped_by_the_reader(
    writer: DraftWriter,
    session: ReadingSession,
    records: RecordStore,
    request_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusals: list[bool] = []
    monkeypatch.setattr(writer.visitors, "may_enter", lambda _: refusals.pop() if refusals else True)
    shown = writer.write(session, request_of("reader"), "sample", 2, 7, False, None)
    begin_writing(shown)
    refusals.append(False)
    assert {drafts["state"] for drafts, *_ in shown} == {"writing"}
    assert kept(records) == [] and session.needs_drafts


def test_drafts_that_were_stopped_are_not_due_although_nobody_heard_of_it(
    writer: DraftWriter, session: ReadingSession, request_of: Any
) -> None:
    session.needs_drafts = False
    shown = writer.write(session, request_of("reader"), "sample", 2, 7, False, None)
    begin_writing(shown)
    stop_writing(session)
    shown.close()
    assert not session.needs_drafts


def test_a_pass_whose_film_was_replaced_shows_and_keeps_nothing_more(
    writer: DraftWriter, session: ReadingSession, records: RecordStore, film: Radiograph, request_of: Any
) -> None:
    shown = writer.write(session, request_of("reader"), "sample", 2, 7, False, None)
    begin_writing(shown)
    session.place(OpenFilm(film, "next", 30, 40, 1.0, 0.0), View.FRONTAL)
    left = [(drafts["film"], drafts["state"]) for drafts, *_ in shown]
    assert set(left) == {("next", "waiting")}
    assert kept(records) == []


def test_a_setting_that_is_refused_is_said_where_the_drafts_are(
    writer: DraftWriter, session: ReadingSession, request_of: Any
) -> None:
    *_, (drafts, _, _, again, _) = writer.write(session, request_of("reader"), "sample", None, 0, False, None)
    assert drafts["state"] == "failed" and "need a variety" in drafts["sentence"]
    assert again["interactive"] is True


def test_a_setting_that_is_refused_costs_no_finished_drafts(
    writer: DraftWriter, session: ReadingSession, records: RecordStore, request_of: Any
) -> None:
    *_, (written, *_) = writer.write(session, request_of("reader"), "greedy", 1, 0, False, None)
    *_, (drafts, _, findings, *_) = writer.write(session, request_of("reader"), "sample", 9, 0, False, None)
    assert drafts["state"] == "failed" and "variety must be between" in drafts["sentence"]
    kept_alive = ("drafts_id", "film", "gaze_on", "gaze_off", "gaze")
    assert {name: drafts[name] for name in kept_alive} == {name: written[name] for name in kept_alive}
    assert findings["disagreements"] == findings_value(session)["disagreements"]
    assert len(kept(records)) == 1


def test_what_other_packages_say_of_an_error_is_not_shown(
    writer: DraftWriter,
    session: ReadingSession,
    request_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Torch and numpy raise `ValueError` too, with words that may come from a film or a report."""

    def fail(*films: Any, **options: Any) -> Any:
        raise ValueError("operands could not be broadcast together: Mustermann^Erika")

    monkeypatch.setattr(writer.pipeline, "compare", fail)
    *_, (drafts, _, _, again, _) = writer.write(session, request_of("reader"), "greedy", 1, 0, False, None)
    assert drafts["state"] == "failed" and again["interactive"] is True
    assert drafts["sentence"].startswith("The drafts could not be written because of an internal error")
    assert [record.message for record in caplog.records] == ["The drafts could not be written"]


def test_what_is_refused_is_said_in_the_words_of_the_controls_and_is_no_error(
    writer: DraftWriter, session: ReadingSession, request_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    *_, (drafts, *_) = writer.write(session, request_of("reader"), "sample", 9, 0, False, None)
    assert drafts["state"] == "failed" and drafts["sentence"] == "The variety must be between 0.05 and 5."
    assert caplog.records == []


def test_drafts_film_gaze_and_findings_are_shown_of_one_film_while_another_is_opened(
    session: ReadingSession, film: Radiograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.gaze.adopt(Scanpath.empty(GazeSource.PREDICTED))
    opening = threading.Thread(target=session.place, args=(OpenFilm(film, "next", 30, 40, 1.0, 0.0), View.FRONTAL))
    told = app.page.viewer._film_value

    def interrupted(*of_film: Any) -> dict[str, Any]:
        opening.start()
        opening.join(0.3)
        return told(*of_film)

    monkeypatch.setattr("app.page.viewer._film_value", interrupted)
    drafts, seen, findings, *_ = shown(session)
    opening.join()
    assert (drafts["film"], seen["films"]["frontal"]["token"], findings["film"]) == ("token",) * 3
    assert seen["gaze_source"] == "predicted" and seen["gaze"]["adopted"] is not None
    assert session.drafts["film"] == "next" and session.scanpath is None
