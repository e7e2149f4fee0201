"""What the viewer in the browser is told of films and gaze."""

import gzip
from typing import Any

from app.page.film_warnings import warnings_value
from app.page.session import OpenFilm, ReadingSession
from app.page.withheld import without_gaze
from app.uploads import UploadStore
from gaze2report_core.imaging import BODY_PART_NOT_KNOWN, MODALITY_NOT_KNOWN, FilmFacts, Radiograph, View

_FASTEST = 1


def put_on_screen(radiograph: Radiograph, views: UploadStore, session: str) -> OpenFilm:
    """Lay the film's 16-bit pixels ready for one browser. Raises `UploadRefused` where there is no room for them."""
    display = radiograph.for_display()
    rows, columns = display.pixels.shape
    packed = gzip.compress(display.pixels.astype("<u2").tobytes(), compresslevel=_FASTEST, mtime=0)
    token = views.put(session, packed)
    return OpenFilm(radiograph, token, columns, rows, display.slope, display.intercept)


def viewer_value(session: ReadingSession) -> dict[str, Any]:
    """All that the viewer shows, ready for JSON: one film and its own gaze. Pixels are fetched by their token."""
    with session.lock:
        scanpath = None if session.withholds else session.scanpath
        return {
            "choice": session.choice,
            "films": {view.value: _film_value(film, _warnings(session, view)) for view, film in session.films.items()},
            "fixations": scanpath.to_fixations() if scanpath is not None else [],
            "gaze_source": scanpath.source.value if scanpath is not None else None,
            "takes_gaze": session.takes_gaze,
            "gaze": without_gaze(session.gaze) if session.withholds else session.gaze.to_dict(),
            "refusal": session.refusal,
            "answered": session.answered_attempt,
            "number": session.next_number(),
        }


def viewer_and_drafts(session: ReadingSession) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the viewer and the drafts show, of one moment: another film may be placed in the next."""
    with session.lock:
        return viewer_value(session), session.told_drafts


def _warnings(session: ReadingSession, view: View) -> list[dict[str, Any]]:
    return warnings_value({view: film.radiograph for view, film in session.films.items()}, view)


def _film_value(film: OpenFilm, warnings: list[dict[str, Any]]) -> dict[str, Any]:
    radiograph = film.radiograph
    facts = radiograph.facts
    return {
        "token": film.pixels_token,
        "columns": film.shown_columns,
        "rows": film.shown_rows,
        "stored_columns": radiograph.values.shape[1],
        "pixel": _pixel(film),
        "slope": film.slope,
        "intercept": film.intercept,
        "inverted": radiograph.inverted,
        "voi_function": radiograph.voi_function.value,
        "windows": [{"name": one.name, "centre": one.centre, "width": one.width} for one in radiograph.windows],
        "facts_line": _facts_line(facts),
        "facts": _named_facts(radiograph),
        "warnings": warnings,
    }


def _pixel(film: OpenFilm) -> dict[str, Any]:
    """What a pixel of the shown film measures: in mm by the pixel spacing, or in pixels of the file without one."""
    rows, columns = film.radiograph.values.shape
    spacing = film.radiograph.facts.pixel_spacing
    height, width = spacing or (1.0, 1.0)
    return {
        "unit": "mm" if spacing else "px",
        "height": height * rows / film.shown_rows,
        "width": width * columns / film.shown_columns,
    }


NOT_STATED = "not stated"
NOT_KEPT = "stated in words that are not kept"

_BURNED_IN = {None: None, True: "declared", False: "declared to be none"}


def _facts_line(facts: FilmFacts) -> str:
    size = f"{facts.columns} × {facts.rows}"
    said = (facts.modality, facts.body_part, facts.view_position, size, f"{facts.bits_stored} bit")
    return " · ".join(fact for fact in said if fact)


def _named_facts(radiograph: Radiograph) -> list[tuple[str, str]]:
    facts = radiograph.facts
    spacing = facts.pixel_spacing
    named = [
        ("Modality", facts.modality or _unless_not_known(MODALITY_NOT_KNOWN, radiograph)),
        ("Body part", facts.body_part or _unless_not_known(BODY_PART_NOT_KNOWN, radiograph)),
        ("View position", facts.view_position),
        ("View", radiograph.view.value),
        ("Columns × rows", f"{facts.columns} × {facts.rows}"),
        ("Bits stored", str(facts.bits_stored)),
        ("Photometric interpretation", facts.photometric_interpretation),
        ("Pixel spacing", f"{spacing[0]:g} × {spacing[1]:g} mm" if spacing else None),
        ("Burned-in annotation", _BURNED_IN[facts.burned_in_annotation]),
        ("Windows in the file", "; ".join(f"C {centre:g} W {width:g}" for centre, width in facts.windows) or None),
    ]
    return [(name, fact if fact else NOT_STATED) for name, fact in named]


def _unless_not_known(warning: str, radiograph: Radiograph) -> str:
    """What to say of a fact that is none of the terms which are kept: its words may name the patient."""
    return NOT_KEPT if warning in radiograph.warnings else NOT_STATED
