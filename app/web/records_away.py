"""What is answered while the database cannot be reached: that the server cannot serve this now, and what to do."""

from fastapi import Request
from fastapi.responses import JSONResponse, Response

TRY_AGAIN_AFTER = {"Retry-After": "60"}
"""Seconds."""


async def records_away(_: Request, unavailable: Exception) -> Response:
    """The sentence of a `RecordsUnavailable`, for whichever route met it."""
    return JSONResponse({"detail": str(unavailable)}, 503, headers=TRY_AGAIN_AFTER)
