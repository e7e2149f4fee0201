from pathlib import Path

import pytest

from gaze2report_core.studies import Study
from gaze2report_core.training.run.data_folder import read_training_studies
from tests.training.small_data import write_small_data


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in small."""
    return write_small_data(tmp_path_factory.mktemp("data"))


@pytest.fixture
def studies(data: Path) -> list[Study]:
    """Those of train and extra."""
    return read_training_studies(data)
