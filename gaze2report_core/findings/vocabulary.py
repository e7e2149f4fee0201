"""The 14 labels of CheXpert, and the tables that lead to them from the vocabularies of open collections."""

from collections.abc import Iterable
from enum import StrEnum


class Finding(StrEnum):
    """CheXpert's 14 labels under the names that its users know."""

    NO_FINDING = "No Finding"
    ENLARGED_CARDIOMEDIASTINUM = "Enlarged Cardiomediastinum"
    CARDIOMEGALY = "Cardiomegaly"
    LUNG_OPACITY = "Lung Opacity"
    LUNG_LESION = "Lung Lesion"
    EDEMA = "Edema"
    CONSOLIDATION = "Consolidation"
    PNEUMONIA = "Pneumonia"
    ATELECTASIS = "Atelectasis"
    PNEUMOTHORAX = "Pneumothorax"
    PLEURAL_EFFUSION = "Pleural Effusion"
    PLEURAL_OTHER = "Pleural Other"
    FRACTURE = "Fracture"
    SUPPORT_DEVICES = "Support Devices"


FINDINGS = tuple(Finding)
"""All 14, in the order that they have wherever findings are C columns."""

ABNORMALITIES = tuple(finding for finding in Finding if finding is not Finding.NO_FINDING)
"""The 13 that something is to be seen of."""


NARROWER: dict[Finding, frozenset[Finding]] = {
    Finding.ENLARGED_CARDIOMEDIASTINUM: frozenset({Finding.CARDIOMEGALY}),
    Finding.LUNG_OPACITY: frozenset(
        {Finding.LUNG_LESION, Finding.EDEMA, Finding.CONSOLIDATION, Finding.PNEUMONIA, Finding.ATELECTASIS}
    ),
    Finding.CONSOLIDATION: frozenset({Finding.PNEUMONIA}),
}
"""The tree of the labels (Irvin et al. 2019, figure 1, DOI 10.1609/aaai.v33i01.3301590): what is a kind of what."""

IN_THE_LUNGS = frozenset({Finding.LUNG_OPACITY}) | NARROWER[Finding.LUNG_OPACITY]
OF_THE_PLEURA = frozenset({Finding.PNEUMOTHORAX, Finding.PLEURAL_EFFUSION, Finding.PLEURAL_OTHER})

WITHOUT_SIDE = frozenset({Finding.NO_FINDING, Finding.ENLARGED_CARDIOMEDIASTINUM, Finding.CARDIOMEGALY})
"""A side said of the heart or the mediastinum would say nothing."""


class Side(StrEnum):
    """A side of the patient: the patient's right is on the left of the film."""

    LEFT = "left"
    RIGHT = "right"


class Laterality(StrEnum):
    """On which side of the patient a reader sees a finding; none is said where a side of it would say nothing."""

    RIGHT = "right"
    LEFT = "left"
    BOTH = "both"
    NONE = "none"

    @property
    def sides(self) -> frozenset[Side]:
        """One, both or none."""
        return frozenset(side for side in Side if self is Laterality.BOTH or self.value == side.value)


def may_have_side(finding: Finding, *, is_confirmed: bool = True) -> bool:
    """Whether a reader may say on which side a finding is: only of what they confirm, and where it says something."""
    return is_confirmed and finding not in WITHOUT_SIDE


def sides_seen(classifier: Side | None, reader: Laterality | None) -> frozenset[Side]:
    """The sides of a finding: the reader's where they said so, else the classifier's, if it tells one."""
    if reader is not None:
        return reader.sides
    return frozenset() if classifier is None else frozenset({classifier})


_OF_MESH_HEAD: dict[str, Finding] = {
    "normal": Finding.NO_FINDING,
    "Cardiomegaly": Finding.CARDIOMEGALY,
    "Opacity": Finding.LUNG_OPACITY,
    "Airspace Disease": Finding.LUNG_OPACITY,
    "Infiltrate": Finding.LUNG_OPACITY,
    "Nodule": Finding.LUNG_LESION,
    "Mass": Finding.LUNG_LESION,
    "Cavitation": Finding.LUNG_LESION,
    "Cysts": Finding.LUNG_LESION,
    "Pulmonary Edema": Finding.EDEMA,
    "Pulmonary Congestion": Finding.EDEMA,
    "Heart Failure": Finding.EDEMA,
    "Consolidation": Finding.CONSOLIDATION,
    "Pneumonia": Finding.PNEUMONIA,
    "Pulmonary Atelectasis": Finding.ATELECTASIS,
    "Pneumothorax": Finding.PNEUMOTHORAX,
    "Hydropneumothorax": Finding.PNEUMOTHORAX,
    "Hemopneumothorax": Finding.PNEUMOTHORAX,
    "Pleural Effusion": Finding.PLEURAL_EFFUSION,
    "Hemothorax": Finding.PLEURAL_EFFUSION,
    "Pleura": Finding.PLEURAL_OTHER,
    "Fractures, Bone": Finding.FRACTURE,
    "Catheters, Indwelling": Finding.SUPPORT_DEVICES,
    "Implanted Medical Device": Finding.SUPPORT_DEVICES,
    "Medical Device": Finding.SUPPORT_DEVICES,
    "Tube, Inserted": Finding.SUPPORT_DEVICES,
}
"""What the head of an annotator's label means by itself."""

