"""What the viewer asks for: queries, other readers, recordings, files to take along, and drafts with steered gaze."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.page.drafting import DraftWriter
from app.page.gaze_exports import export_gaze
from app.page.gaze_messages import MOST_FIXATIONS, SteeredGaze
from app.page.sent_recording import LARGEST_RECORDING, read_sent_recording
from app.page.session import OpenFilm, ReadingSession
from app.page.steering import NONE_OF_THEM, READERS, WHICH, GazeSteering
from app.records import RecordStore
from app.records.tables import Event
from app.uploads import UploadGone, UploadStore
from app.visitors import Visitors
from app.web.logs import JsonLines
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze_query import NO_FINDING_KNOWN
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline

pytestmark = pytest.mark.thorough

RECORDED = Path(__file__).parents[2] / "data" / "gaze"
RECORDING = b"x,y,duration\n0.25,0.5,0.5\n0.75,0.25,1.5\n"


def said(**data: Any) -> Any:
    """An event of the viewer's, about the film that is on the screen."""
    return SimpleNamespace(_data={"film": "token", "number": 1, **data})


@pytest.fixture
def uploads() -> UploadStore:
    return UploadStore(max_bytes=2**20, reader_bytes=2**20, total_bytes=2**20)


@pytest.fixture
def views() -> UploadStore:
    return UploadStore(max_bytes=2**24, reader_bytes=2**24, total_bytes=2**24)


@pytest.fixture
def steering(
    pipeline: Gaze2ReportPipeline, records: RecordStore, uploads: UploadStore, views: UploadStore
) -> GazeSteering:
    return GazeSteering(pipeline, records, uploads, views, Visitors(None))


@pytest.fixture
def predicted(session: ReadingSession, pipeline: Gaze2ReportPipeline) -> Scanpath:
    """The gaze that was predicted for the film that is open."""
    assert session.frontal is not None
    scanpath = pipeline.predict_gaze(session.frontal.radiograph)
    session.gaze.adopt(scanpath)
    return scanpath


def test_a_query_is_answered_for_its_finding(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath
) -> None:
    answer = steering.ask(session, said(query="Where would a reader look for cardiomegaly?"))["gaze"]["answer"]
    assert session.frontal is not None
    expected = steering.pipeline.predict_gaze(session.frontal.radiograph, "cardiomegaly")
    assert (answer["query"], answer["source"]) == ("cardiomegaly", "predicted")
    assert answer["fixations"] == expected.to_fixations()
    assert session.scanpath is predicted


@pytest.mark.parametrize(
    ("query", "word"),
    [("support devices", None), ("an enlarged heart", None), ("no effusion", None), ("Zwiebelfisch", NO_FINDING_KNOWN)],
)
def test_an_answer_to_words_that_name_no_finding_is_called_a_guess(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath, query: str, word: str | None
) -> None:
    told = steering.ask(session, said(query=query))["gaze"]
    assert told["answer"]["query"] == query
    assert (told["word"] and told["word"]["sentence"]) == word


def test_other_words_for_a_finding_are_answered_for_the_finding_and_kept_as_they_were_typed(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath
) -> None:
    answer = steering.ask(session, said(query="pacemaker"))["gaze"]["answer"]
    assert session.frontal is not None
    expected = steering.pipeline.predict_gaze(session.frontal.radiograph, "support devices")
    assert (answer["query"], answer["fixations"]) == ("pacemaker", expected.to_fixations())


def test_several_readers_are_shown_and_none_of_them_is_used(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath
) -> None:
    readers = steering.read_as_others(session, said(query=None))["gaze"]["readers"]
    assert len(readers) == READERS and all(readers)
    assert readers[0] != readers[1]
    assert session.scanpath is predicted


