"""`GET /health`: whether the database answers, for whoever watches over the server."""

import asyncio

from fastapi.responses import PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from app.records import RecordStore
from app.records.answering import does_answer

SECONDS_TO_ANSWER = 2.0


class Health:
    """Asks the database. All who ask meanwhile share one question, so that no number of them takes more threads."""

    def __init__(self, store: RecordStore) -> None:
        self.store = store
        self._asked: asyncio.Future[bool] | None = None

    async def tell(self) -> Response:
        if self._asked is None or self._asked.done():
            self._asked = asyncio.ensure_future(run_in_threadpool(does_answer, self.store.engine))
        asked = self._asked  # another may stand there by the time that this one is answered
        answered, _ = await asyncio.wait((asked,), timeout=SECONDS_TO_ANSWER)
        if answered and asked.result():
            return PlainTextResponse("ok")
        return PlainTextResponse("The database does not answer: nothing can be kept or read until it does.", 503)
