"""The collection as Open-i hands it out: `NLMCXR_reports.tgz`, unpacked to `ecgen-radiology/1.xml` and so on.

Each file has `uId` with the name of the study (`CXR1`), `AbstractText` for each section of the report, annotators'
labels in `MeSH/major` (`MeSH/automatic` has those of a program, which are not read), and a `parentImage` for each film,
whose `id` is the name of its file in `NLMCXR_png.tgz` without the ending. From where a film was taken it does not say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from gaze2report_core.indiana.openi_xml import LARGEST_FILE, UnsafeOrNoXml, tree_of_xml
from gaze2report_core.indiana.table import CollectedStudy, studies_table
from gaze2report_core.studies import VIEWS, StudiesRefused

_SECTION = "MedlineCitation/Article/Abstract/AbstractText"
_SECTIONS = ("indication", "comparison", "findings", "impression")
_UID = re.compile(r"CXR([0-9]{1,9})")
_FILM = re.compile(r"CXR[0-9]{1,9}_[0-9A-Za-z_-]{1,100}")
"""Nothing that leads out of the folder of films, and nothing that is no name of a file."""


@dataclass(frozen=True)
class OpeniStudy:
    """What a file says of a study; `films` are names of files."""

    uid: str
    texts: Mapping[str, str]
    films: tuple[str, ...]


class _NotOfOpeni(ValueError):
    """XML of another kind; the message ends a sentence on it."""


def read_openi(folder: Path) -> list[OpeniStudy]:
    """The studies of all files `N.xml` of a folder, by their numbers.

    Raises
    ------
    StudiesRefused
        Where there is none, or one cannot be read, is not laid out as it should be, or is of the study of another.
    """
    paths = sorted((path for path in folder.glob("*.xml") if path.stem.isdecimal()), key=lambda path: int(path.stem))
    if not paths:
        raise StudiesRefused("The folder of reports has no file such as 1.xml: give ecgen-radiology, as Open-i has it.")
    studies: dict[str, OpeniStudy] = {}
    for number, path in enumerate(paths, start=1):
        try:
            study = _study(tree_of_xml(_beginning(path)))
            if study.uid in studies:
                raise _NotOfOpeni("it is of the same study as another file")
        except (OSError, UnsafeOrNoXml, _NotOfOpeni) as error:
            why = "it cannot be opened" if isinstance(error, OSError) else str(error)
            raise StudiesRefused(
                f"Of the {len(paths):,} reports, in the order of their numbers, number {number:,} is not as Open-i has "
                f"it: {why}."
            ) from error
        studies[study.uid] = study
    return list(studies.values())


def table_of_openi(
    studies: Sequence[OpeniStudy], views: Mapping[str, str], annotation: Path | None = None
) -> list[dict[str, str]]:
    """The rows of a studies table of the films that have a view; see `studies_table` for what R2Gen's annotation adds.

    `views` has the view of each film by its name.

    Raises
    ------
    StudiesRefused
        As by `studies_table`.
    """
    return studies_table((_with_views(study, views) for study in studies), annotation)


def _with_views(study: OpeniStudy, views: Mapping[str, str]) -> CollectedStudy:
    films = {view: [film for film in study.films if views.get(film) == view] for view in VIEWS}
    return CollectedStudy(study.uid, study.texts, films)


def _beginning(path: Path) -> bytes:
    """As much of a file as shows whether it is too large; raises OSError for what is no file."""
    if not path.is_file():
        raise OSError("a folder, a device or a pipe, which may never end")
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _study(citation: Element) -> OpeniStudy:
    uid = _UID.fullmatch(_attribute(citation.find("uId"), "id"))
    if uid is None:
        raise _NotOfOpeni("it has no uId such as CXR1")
    labels = [label for major in citation.iterfind("MeSH/major") if (label := _text(major))]
    return OpeniStudy(
        uid[1],
        {
            **{section: " ".join(_section(citation, section)) for section in _SECTIONS},
            "mesh": ";".join(labels),
            "problems": ";".join(label.split("/")[0].strip() for label in labels),
        },
        tuple(dict.fromkeys(_films(citation))),
    )


def _section(citation: Element, name: str) -> Iterator[str]:
    for element in citation.iterfind(_SECTION):
        if _attribute(element, "Label").lower() == name and (text := _text(element)):
            yield text


def _films(citation: Element) -> Iterator[str]:
    for image in citation.iterfind("parentImage"):
        name = _attribute(image, "id")
        if _FILM.fullmatch(name) is None:
            raise _NotOfOpeni("it has a film with no id such as CXR1_1_IM-0001-3001")
        yield f"{name}.png"


def _attribute(element: Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "").strip()


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