_OF_MESH_HEAD_AND_QUALIFIER: dict[tuple[str, str], Finding] = {
    ("Cardiac Shadow", "enlarged"): Finding.CARDIOMEGALY,
    ("Heart", "enlarged"): Finding.CARDIOMEGALY,
    ("Mediastinum", "enlarged"): Finding.ENLARGED_CARDIOMEDIASTINUM,
    ("Mediastinum", "prominent"): Finding.ENLARGED_CARDIOMEDIASTINUM,
    ("Density", "lung"): Finding.LUNG_OPACITY,
    ("Thickening", "pleura"): Finding.PLEURAL_OTHER,
}
"""What a head means together with one of its qualifiers."""

_OF_NIH: dict[str, Finding] = {
    "No Finding": Finding.NO_FINDING,
    "Cardiomegaly": Finding.CARDIOMEGALY,
    "Infiltration": Finding.LUNG_OPACITY,
    "Mass": Finding.LUNG_LESION,
    "Nodule": Finding.LUNG_LESION,
    "Edema": Finding.EDEMA,
    "Consolidation": Finding.CONSOLIDATION,
    "Pneumonia": Finding.PNEUMONIA,
    "Atelectasis": Finding.ATELECTASIS,
    "Pneumothorax": Finding.PNEUMOTHORAX,
    "Effusion": Finding.PLEURAL_EFFUSION,
    "Pleural_Thickening": Finding.PLEURAL_OTHER,
}
"""NIH ChestX-ray14's labels; emphysema, fibrosis and hernia have no place among the 14."""

_LEFT_OPEN_BY_NIH: dict[str, Finding] = {"Fibrosis": Finding.PLEURAL_OTHER}
"""Labels that may or may not stand for a finding: NIH's fibrosis is in the lung or in the pleura, and does not say."""


def finding_of_mesh(label: str) -> tuple[Finding, Side | None] | None:
    """What a label of IU X-Ray's annotators says, such as `Pleural Effusion/left/small`; nothing if none of the 14."""
    head, *qualifiers = (part.strip() for part in label.split("/"))
    finding = _OF_MESH_HEAD.get(head)
    if finding is None:
        found = [_OF_MESH_HEAD_AND_QUALIFIER.get((head, qualifier)) for qualifier in qualifiers]
        finding = next((match for match in found if match is not None), None)
    if finding is None:
        return None
    sides = [side for side in Side if side in qualifiers]
    return finding, sides[0] if len(sides) == 1 else None


def findings_of_mesh(labels: Iterable[str]) -> list[tuple[Finding, Side | None]]:
    """What a study's labels by IU X-Ray's annotators say, those that are none of the 14 left out."""
    return [found for found in map(finding_of_mesh, labels) if found is not None]


def sides_of_each(found: Iterable[tuple[Finding, Side | None]]) -> dict[Finding, set[Side | None]]:
    """By finding, in the order given, the sides that it is named with."""
    sides: dict[Finding, set[Side | None]] = {}
    for finding, side in found:
        sides.setdefault(finding, set()).add(side)
    return sides


def side_of_each(found: Iterable[tuple[Finding, Side | None]]) -> dict[Finding, Side | None]:
    """By finding the side, where it is named with one and the same each time."""
    return {finding: next(iter(sides)) if len(sides) == 1 else None for finding, sides in sides_of_each(found).items()}


def findings_of_nih(labels: str) -> set[Finding]:
    """What a film's labels in NIH ChestX-ray14 say, such as `Effusion|Infiltration`."""
    return {_OF_NIH[label] for label in labels.split("|") if label in _OF_NIH}


def left_open_by_nih(labels: str) -> set[Finding]:
    """What a film's labels in NIH ChestX-ray14 neither say nor exclude.

    CheXpert's phrase lists, and our labeller after them, count the word fibrosis as Pleural Other. So a film with NIH's
    Fibrosis must not teach that Pleural Other is absent. The embedded classifier was trained before this was so: of the
    films with Fibrosis it learnt that there was none.
    """
    open_ = {_LEFT_OPEN_BY_NIH[label] for label in labels.split("|") if label in _LEFT_OPEN_BY_NIH}
    return open_ - findings_of_nih(labels)
