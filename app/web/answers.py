"""What a request is answered that is not taken: a status and a sentence, which the page shows."""

from starlette.responses import JSONResponse


def refused(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"detail": sentence}, status)
