"""Fixtures that several rooms share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from pydicom.data import get_testdata_file

from tests.hub_server import HubServer

# A busy machine is no failure.
hypothesis.settings.register_profile(
    "no deadline", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("no deadline")

SHARED_DATA = Path(__file__).parents[1] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data beside the repository; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the folder ../shared/data beside the repository")
    return SHARED_DATA.resolve()


@pytest.fixture(scope="session")
def pydicom_film() -> Callable[[str], Path]:
    """The path of one of pydicom's or pydicom-data's own files by its name; nothing is ever downloaded."""

    def path_of(name: str) -> Path:
        found = get_testdata_file(name, download=False)
        if found is None:
            raise FileNotFoundError(f"neither pydicom nor pydicom-data ships a file named {name}")
        return Path(str(found))

    return path_of


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """An empty Hugging Face Hub on loopback; its `endpoint` is for the client."""
    with HubServer() as server:
        yield server


@pytest.fixture(scope="session")
def small_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole model on disk, very small, that writes the reports of `tests.small_model.REPORTS` for its drawn films."""
    from tests.small_model import save_small_model  # here, so that tests of other rooms start without torch

    return save_small_model(tmp_path_factory.mktemp("models") / "gaze2report-small")