def test_readers_of_an_earlier_query_do_not_come_after_the_answer_to_a_later_one(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_gaze = steering.pipeline.sample_gaze

    def overtaken(*films: Any, **options: Any) -> list[Scanpath]:
        steering.ask(session, said(query="cardiomegaly"))
        return sample_gaze(*films, **options)

    steering.ask(session, said(query="pneumothorax"))
    monkeypatch.setattr(steering.pipeline, "sample_gaze", overtaken)
    told = steering.read_as_others(session, said(query="pneumothorax"))["gaze"]
    assert (told["answer"]["query"], told["readers"]) == ("cardiomegaly", [])
    assert told["answered"] == 3


@pytest.mark.parametrize("later", ["a query", "a recording"])
def test_what_was_asked_for_last_stands_though_it_is_answered_first(
    steering: GazeSteering,
    session: ReadingSession,
    predicted: Scanpath,
    uploads: UploadStore,
    request_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    later: str,
) -> None:
    predict_gaze, token = steering.pipeline.predict_gaze, uploads.put("session-reader", RECORDING)

    def overtaken(*films: Any, **options: Any) -> Scanpath:
        monkeypatch.setattr(steering.pipeline, "predict_gaze", predict_gaze)
        if later == "a query":
            steering.ask(session, said(query="cardiomegaly", number=2))
        else:
            steering.take_recording(session, request_of("reader"), said(token=token, number=2))
        return predict_gaze(*films, **options)

    monkeypatch.setattr(steering.pipeline, "predict_gaze", overtaken)
    told = steering.ask(session, said(query="pneumothorax", number=1))
    answered = (told["gaze"]["answer"] or {}).get("query"), told["gaze_source"], told["gaze"]["answered"]
    assert answered == (("cardiomegaly", "predicted", 2) if later == "a query" else (None, "recorded", 2))


@pytest.mark.parametrize("later", [b"x,y\n0.5,0.5\n", (RECORDED / "siim_gaze.json").read_bytes()])
def test_a_recording_that_is_refused_or_waits_for_a_choice_does_not_outdate_a_slower_query(
    steering: GazeSteering,
    session: ReadingSession,
    predicted: Scanpath,
    uploads: UploadStore,
    request_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    later: bytes,
) -> None:
    predict_gaze, token = steering.pipeline.predict_gaze, uploads.put("session-reader", later)

    def slow(*films: Any, **options: Any) -> Scanpath:
        steering.take_recording(session, request_of("reader"), said(token=token, number=2))
        return predict_gaze(*films, **options)

    monkeypatch.setattr(steering.pipeline, "predict_gaze", slow)
    assert steering.ask(session, said(query="pneumothorax", number=1))["gaze"]["answer"]["query"] == "pneumothorax"


def test_a_slower_recording_does_not_come_in_the_place_of_one_that_was_sent_later(
    steering: GazeSteering,
    session: ReadingSession,
    predicted: Scanpath,
    uploads: UploadStore,
    request_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens = [uploads.put("session-reader", b"x,y,duration\n%s,0.5,0.5\n" % x) for x in (b"0.25", b"0.75")]

    def slow(*sent: Any) -> Any:
        monkeypatch.setattr("app.page.steering.read_sent_recording", read_sent_recording)
        steering.take_recording(session, request_of("reader"), said(token=tokens[1], number=2))
        return read_sent_recording(*sent)

    monkeypatch.setattr("app.page.steering.read_sent_recording", slow)
    shown = steering.take_recording(session, request_of("reader"), said(token=tokens[0], number=1))
    assert [one["x"] for one in shown["fixations"]] == [0.75]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_recording_takes_the_place_of_the_prediction(
    steering: GazeSteering,
    session: ReadingSession,
    predicted: Scanpath,
    uploads: UploadStore,
    request_of: Any,
    coding: str,
) -> None:
    token = uploads.put("session-reader", RECORDING.decode().encode(coding))
    shown = steering.take_recording(session, request_of("reader"), said(token=token))
    assert shown["gaze_source"] == "recorded"
    assert shown["fixations"] == [{"x": 0.25, "y": 0.5, "duration": 0.5}, {"x": 0.75, "y": 0.25, "duration": 1.5}]
    assert not shown["gaze"]["word"]["refused"]
    with pytest.raises(UploadGone):
        uploads.read("session-reader", token)


def test_a_saved_prediction_that_is_opened_again_is_called_edited_and_a_note_says_why(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath, uploads: UploadStore, request_of: Any
) -> None:
    saved = {"scanpath": predicted.to_fixations(), "gaze": "predicted"}
    token = uploads.put("session-reader", json.dumps(saved).encode())
    shown = steering.take_recording(session, request_of("reader"), said(token=token))
    assert (shown["gaze_source"], shown["fixations"]) == ("edited", predicted.to_fixations())
    assert "predicted by a model" in shown["gaze"]["word"]["sentence"]
    assert "marked as edited" in shown["gaze"]["word"]["sentence"]


def test_of_several_recordings_the_reader_chooses_one(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath, uploads: UploadStore, request_of: Any
) -> None:
    token = uploads.put("session-reader", (RECORDED / "siim_gaze.json").read_bytes())
    gaze = steering.take_recording(session, request_of("reader"), said(token=token))["gaze"]
    assert session.scanpath is predicted
    assert gaze["word"]["sentence"] == WHICH
    assert "1.2.3.4/Pneumothorax" in gaze["choice"]["names"] and len(gaze["choice"]["names"]) == 2
    chosen = said(token=gaze["choice"]["token"], recording="1.2.3.4/Pneumothorax")
    shown = steering.take_recording(session, request_of("reader"), chosen)
    assert (shown["gaze_source"], shown["gaze"]["choice"]) == ("recorded", None)
    assert [round(one["x"], 2) for one in shown["fixations"]] == [0.25, 0.75]
    with pytest.raises(UploadGone):
        uploads.read("session-reader", token)


def test_a_name_that_no_recording_has_leaves_the_file_and_the_choice(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath, uploads: UploadStore, request_of: Any
) -> None:
    token = uploads.put("session-reader", (RECORDED / "siim_gaze.json").read_bytes())
    first = steering.take_recording(session, request_of("reader"), said(token=token))["gaze"]
    wrong = steering.take_recording(session, request_of("reader"), said(token=token, recording="1.2.3.9"))["gaze"]
    assert (wrong["word"]["sentence"], wrong["word"]["refused"]) == (NONE_OF_THEM, True)
    assert (
        wrong["choice"]["names"] == first["choice"]["names"] and wrong["choice"]["number"] > first["choice"]["number"]
    )
    assert session.scanpath is predicted
    shown = steering.take_recording(session, request_of("reader"), said(token=token, recording="1.2.3.4/PNEUMOTHORAX"))
    assert (shown["gaze_source"], shown["gaze"]["choice"]) == ("recorded", None)


@pytest.mark.parametrize("data", [b"x,y\n0.5,0.5\n", b"\xff\xfe\x00", b"x,y,duration\n0.5,0.5,nan\n"])
def test_a_recording_that_is_none_is_refused_with_a_sentence_and_changes_nothing(
    steering: GazeSteering,
    session: ReadingSession,
    predicted: Scanpath,
    uploads: UploadStore,
    request_of: Any,
    data: bytes,
) -> None:
    token = uploads.put("session-reader", data)
    word = steering.take_recording(session, request_of("reader"), said(token=token))["gaze"]["word"]
    assert word["refused"] and word["sentence"].endswith(".")
    assert session.scanpath is predicted


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff" * (2 * LARGEST_RECORDING), "has 64 MB, and files of more than 32 MB are not read here. Export"),
        (b"x,y,duration\n" + b".5,.5,.01\n" * (MOST_FIXATIONS + 1), "more than 5,000 fixations of one recording"),
    ],
    ids=["bytes", "fixations"],
)
def test_a_recording_that_is_too_large_is_refused(
    steering: GazeSteering,
    session: ReadingSession,
    predicted: Scanpath,
    uploads: UploadStore,
    request_of: Any,
    data: bytes,
    sentence: str,
) -> None:
    """The first is no text, which would be said if it were decoded."""
    uploads.max_bytes = uploads.reader_bytes = uploads.total_bytes = 2 * LARGEST_RECORDING
    token = uploads.put("session-reader", data)
    word = steering.take_recording(session, request_of("reader"), said(token=token))["gaze"]["word"]
    assert word["refused"] and sentence in word["sentence"]
    assert session.scanpath is predicted


