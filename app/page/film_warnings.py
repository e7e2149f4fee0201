"""What a reader is warned of on a film, which of it says that gaze and report may mean nothing, and what mends it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gaze2report_core.films.doubts import LOOKS_NEGATIVE, NOT_A_CHEST
from gaze2report_core.films.places import (
    FRONTAL_AS_LATERAL,
    LATERAL_AS_FRONTAL,
    OF_TWO_PATIENTS,
    PLACE_LEFT_OVER,
    are_of_two_patients,
)
from gaze2report_core.imaging import BURNED_IN_NOT_SAID, Radiograph, View, warning_of_body_part, warning_of_modality
from gaze2report_core.imaging.dicom import POLARITY_NOT_SAID

LATERAL_ALONE = (
    "By its header or its looks this film is a lateral view: the reports are written from it alone, without gaze. "
    "If there is a frontal film, open that one, and then add this one as the lateral."
)
EACH_AS_THE_OTHER = (
    "By their headers or their looks each of the two films was given as the other: gaze and drafts mean little until "
    "they are exchanged."
)
EXCHANGED = "You exchanged the two films: each is read in the place that the other was given."

DOUBTS = {LATERAL_ALONE, FRONTAL_AS_LATERAL}
REMEDIES = {
    EACH_AS_THE_OTHER: "exchange",
    EXCHANGED: "exchange back",
    POLARITY_NOT_SAID: "invert",
    LOOKS_NEGATIVE: "invert",
}
"""What the reader is offered beside a warning; see `app.page.righting`."""


def with_doubts(radiograph: Radiograph, view: View) -> Radiograph:
    """With warnings of a film that is, or looks like, another view than the reader takes it for, and of a picture.

    A picture, such as a screenshot, says nothing of what is burned into it, like many a DICOM file that is warned of;
    its pixels are kept and leave with an export.
    """
    if radiograph.facts.burned_in_annotation is None and BURNED_IN_NOT_SAID not in radiograph.warnings:
        radiograph = radiograph.with_warnings(BURNED_IN_NOT_SAID)
    if radiograph.view in (view, View.UNKNOWN):
        return radiograph
    return radiograph.with_warnings(LATERAL_ALONE if view is View.FRONTAL else FRONTAL_AS_LATERAL)


def beside(lateral: Radiograph, frontal: Radiograph) -> Radiograph:
    """The lateral film beside this frontal one, with a word where headers say that it is of another patient.

    The word stays with it: the study may be opened again when nothing else tells any more.
    """
    return lateral.with_warnings(OF_TWO_PATIENTS) if are_of_two_patients(lateral, frontal) else lateral


def without_doubts(radiograph: Radiograph) -> Radiograph:
    """Without the warnings of a film in a place that it does not look like, to be placed or looked at anew."""
    others = tuple(sentence for sentence in radiograph.warnings if sentence not in DOUBTS)
    return replace(radiograph, warnings=others)


def are_exchanged(films: Mapping[View, Radiograph]) -> bool:
    """Whether the reader exchanged these two films. One of them may lie beside another by now: it was not exchanged."""
    return View.LATERAL in films and all(EXCHANGED in film.warnings for film in films.values())


def exchanged(films: Mapping[View, Radiograph]) -> dict[View, Radiograph]:
    """The two films of a study, each in the other's place, with a word that they are, or without it if they were."""
    word = () if are_exchanged(films) else (EXCHANGED,)
    of_lateral = tuple(sentence for sentence in films[View.LATERAL].warnings if sentence == OF_TWO_PATIENTS)

    def moved(film: Radiograph, view: View) -> Radiograph:
        of_pair = word + (of_lateral if view is View.LATERAL else ())
        of_film = (one for one in without_doubts(film).warnings if one not in (EXCHANGED, OF_TWO_PATIENTS))
        return with_doubts(replace(film, warnings=(*of_pair, *of_film)), view)

    return {
        View.FRONTAL: moved(films[View.LATERAL], View.FRONTAL),
        View.LATERAL: moved(films[View.FRONTAL], View.LATERAL),
    }


def alone(films: Mapping[View, Radiograph]) -> dict[View, Radiograph]:
    """The frontal film of a study without its lateral, and without what was said of it only beside that."""
    frontal = films[View.FRONTAL]
    of_film = tuple(one for one in frontal.warnings if one not in (EXCHANGED, PLACE_LEFT_OVER))
    return {View.FRONTAL: replace(frontal, warnings=of_film)}


def warnings_value(films: Mapping[View, Radiograph], view: View) -> list[dict[str, Any]]:
    """The warnings of the film in this view, ready for JSON: those first by which drafts may mean nothing."""
    facts = films[view].facts
    of_header = {warning_of_modality(facts.modality), warning_of_body_part(facts.body_part)}
    of_places = {LATERAL_ALONE, LATERAL_AS_FRONTAL, FRONTAL_AS_LATERAL, EACH_AS_THE_OTHER, PLACE_LEFT_OVER}
    grave = {OF_TWO_PATIENTS, NOT_A_CHEST, LOOKS_NEGATIVE, *of_header, POLARITY_NOT_SAID, *of_places}
    past = {EXCHANGED: not are_exchanged(films), PLACE_LEFT_OVER: films[view].view is not View.UNKNOWN}
    holding = (one for one in films[view].warnings if not past.get(one))
    of_lateral = films[View.LATERAL].warnings if View.LATERAL in films else ()
    of_both = (sentence for sentence in of_lateral if sentence == OF_TWO_PATIENTS)
    sentences = dict.fromkeys([*of_both, *(_as_it_is_now(sentence, films) for sentence in holding)])
    told = [{"sentence": one, "grave": one in grave, "remedy": REMEDIES.get(one)} for one in sentences]
    return sorted(told, key=lambda one: not one["grave"])


def _as_it_is_now(sentence: str, films: Mapping[View, Radiograph]) -> str:
    """A lateral film that was alone when that was said of it may have another one beside it by now."""
    if View.LATERAL not in films or sentence not in (LATERAL_ALONE, FRONTAL_AS_LATERAL):
        return sentence
    if (films[View.FRONTAL].view, films[View.LATERAL].view) == (View.LATERAL, View.FRONTAL):
        return EACH_AS_THE_OTHER
    return LATERAL_AS_FRONTAL if sentence == LATERAL_ALONE else sentence
