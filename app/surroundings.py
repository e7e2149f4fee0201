"""All that is there before the page is built, and what it is made from."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from app.accounts import Accounts
from app.records import RecordStore
from app.records.films import FilmFolder
from app.settings import MEBIBYTE, Settings
from app.sign_ins import SignIns
from app.uploads import UploadStore
from app.visitors import Visitors
from app.web.heartbeats import OpenTabs
from app.web.page_reader import PageMarks

LARGEST_UPLOAD = 512 * MEBIBYTE


@dataclass(frozen=True)
class Surroundings:
    """What the page stands on: records, visitors, bytes on their way in and out, and whether the server stops."""

    settings: Settings
    store: RecordStore
    visitors: Visitors
    marks: PageMarks
    uploads: UploadStore
    views: UploadStore
    open_tabs: OpenTabs = field(default_factory=OpenTabs)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises `RecordsUnavailable` and `AccountsUnreadable`, and then holds nothing open."""
        visitors, whose = _visitors(settings)  # first, as the films: where these fail, no records are open
        FilmFolder(settings.films_folder).try_writing()
        return cls(
            settings=settings,
            store=RecordStore(settings.records_url, settings.films_folder),
            visitors=visitors,
            marks=PageMarks.kept_in(settings.page_marks_file),
            uploads=UploadStore(
                max_bytes=LARGEST_UPLOAD,
                reader_bytes=2 * LARGEST_UPLOAD,  # frontal and lateral
                total_bytes=4 * LARGEST_UPLOAD,
                whose=whose,
            ),
            views=UploadStore(
                max_bytes=64 * MEBIBYTE,
                reader_bytes=256 * MEBIBYTE,
                total_bytes=1024 * MEBIBYTE,
                whose=whose,
            ),
        )


def _visitors(settings: Settings) -> tuple[Visitors, Callable[[str], str | None]]:
    """Who may come, and whose a session is: the account's that is signed in there, if any is."""
    if settings.auth_file is None:
        return Visitors(None), lambda session: session
    accounts = Accounts(settings.auth_file)
    sign_ins = SignIns(settings.sign_ins_file, idle_seconds=60 * settings.idle_minutes)
    return Visitors(accounts, sign_ins), partial(sign_ins.name_of, password_hash_of=accounts.password_hash)