def test_another_browsers_recording_is_not_there(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath, uploads: UploadStore, request_of: Any
) -> None:
    token = uploads.put("session-of-another", RECORDING)
    word = steering.take_recording(session, request_of("reader"), said(token=token))["gaze"]["word"]
    assert word["refused"] and "no longer held" in word["sentence"]
    assert session.scanpath is predicted


def test_what_is_asked_for_a_film_that_has_left_changes_nothing(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath
) -> None:
    assert steering.ask(session, said(film="of another film", query="effusion"))["gaze"]["answer"] is None


def test_files_are_of_the_gaze_as_it_is_shown_and_wait_for_one_browser(
    steering: GazeSteering,
    session: ReadingSession,
    predicted: Scanpath,
    views: UploadStore,
    records: RecordStore,
    request_of: Any,
) -> None:
    fixations = [{"x": 0.5, "y": 0.5, "duration": 0.2}]

    def exported(what: str, sequence: int) -> tuple[str, str, bytes]:
        gaze = {"film": "token", "adopted": 1, "sequence": sequence, "fixations": fixations}
        file = steering.export(session, request_of("reader"), said(what=what, gaze=gaze))["gaze"]["file"]
        with pytest.raises(UploadGone):
            views.read("session-of-another", file["token"])
        held = views.look("session-reader", file["token"])
        return file["name"], held.media_type, held.data

    name, media_type, data = exported("scanpath", 1)
    assert (name, media_type) == ("gaze2report-scanpath.json", "application/json")
    scanpath = json.loads(data)
    assert (scanpath["scanpath"], scanpath["gaze"]) == (fixations, "edited")
    assert scanpath["patch_durations"][7][7] == 0.2
    name, media_type, data = exported("overlay", 2)
    assert (name, media_type, Image.open(io.BytesIO(data)).format) == ("gaze2report-overlay.png", "image/png", "PNG")
    name, media_type, data = exported("playback", 3)
    moving = Image.open(io.BytesIO(data))
    assert (name, media_type, moving.format) == ("gaze2report-playback.gif", "image/gif", "GIF")
    assert moving.n_frames > 1  # type: ignore[attr-defined]
    with records.engine.connect() as connection:
        events = connection.execute(select(Event.kind, Event.details)).all()
    assert [(kind, details["what"]) for kind, details in events] == [
        ("exported", "scanpath"), ("exported", "overlay"), ("exported", "playback"),
    ]  # fmt: skip


