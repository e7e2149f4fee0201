"""All that is there before the page is built, and what it is made from."""

import asyncio
from dataclasses import dataclass, field
from typing import Self

from app.accounts import Accounts
from app.records import RecordStore
from app.records.films import FilmFolder
from app.settings import MEBIBYTE, Settings
from app.sign_ins import SignIns
from app.uploads import UploadStore
from app.visitors import Visitors
from app.web.heartbeats import OpenTabs

LARGEST_UPLOAD = 512 * MEBIBYTE


@dataclass(frozen=True)
class Surroundings:
    """What the page stands on: records, visitors, bytes on their way in and out, and whether the server stops."""

    settings: Settings
    store: RecordStore
    visitors: Visitors
    uploads: UploadStore
    views: UploadStore
    open_tabs: OpenTabs = field(default_factory=OpenTabs)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises `RecordsUnavailable` and `AccountsUnreadable`, and then holds nothing open."""
        visitors = _visitors(settings)  # first, as the films: where these fail, no records are open
        FilmFolder(settings.films_folder).try_writing()
        return cls(
            settings=settings,
            store=RecordStore(settings.records_url, settings.films_folder),
            visitors=visitors,
            uploads=UploadStore(
                max_bytes=LARGEST_UPLOAD,
                session_bytes=2 * LARGEST_UPLOAD,  # frontal and lateral
                total_bytes=4 * LARGEST_UPLOAD,
            ),
            views=UploadStore(max_bytes=64 * MEBIBYTE, session_bytes=256 * MEBIBYTE, total_bytes=1024 * MEBIBYTE),
        )


def _visitors(settings: Settings) -> Visitors:
    if settings.auth_file is None:
        return Visitors(None)
    sign_ins = SignIns(settings.sign_ins_file, idle_seconds=60 * settings.idle_minutes)
    return Visitors(Accounts(settings.auth_file), sign_ins)
