"""The bytes of a DICOM file as pydicom reads them, refused where they are made to take it long or fill the memory.

A film has some hundred elements, with long sequences some ten thousand. A few kilobytes can be inflated to millions of
empty ones, each of which pydicom makes an object of, also where nobody wants to know of it.
"""

from io import BytesIO
from typing import SupportsIndex

from pydicom import Sequence
from pydicom.charset import default_encoding
from pydicom.dataelem import RawDataElement
from pydicom.filereader import read_sequence

from gaze2report_core.imaging.limits import refuse_too_many_parts

_MOST_STEPS = 250_000
"""Of a header: pydicom takes four for an item of a sequence, two for an element; less than a second in all."""
_LONGEST_CHARACTER_SET = 2**10
"""In bytes. pydicom splits it at each backslash while it reads, in whatever depth of sequences it stands."""
_CHARACTER_SET = (b"\x08\x00\x05\x00", b"\x00\x08\x00\x05")
"""The tag (0008,0005) in both byte orders."""
_TAG_AND_LENGTH = 8


class CountedFile(BytesIO):
    """A file that raises FilmRefused("too_large") when pydicom has gone too many steps in it.

    Steps are counted where pydicom asks for its place, which it does at every element and item: what is raised while it
    reads the beginning of an item it would turn into an error of its own.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._steps = 0
        self._tag = b""

    def tell(self) -> int:
        """The place in the file."""
        self._steps += 1
        refuse_too_many_parts(self._steps, _MOST_STEPS)
        return super().tell()

    def read(self, size: SupportsIndex | None = -1, /) -> bytes:
        """The next bytes."""
        length = -1 if size is None else int(size)
        if self._tag in _CHARACTER_SET:
            refuse_too_many_parts(length, _LONGEST_CHARACTER_SET)
        found = super().read(length)
        if length == _TAG_AND_LENGTH:
            self._tag = found[:4]
        return found


def counted_sequence(element: RawDataElement) -> Sequence:
    """The items of a sequence of known length, which pydicom would count nothing of when it is asked for its value.

    Raises
    ------
    FilmRefused
        "too_large". What else pydicom raises where it cannot make sense of the bytes is of many types.
    """
    data = element.value or b""
    return read_sequence(
        CountedFile(data), element.is_implicit_VR, element.is_little_endian, len(data), default_encoding
    )