@pytest.mark.parametrize("fixations", [[{"x": 0.5, "y": 0.5, "duration": 2.0}], []])
def test_drafts_are_written_with_the_gaze_in_hand_and_say_whose_it_is_up_to_the_exported_line(
    pipeline: Gaze2ReportPipeline,
    records: RecordStore,
    session: ReadingSession,
    predicted: Scanpath,
    request_of: Any,
    fixations: list[dict[str, float]],
) -> None:
    writer = DraftWriter(pipeline, records, Visitors(None))
    in_hand = {"film": "token", "adopted": 1, "sequence": 1, "fixations": fixations}
    *_, (drafts, viewer, *_) = writer.write(session, request_of("reader"), "greedy", 1, 0, False, None, in_hand)
    assert viewer["gaze_source"] == "edited" and viewer["fixations"] == fixations
    assert drafts["gaze"] == {"source": "edited", "asked": None, "fixations": fixations}
    records.submit(drafts["drafts_id"], "reader", "The lungs are clear.", "gaze_on", [], 0)
    (line,) = (json.loads(one) for one in records.correction_lines("reader"))
    assert (line["gaze_source"], line["scanpath"]) == ("edited", fixations)
    expected = Scanpath.from_fixations(fixations, GazeSource.EDITED).patch_durations().tolist()
    assert line["patch_durations"] == expected


@pytest.mark.parametrize("share", [1.0, 0.25, 0.0])
def test_drafts_say_what_was_asked_of_their_gaze_up_to_the_exported_line(
    steering: GazeSteering,
    records: RecordStore,
    session: ReadingSession,
    predicted: Scanpath,
    request_of: Any,
    share: float,
) -> None:
    steering.ask(session, said(query="Where would a reader look for Zwiebelfisch?"))
    writer = DraftWriter(steering.pipeline, records, Visitors(None))
    blend = {"film": "token", "adopted": 1, "sequence": 1, "offer": 1, "other": 2, "share": share}
    *_, (drafts, *_) = writer.write(session, request_of("reader"), "greedy", 1, 0, False, None, blend)
    told = {"query": "Zwiebelfisch", "share": share} if share > 0 else None
    assert drafts["gaze"]["asked"] == told
    records.submit(drafts["drafts_id"], "reader", "The lungs are clear.", "gaze_on", [], 0)
    (line,) = (json.loads(one) for one in records.correction_lines("reader"))
    assert (line["gaze_query"], line["gaze_source"]) == (told, "predicted")


