"""Whatever is held for a limited time is dropped when that time is over, even while no request comes in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from starlette.concurrency import run_in_threadpool

from app.web.logs import logger

BETWEEN_SWEEPS = 60.0
"""Seconds."""

Sweep = Callable[[], None]


@asynccontextmanager
async def swept(sweeps: Sequence[Sweep]) -> AsyncIterator[None]:
    """Run each of `sweeps` again and again until the application ends."""
    sweeping = asyncio.create_task(_sweep_on(sweeps))
    try:
        yield
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping


async def _sweep_on(sweeps: Sequence[Sweep]) -> None:
    while True:
        await asyncio.sleep(BETWEEN_SWEEPS)
        for sweep in sweeps:
            try:
                await run_in_threadpool(sweep)
            except Exception:
                logger.exception("a sweep failed")  # the next one may not
