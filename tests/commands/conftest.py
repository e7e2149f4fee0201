"""The command line in this process: words in, exit code and both outputs out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian

from gaze2report_core.cli import main
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS, drawn_chest, write_film


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one sentence that a refused command writes; nothing may stand on standard output, and no traceback."""
        assert self.code == 1
        assert self.out == ""
        assert "Traceback" not in self.err
        (line,) = [line for line in self.err.splitlines() if line.startswith("gaze2report: ")]
        assert self.err.endswith(f"{line}\n")
        return line.removeprefix("gaze2report: ")


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `python -m gaze2report_core WORDS…` in this process."""

    def run(*words: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the drawn chests, a file that is none, and one that is cut off."""
    folder = tmp_path_factory.mktemp("films")
    whole = write_film(folder / "large_heart.png", LARGE_HEART)
    write_film(folder / "clear_lungs.png", CLEAR_LUNGS)
    write_film(folder / "lateral.png", SIDEWAYS)
    (folder / "letter.png").write_bytes(b"%PDF-1.7")
    (folder / "cut_off.png").write_bytes(whole.read_bytes()[:4000])
    return folder


@pytest.fixture
def frames_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes drawn chests as the frames of one DICOM file and returns its path."""

    def write(name: str, *kinds: int) -> Path:
        pixels = np.stack([drawn_chest(kind) for kind in kinds])  # (N, H, W)
        film = Dataset()
        film.file_meta = FileMetaDataset()
        film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        film.SOPClassUID = film.file_meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
        film.SOPInstanceUID = film.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
        film.Modality, film.BurnedInAnnotation, film.PhotometricInterpretation = "CR", "NO", "MONOCHROME2"
        film.NumberOfFrames, film.Rows, film.Columns = pixels.shape
        film.SamplesPerPixel, film.PixelRepresentation = 1, 0
        film.BitsAllocated, film.BitsStored, film.HighBit = 8, 8, 7
        film.PixelData = pixels.tobytes()
        film.save_as(tmp_path / name, enforce_file_format=True)
        return tmp_path / name

    return write
