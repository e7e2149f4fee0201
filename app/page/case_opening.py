"""The case of the films on the screen: opened with their first drafts, or before anything withheld is shown."""

from typing import TYPE_CHECKING

from app.page.session import ReadingSession
from app.records import EventKind, RecordStore

if TYPE_CHECKING:
    from app.records import ReadFirst


def case_of(session: ReadingSession, store: RecordStore, reader: str, read_first: "ReadFirst | None") -> str:
    """The id of the case, opened with what came before it where there is none. To be asked under the session's lock."""
    if session.case_id is not None:
        return session.case_id
    frontal, lateral = session.frontal, session.lateral
    if frontal is None:
        raise ValueError("there is no case without a frontal film")
    case_id = store.open_case(reader, frontal.radiograph, lateral.radiograph if lateral else None)
    store.record_event(reader, EventKind.FILM_OPENED, case_id=case_id)
    for finding, word in session.findings.words.items():
        store.give_verdict(case_id, reader, finding, word)
    store.keep_read_first(case_id, reader, read_first)
    session.case_id = case_id  # last: where one of these fails, the next to ask opens another case with all of it
    return case_id
