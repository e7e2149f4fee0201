"""The wanted elements of a DICOM header as checked values: what is missing or malformed becomes None or a default."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pydicom import Dataset
from pydicom.multival import MultiValue

from gaze2report_core.imaging.body_part import BODY_PART_NOT_KNOWN, is_of_the_chest
from gaze2report_core.imaging.defined_terms import (
    BODY_PARTS,
    MODALITIES,
    PHOTOMETRIC_INTERPRETATIONS,
    VIEW_POSITIONS,
    WORDS_FOR_THE_CHEST,
)
from gaze2report_core.imaging.facts import FilmFacts
from gaze2report_core.imaging.limits import damaged
from gaze2report_core.imaging.modality import MODALITY_NOT_KNOWN
from gaze2report_core.imaging.window import VoiFunction, Window, is_proper
from gaze2report_core.imaging.window_names import known_name, name_of_films_window


@dataclass(frozen=True)
class PixelFormat:
    """How pixels are stored: DICOM PS3.3 C.7.6.3. Bits are counted from 0, the lowest: `high_bit` is a value's last."""

    rows: int
    columns: int
    samples: int
    frames: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar: bool
    photometric: str

    @property
    def low_bit(self) -> int:
        """The first bit of a value: 0 but in older files, DICOM PS3.5 8.1.1."""
        return self.high_bit + 1 - self.bits_stored


def pixel_format(elements: Dataset) -> PixelFormat:
    """How the pixels of a film are stored.

    Raises
    ------
    FilmRefused
        "truncated" where the header leaves out, or garbles, what pixels cannot be read without.
    """
    rows, columns = whole_number(elements, "Rows"), whole_number(elements, "Columns")
    bits_allocated = whole_number(elements, "BitsAllocated")
    if not rows or not columns:
        raise damaged("its header does not say how many rows and columns the film has")
    if bits_allocated not in (1, 8, 16, 32, 64):
        raise damaged("its header does not say how many bits a pixel has")
    samples = whole_number(elements, "SamplesPerPixel") or 1
    if samples not in (1, 3):
        raise damaged("its header gives a number of colours that no film has")
    bits_stored = whole_number(elements, "BitsStored") or bits_allocated
    if not 1 <= bits_stored <= bits_allocated:
        raise damaged("its header gives more bits to a pixel than there is room for")
    frames = whole_number(elements, "NumberOfFrames") or 1
    if frames < 1:
        raise damaged("its header gives a number of frames that no file has")
    return PixelFormat(
        rows=rows,
        columns=columns,
        samples=samples,
        frames=frames,
        bits_allocated=bits_allocated,
        bits_stored=bits_stored,
        high_bit=_high_bit(elements, bits_allocated, bits_stored),
        signed=whole_number(elements, "PixelRepresentation") == 1,
        planar=whole_number(elements, "PlanarConfiguration") == 1,
        photometric=photometric_interpretation(elements) or ("RGB" if samples > 1 else "MONOCHROME2"),
    )


def _high_bit(elements: Dataset, bits_allocated: int, bits_stored: int) -> int:
    """The last bit of a value, which begins at bit 0 where the header does not say, or leaves no room for it."""
    high_bit = whole_number(elements, "HighBit")
    return high_bit if high_bit is not None and bits_stored <= high_bit + 1 <= bits_allocated else bits_stored - 1


def photometric_interpretation(elements: Dataset) -> str | None:
    """How the file says that values are to be seen, also where it spells a term as devices do: MONOCHROME 1."""
    value = value_of(elements, "PhotometricInterpretation")
    return _TERM_OF_SPELLING.get(_letters_and_digits(value)) if isinstance(value, str) else None


def _letters_and_digits(term: str) -> str:
    return "".join(filter(str.isalnum, term)).upper()


_TERM_OF_SPELLING = {_letters_and_digits(term): term for term in PHOTOMETRIC_INTERPRETATIONS}


_SPACINGS = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")
"""In the patient's plane or as calibrated, at the detector, and of a scanned film: the first that is one counts."""


def film_facts(elements: Dataset, pixels: PixelFormat) -> FilmFacts:
    """The allow-list of facts: numbers and defined terms alone, since free text may name the patient in any element."""
    spacing = next(filter(_is_spacing, (numbers(elements, keyword) for keyword in _SPACINGS)), None)
    return FilmFacts(
        rows=pixels.rows,
        columns=pixels.columns,
        bits_stored=pixels.bits_stored,
        modality=defined_term(elements, "Modality", MODALITIES),
        body_part=_body_part(elements),
        view_position=defined_term(elements, "ViewPosition", VIEW_POSITIONS),
        photometric_interpretation=photometric_interpretation(elements),
        pixel_spacing=(spacing[0], spacing[1]) if spacing else None,
        windows=tuple((window.centre, window.width) for window in windows_in(elements)),
        burned_in_annotation=burned_in(elements),
    )


