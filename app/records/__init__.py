"""What readers did, kept for good: cases, drafts, revisions, corrections, events.

Rows are only ever added, until whoever runs the server erases a film, a study or a reader (`erasing.py`).
"""

from app.records.corrections import CorrectionSummary
from app.records.drafts import DraftPair
from app.records.edits import Grounds
from app.records.errors import AlreadySignedOff, NewerText, StaleEdit, TextTooLong, UnknownRecord
from app.records.events import EventKind
from app.records.films import FilmLost
from app.records.lines import CorrectionLine, GazeQuery, StudyLine, VerdictsLine
from app.records.read_first import ReadFirst
from app.records.reasons import Reason, StartedFrom
from app.records.store import RecordStore
from app.records.transactions import RecordsUnavailable
from app.records.unfinished_studies import UnfinishedStudies
from app.records.unfinished_study import KeptDrafts, KeptText, UnfinishedStudy
from app.records.verdicts import Verdict, Word

__all__ = [
    "AlreadySignedOff",
    "CorrectionLine",
    "CorrectionSummary",
    "DraftPair",
    "EventKind",
    "FilmLost",
    "GazeQuery",
    "Grounds",
    "KeptDrafts",
    "KeptText",
    "NewerText",
    "ReadFirst",
    "Reason",
    "RecordStore",
    "RecordsUnavailable",
    "StaleEdit",
    "StartedFrom",
    "StudyLine",
    "TextTooLong",
    "UnfinishedStudies",
    "UnfinishedStudy",
    "UnknownRecord",
    "Verdict",
    "VerdictsLine",
    "Word",
]
