"""The sample film: a real chest radiograph that the package pydicom-data brings along."""

from pathlib import Path

from pydicom.data import get_testdata_file

SAMPLE_FILM = "RG1_UNCR.dcm"


class SampleMissing(LookupError):
    def __init__(self) -> None:
        super().__init__("The sample film is not installed. Please install the package pydicom-data.")


def sample_film() -> Path:
    """Where the sample film lies. Raises `SampleMissing`; the network is never asked for it."""
    path = get_testdata_file(SAMPLE_FILM, download=False)
    if not isinstance(path, str):
        raise SampleMissing
    return Path(path)
