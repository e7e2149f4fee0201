"""What readers did, kept for good: cases, drafts, revisions, corrections, events. Rows are only ever added."""

from app.records.corrections import CorrectionSummary
from app.records.database import RecordsUnavailable
from app.records.errors import Change, StaleEdit, TextTooLong, UnknownRecord, WriteIdReused
from app.records.lines import CorrectionLine
from app.records.reasons import Reason, StartedFrom
from app.records.store import DraftPair, EventKind, RecordStore

__all__ = [
    "Change",
    "CorrectionLine",
    "CorrectionSummary",
    "DraftPair",
    "EventKind",
    "Reason",
    "RecordStore",
    "RecordsUnavailable",
    "StaleEdit",
    "StartedFrom",
    "TextTooLong",
    "UnknownRecord",
    "WriteIdReused",
]
