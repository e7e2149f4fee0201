"""Events: what else readers did, beside texts, for reading-time studies and the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert

from app.records.rows import new_id, own_case, own_drafts
from app.records.tables import Event
from app.records.text import storable, storable_json


class EventKind(StrEnum):
    """What is worth keeping beside texts; extended by what the page can do."""

    FILM_OPENED = "film_opened"
    FIRST_KEYSTROKE = "first_keystroke"
    LAST_KEYSTROKE = "last_keystroke"
    GENERATION_STOPPED = "generation_stopped"
    EXPORTED = "exported"
    EXPORTED_BY_OPERATOR = "exported_by_operator"
    ERASED_BY_OPERATOR = "erased_by_operator"
    STUDY_REOPENED = "study_reopened"
    STUDY_DISCARDED = "study_discarded"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True)
class Happening:
    """What a reader did, or what was done with what is theirs, in which case or with which drafts.

    Details are figures that belong to it: no names, no texts.
    """

    reader: str
    kind: EventKind
    case_id: str | None = None
    drafts_id: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def insert_event(connection: Connection, happening: Happening, now: datetime) -> None:
    """Add the event. Raises `UnknownRecord`."""
    if happening.case_id is not None:
        own_case(connection, happening.case_id, happening.reader)
    if happening.drafts_id is not None:
        own_drafts(connection, happening.drafts_id, happening.reader)
    row = {
        "id": new_id(),
        "reader": storable(happening.reader),
        "kind": happening.kind.value,
        "case_id": happening.case_id,
        "drafts_id": happening.drafts_id,
        "details": storable_json(dict(happening.details)),
        "happened_at": now,
    }
    connection.execute(insert(Event), [row])
