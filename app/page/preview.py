"""A film that nobody has confirmed yet, for the eyes of the one who is asked: a picture, held for one browser alone.

The film is read to be looked at and let go again. The model never sees it, and nothing of it is recorded.
"""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from app.uploads import UploadStore
from gaze2report_core.imaging import Radiograph, shrunk


def lay_out_preview(data: bytes, frame: int | None, views: UploadStore, session: str) -> str:
    """The token of a PNG of the film as it would be shown. Raises `FilmRefused` and `UploadRefused`."""
    radiograph = Radiograph.from_bytes(data, allow_burned_in=True, frame=frame)
    grey = np.rint(255 * shrunk(radiograph.pixels)).astype(np.uint8)
    return views.put(session, cv2.imencode(".png", grey)[1].tobytes(), "image/png")


def forget_preview(refusal: Mapping[str, Any] | None, views: UploadStore, session: str) -> None:
    """Hold the picture no longer that the reader was asked about: they have answered, or want another film."""
    preview = (refusal or {}).get("preview")
    if preview is not None:
        views.discard(session, preview)
