"""Fixtures that several rooms share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from tests.hub_server import HubServer

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