def _is_spacing(numbers: Sequence[float]) -> bool:
    return len(numbers) == 2 and min(numbers) > 0


def _body_part(elements: Dataset) -> str | None:
    """The term for the part of the body, also in the spelling of devices, and the chest's among words of their own.

    Where these name another part as well, nobody knows which it is.
    """
    said = _words(elements, "BodyPartExamined")
    term = "".join(said)
    if term in BODY_PARTS:
        return term
    names_another = any(word in BODY_PARTS and not is_of_the_chest(word) for word in said)
    return "CHEST" if not names_another and any(word in WORDS_FOR_THE_CHEST for word in said) else None


def said_in_unknown_words(elements: Dataset, facts: FilmFacts) -> tuple[str, ...]:
    """Warnings of what the header says in words of its own, which may name the patient and are not shown."""
    kept = {"Modality": facts.modality, "BodyPartExamined": facts.body_part}
    warnings = {"Modality": MODALITY_NOT_KNOWN, "BodyPartExamined": BODY_PART_NOT_KNOWN}
    return tuple(warnings[keyword] for keyword, term in kept.items() if term is None and _words(elements, keyword))


def _words(elements: Dataset, keyword: str) -> list[str]:
    """The words of an element, of all its values; none where it is absent or empty."""
    value = value_of(elements, keyword)
    said = " ".join(map(str, value)) if isinstance(value, MultiValue) else str(value or "")
    return "".join(sign if sign.isalnum() else " " for sign in said.upper()).split()


def windows_in(elements: Dataset) -> tuple[Window, ...]:
    """The windows that the file brings, in its order; those without a proper width, or given twice, are left out."""
    centres, widths = numbers(elements, "WindowCenter"), numbers(elements, "WindowWidth")
    explanations = value_of(elements, "WindowCenterWidthExplanation")
    names = [explanations] if isinstance(explanations, str) else list(explanations or ())
    windows: list[Window] = []
    given: set[tuple[float, float]] = set()
    for index, (centre, width) in enumerate(zip(centres, widths, strict=False)):
        if not is_proper(centre, width) or (centre, width) in given:
            continue
        given.add((centre, width))
        name = known_name(str(names[index])) if index < len(names) else None
        windows.append(Window(centre, width, name or name_of_films_window(len(windows) + 1)))
    return tuple(windows)


def voi_function(elements: Dataset) -> VoiFunction:
    """How the file's windows map values to grey; LINEAR where it does not say, DICOM PS3.3 C.11.2.1.3."""
    return VoiFunction(defined_term(elements, "VOILUTFunction", set(VoiFunction)) or VoiFunction.LINEAR)


def burned_in(elements: Dataset) -> bool | None:
    """Whether the file declares annotation burned into its pixels; None where it does not say."""
    return {"YES": True, "NO": False, None: None}[defined_term(elements, "BurnedInAnnotation", ("YES", "NO"))]


def whole_number(elements: Dataset, keyword: str) -> int | None:
    """An element as a whole number, None where it is absent or no number."""
    found = numbers(elements, keyword)
    return int(found[0]) if found and found[0].is_integer() else None


def numbers(elements: Dataset, keyword: str) -> list[float]:
    """An element's values as finite numbers; empty where it is absent or one of them is no number."""
    value = value_of(elements, keyword)
    if value is None or isinstance(value, bytes):
        return []
    try:
        found = [float(number) for number in (value if isinstance(value, (MultiValue, list)) else [value])]
    except (TypeError, ValueError, OverflowError):
        return []
    return found if all(math.isfinite(number) for number in found) else []


def defined_term(elements: Dataset, keyword: str, terms: Collection[str]) -> str | None:
    """An element of VR CS; None where it is absent or none of the terms."""
    value = value_of(elements, keyword)
    term = value.strip().upper() if isinstance(value, str) else None
    return term if term in terms else None


def value_of(elements: Dataset, keyword: str) -> Any:
    """An element's value, None where pydicom cannot make sense of its bytes."""
    try:
        return elements.get(keyword)
    except Exception:  # the types that a garbled element raises are as many as there are value representations
        return None