def test_a_saved_scanpath_says_what_it_was_predicted_for_and_its_pictures_only_that_something_was_asked(
    steering: GazeSteering, session: ReadingSession, predicted: Scanpath, monkeypatch: pytest.MonkeyPatch
) -> None:
    steering.ask(session, said(query="Where would a reader look for Zwiebelfisch?"))
    gaze = session.gaze
    gaze.steer(SteeredGaze(film="token", adopted=1, sequence=1, offer=1, other=2, share=0.25))
    assert gaze.in_use is not None and session.frontal is not None
    film = session.frontal.radiograph
    saved = json.loads(export_gaze("scanpath", film, gaze.in_use, gaze.asked, steering.pipeline).data)
    assert saved["gaze_query"] == {"query": "Zwiebelfisch", "share": 0.25}
    titles = []
    monkeypatch.setattr(
        "gaze2report_core.drawing.overlay.overlay_title", lambda *_, for_a_query: titles.append(for_a_query) or ""
    )
    export_gaze("overlay", film, gaze.in_use, gaze.asked, steering.pipeline)
    export_gaze("overlay", film, gaze.in_use, None, steering.pipeline)
    assert titles == [True, False]


def test_while_the_records_are_away_a_file_is_refused_with_their_sentence(
    steering: GazeSteering,
    records: RecordStore,
    session: ReadingSession,
    predicted: Scanpath,
    request_of: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    records.engine.dispose()
    Path(str(records.engine.url.database)).write_bytes(b"no database " * 4096)
    gaze = {"film": "token", "adopted": 1, "sequence": 1, "offer": 1}
    word = steering.export(session, request_of("reader"), said(what="scanpath", gaze=gaze))["gaze"]["word"]
    assert word["refused"] and "The records cannot be reached at the moment" in word["sentence"]
    assert "Gaze could not be steered" not in caplog.text


def test_what_was_asked_is_in_no_log_and_in_no_name_or_event_of_a_file(
    steering: GazeSteering,
    records: RecordStore,
    session: ReadingSession,
    predicted: Scanpath,
    request_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    steering.ask(session, said(query="Zwiebelfisch"))
    gaze = {"film": "token", "adopted": 1, "sequence": 1, "offer": 2}
    file = steering.export(session, request_of("reader"), said(what="scanpath", gaze=gaze))["gaze"]["file"]
    with records.engine.connect() as connection:
        events = connection.execute(select(Event)).all()
    assert session.gaze.asked is not None and session.gaze.asked.query == "Zwiebelfisch"

    def fail(film: Any, query: str) -> None:
        raise ValueError(query)

    monkeypatch.setattr(steering.pipeline, "predict_gaze", fail)
    word = steering.ask(session, said(query="Zwiebelfisch"))["gaze"]["word"]
    (record,) = caplog.records
    assert record.getMessage() == "Gaze could not be steered"
    for seen in (JsonLines().format(record), str(events), str(file), str(word)):
        assert "Zwiebelfisch" not in seen


def test_gaze_that_came_while_the_film_was_waiting_is_not_predicted_over(
    pipeline: Gaze2ReportPipeline, records: RecordStore, session: ReadingSession, request_of: Any
) -> None:
    writer = DraftWriter(pipeline, records, Visitors(None))
    shown = writer.write(session, request_of("reader"), "greedy", 1, 0, False, None)
    next(shown)
    recorded = Scanpath.from_fixations([{"x": 0.5, "y": 0.5, "duration": 2.0}], GazeSource.RECORDED)
    session.gaze.adopt(recorded)
    *_, (drafts, *_) = shown
    assert drafts["gaze"]["source"] == "recorded"
    assert session.scanpath is recorded


def test_an_export_belongs_to_the_case_of_its_film_though_another_is_opened_meanwhile(
    steering: GazeSteering,
    session: ReadingSession,
    predicted: Scanpath,
    records: RecordStore,
    film: Radiograph,
    request_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.case_id = of_this_film = records.open_case("reader", film)

    def opened_meanwhile(*what: Any) -> Any:
        session.place(OpenFilm(film, "next", 30, 40, 1.0, 0.0), View.FRONTAL)
        session.case_id = records.open_case("reader", film)
        return export_gaze(*what)

    monkeypatch.setattr("app.page.steering.export_gaze", opened_meanwhile)
    gaze = {"film": "token", "adopted": 1, "sequence": 1, "offer": 1}
    steering.export(session, request_of("reader"), said(what="scanpath", gaze=gaze))
    with records.engine.connect() as connection:
        assert connection.execute(select(Event.case_id)).scalars().all() == [of_this_film]
