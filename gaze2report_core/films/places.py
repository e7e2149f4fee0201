"""Which film of a study is the frontal and which the lateral, and what is said where a film was given as the other.

Files that declare their views are followed. What a film only looks like is doubted, but hardly ever moves it: looks
err, and whoever named the films of a study knows more than they show. Of two that nobody named, looks decide as well.
"""

from collections.abc import Iterator

from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.imaging.facts import view_of

EXCHANGED_BY_HEADERS = "By its header each of the two films was given as the other: they are read the other way round."
FRONTAL_ALONE = "By its header the film that was given as the lateral is a frontal view: it is read as the frontal."
LATERAL_AS_FRONTAL = (
    "By its header or its looks the film that was given as the frontal is a lateral view: gaze and report are "
    "predicted as if it were frontal and mean little."
)
FRONTAL_AS_LATERAL = "By its header or its looks this film is a frontal view, but it was added as the lateral."
OF_TWO_PATIENTS = "By their headers the two films are of different patients: check that they belong together."
PLACE_LEFT_OVER = (
    "Neither its header nor its looks say from where this film was taken: it has the place that the other film left."
)


def in_their_places(
    frontal: Radiograph | None, lateral: Radiograph | None, *, may_exchange: bool
) -> tuple[Radiograph | None, Radiograph | None]:
    """The frontal and the lateral film as they are to be read; one that takes the frontal's place gets a warning.

    Two are exchanged where each declares the other view. A frontal film alone leaves the lateral's place where it
    declares its view, and a lateral alone the frontal's also where it only looks like one.
    """
    if lateral is None:
        return (None, frontal) if frontal is not None and frontal.view is View.LATERAL else (frontal, None)
    if not _declares(lateral, View.FRONTAL):
        return frontal, lateral
    if frontal is None:
        return lateral.with_warnings(FRONTAL_ALONE), None
    if may_exchange and _declares(frontal, View.LATERAL):
        return lateral.with_warnings(EXCHANGED_BY_HEADERS), frontal
    return frontal, lateral


def told_apart(one: Radiograph, other: Radiograph) -> tuple[Radiograph, Radiograph] | None:
    """The frontal and the lateral of two films of which nobody said which is which; nothing where they do not tell.

    Each is what its header says, or what it looks like where that says nothing. One that tells neither has the place
    that the other leaves, and gets a warning.
    """
    if one.view is other.view:
        return None
    is_in_order = one.view is View.FRONTAL or other.view is View.LATERAL
    frontal, lateral = (_placed(film) for film in ((one, other) if is_in_order else (other, one)))
    return frontal, lateral


def are_of_two_patients(one: Radiograph, other: Radiograph) -> bool:
    """Whether both files say whose they are, and not the same."""
    return one.patient is not None and other.patient is not None and one.patient != other.patient


def doubts_about(frontal: Radiograph | None, lateral: Radiograph | None) -> Iterator[str]:
    """What is to be said of films that are, or look like, another view than they are read as, or of two patients."""
    if frontal is not None and lateral is not None and are_of_two_patients(frontal, lateral):
        yield OF_TWO_PATIENTS
    if frontal is not None and frontal.view is View.LATERAL:
        yield LATERAL_AS_FRONTAL
    if lateral is not None and lateral.view is View.FRONTAL:
        yield FRONTAL_AS_LATERAL


def _placed(film: Radiograph) -> Radiograph:
    return film.with_warnings(PLACE_LEFT_OVER) if film.view is View.UNKNOWN else film


def _declares(film: Radiograph, view: View) -> bool:
    """Whether the film has this view and does not only look like it."""
    return film.view is view and view_of(film.facts.view_position) is not View.UNKNOWN
