"""The table of formats: how each is known by its content, and who reads it. The first that fits is taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gaze2report_core.gaze.recordings.egd import is_egd, read_egd
from gaze2report_core.gaze.recordings.gazesearch import is_gazesearch, read_gazesearch
from gaze2report_core.gaze.recordings.plain import read_plain_json, read_plain_table
from gaze2report_core.gaze.recordings.reflacx import is_reflacx, read_reflacx
from gaze2report_core.gaze.recordings.siim import is_siim, read_siim
from gaze2report_core.gaze.recordings.table import Table
from gaze2report_core.gaze.recordings.tobii import is_tobii, read_tobii
from gaze2report_core.gaze.recordings.track import Entry


@dataclass(frozen=True)
class TableFormat:
    """A format of rows and columns, known by its header."""

    fits: Callable[[Sequence[str]], bool]
    read: Callable[[Table], list[Entry]]


@dataclass(frozen=True)
class JsonFormat:
    """A format in JSON, known by the value's first entry."""

    fits: Callable[[Any], bool]
    read: Callable[[Any], list[Entry]]


TABLE_FORMATS = (
    TableFormat(is_reflacx, read_reflacx),
    TableFormat(is_egd, read_egd),
    TableFormat(is_tobii, read_tobii),
    TableFormat(lambda header: True, read_plain_table),
)

JSON_FORMATS = (
    JsonFormat(is_gazesearch, read_gazesearch),
    JsonFormat(is_siim, read_siim),
    JsonFormat(lambda value: True, read_plain_json),
)
