"""Which transfer syntaxes are read, by which of pydicom's decoding plugins, and what is said of those that are not."""

from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
    UID_dictionary,
)

from gaze2report_core.imaging.codestream_plugin import IN_A_SEPARATE_PROCESS
from gaze2report_core.imaging.refusal import FilmRefused

# Which of pydicom's decoding plugins is asked: the newest codec of each kind, where pydicom itself begins with GDCM's
# older ones. Native pixels need none; RLE and what is left to GDCM have modules of their own.
PLUGINS: dict[str, str] = {
    ImplicitVRLittleEndian: "",
    ExplicitVRLittleEndian: "",
    ExplicitVRBigEndian: "",
    DeflatedExplicitVRLittleEndian: "",
    JPEGBaseline8Bit: "pillow",
    JPEGExtended12Bit: "pillow",
    JPEGLSLossless: IN_A_SEPARATE_PROCESS,
    JPEGLSNearLossless: IN_A_SEPARATE_PROCESS,
    JPEG2000Lossless: IN_A_SEPARATE_PROCESS,
    JPEG2000: IN_A_SEPARATE_PROCESS,
    HTJ2KLossless: IN_A_SEPARATE_PROCESS,
    HTJ2KLosslessRPCL: IN_A_SEPARATE_PROCESS,
    HTJ2K: IN_A_SEPARATE_PROCESS,
}
LOSSLESS_JPEG = (JPEGLossless, JPEGLosslessSV1)
LOSSLESS_CODESTREAMS = (JPEGLSLossless, JPEG2000Lossless, HTJ2KLossless, HTJ2KLosslessRPCL)

# What would read the others, by the beginning of the syntax's name.
_READERS_OF_OTHERS = (
    (
        ("MPEG", "Fragmentable MPEG", "HEVC", "SMPTE"),
        "It is a video: the package av (PyAV) reads it; choose a single film.",
    ),
    (("JPIP",), "Its pixels are on a server: fetch the film from there as JPEG 2000."),
    (("JPEG 2000 Part 2",), "The package imagecodecs reads it: convert the film to Explicit VR Little Endian first."),
    (("JPEG",), "The package dcmtk reads it: convert the film to Explicit VR Little Endian first, with its dcmdjpeg."),
    (
        ("Encapsulated", "Papyrus"),
        "The package dcmtk reads it: convert the film to Explicit VR Little Endian, with its dcmconv.",
    ),
)
_ANY_OTHER = "Export the film as Explicit VR Little Endian; the package dcmtk may convert it, with its dcmconv."


def refuse_unsupported(syntax: UID) -> None:
    """Raise FilmRefused("unsupported_transfer_syntax") where none of the installed decoders reads a syntax."""
    if syntax in PLUGINS or syntax in LOSSLESS_JPEG or syntax == RLELossless:
        return
    # An identifier that DICOM does not know is a value of the header like any other, so it is not repeated.
    name = f"“{UID_dictionary[syntax][0]}” ({syntax})" if syntax in UID_dictionary else "one that DICOM does not list"
    advice = next((advice for starts, advice in _READERS_OF_OTHERS if name.startswith(starts, 1)), _ANY_OTHER)
    raise FilmRefused(
        "unsupported_transfer_syntax",
        f"The film's transfer syntax is {name}, which none of the installed decoders reads. {advice}",
    )
