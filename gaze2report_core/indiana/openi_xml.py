"""XML from outside, read so that it can neither fill the memory nor reach for anything else.

All that makes XML dangerous, entities that multiply or name files and addresses, has to be declared in a document type.
The files of Open-i have none, so expat stops where one begins, before it has read any of it; that is what defusedxml
does, too. What is left is a tree no larger than its text, and of that not much is read.
"""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

LARGEST_FILE = 2**20
"""Bytes. Open-i's files have some ten thousand."""


class UnsafeOrNoXml(ValueError):
    """A text that is not read; the message ends a sentence on it."""


def tree_of_xml(text: bytes) -> Element:
    """The outermost element of a document.

    Raises
    ------
    UnsafeOrNoXml
        For a text of more than `LARGEST_FILE` bytes, one with a document type, and one that is no XML.
    """
    if len(text) > LARGEST_FILE:
        raise UnsafeOrNoXml(f"it has more than {LARGEST_FILE:,} bytes")
    builder = TreeBuilder()
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(text, True)
    except UnsafeOrNoXml:
        raise
    except (ExpatError, LookupError, ValueError) as error:  # the latter two for encodings that Python does not read
        raise UnsafeOrNoXml("it cannot be read as XML") from error
    return builder.close()


def _refuse_document_type(*_: object) -> None:
    raise UnsafeOrNoXml("it declares a document type, which may hold anything")
