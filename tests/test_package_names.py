"""What can be imported from the package itself: the same as from its rooms, loaded when it is asked for."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gaze2report_core

ROOT = Path(__file__).parents[1]


def test_each_name_is_that_of_its_room_and_of_no_other() -> None:
    from gaze2report_core.decoding_settings import DecodingSettings
    from gaze2report_core.examination import Examination
    from gaze2report_core.findings import Finding, Laterality
    from gaze2report_core.gaze import GazeSource, Scanpath
    from gaze2report_core.imaging import FilmRefused, Radiograph
    from gaze2report_core.pipeline import Gaze2ReportPipeline

    rooms = (
        *(DecodingSettings, Examination, FilmRefused, Finding, Gaze2ReportPipeline, GazeSource, Laterality),
        *(Radiograph, Scanpath),
    )
    assert {getattr(gaze2report_core, kind.__name__) for kind in rooms} == set(rooms)
    assert gaze2report_core.__all__ == [*sorted(kind.__name__ for kind in rooms), "__version__"]
    assert set(gaze2report_core.__all__) <= set(dir(gaze2report_core))


def test_type_checkers_see_the_names_that_are_found_when_they_are_asked_for() -> None:
    module = ast.parse(Path(gaze2report_core.__file__).read_text("utf-8"))
    [seen] = [node for node in module.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name)]
    imports = [node for node in seen.body if isinstance(node, ast.ImportFrom)]
    found = {name: f"gaze2report_core.{room}" for name, room in gaze2report_core._ROOMS.items()}
    assert {alias.name: node.module for node in imports for alias in node.names} == found
    assert {*found, "__version__"} == set(gaze2report_core.__all__)


def test_a_misspelt_name_is_an_error_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match=r"^module 'gaze2report_core' has no attribute 'Radiogram'$"):
        gaze2report_core.Radiogram  # type: ignore[attr-defined] # noqa: B018 - that it is asked for is enough
    with pytest.raises(ImportError, match="Radiogram"):
        from gaze2report_core import Radiogram  # type: ignore[attr-defined] # noqa: F401


def test_the_package_itself_loads_nothing() -> None:
    script = "import sys, gaze2report_core; dir(gaze2report_core); print(' '.join(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = printed.stdout.split()
    assert "gaze2report_core" in loaded
    assert not [name for name in loaded if name.startswith("gaze2report_core.") or name in ("numpy", "torch")]
