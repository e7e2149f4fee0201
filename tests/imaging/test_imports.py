"""Reading a film needs no torch, and importing the room loads no decoder yet."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _loaded_after(statement: str) -> set[str]:
    script = f"import sys\n{statement}\nprint(' '.join(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stderr == ""
    return set(answer.stdout.split())


def test_importing_the_room_loads_neither_torch_nor_decoders() -> None:
    loaded = _loaded_after("import gaze2report_core.imaging")
    assert not loaded & {"torch", "pydicom", "PIL", "cv2", "gradio", "sqlalchemy", "app"}


def test_the_packages_own_radiograph_loads_neither_torch_nor_decoders() -> None:
    loaded = _loaded_after("from gaze2report_core import FilmRefused, GazeSource, Radiograph, Scanpath")
    assert not loaded & {"torch", "pydicom", "PIL", "cv2", "gradio", "sqlalchemy", "app"}


def test_reading_a_film_loads_no_torch(pydicom_film: Callable[[str], Path]) -> None:
    loaded = _loaded_after(
        "from gaze2report_core import Radiograph\n"
        f"film = Radiograph.from_file({str(pydicom_film('RG1_J2KI.dcm'))!r})\n"
        "film.squashed(); film.for_display()"
    )
    assert "pydicom" in loaded
    assert not loaded & {"torch", "transformers", "gradio", "sqlalchemy", "app", "pandas", "matplotlib"}
