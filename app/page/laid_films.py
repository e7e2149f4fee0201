"""The films of a study, laid ready together for the browser that is about to show them."""

from collections.abc import Mapping

from app.page.session import OpenFilm
from app.page.viewer import put_on_screen
from app.uploads import UploadStore
from gaze2report_core.imaging import Radiograph, View


def laid_ready(films: Mapping[View, Radiograph], views: UploadStore, browser: str) -> dict[View, OpenFilm]:
    """Their pixels wait for the browser; the frontal comes first, as it is to be placed. Raises `UploadRefused`."""
    there = (view for view in (View.FRONTAL, View.LATERAL) if view in films)
    return {view: put_on_screen(films[view], views, browser) for view in there}
