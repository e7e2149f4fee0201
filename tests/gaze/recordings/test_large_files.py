"""Gaze files as large as the page takes them, and made to take more memory than their reader has."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gaze2report_core.gaze.recordings import RecordingRefused, SeveralRecordings, read_recording, read_recording_text
from gaze2report_core.gaze.recordings.reading import MOST_ROWS
from gaze2report_core.gaze.recordings.recording import MOST_RECORDINGS

pytestmark = pytest.mark.thorough

FILES = Path(__file__).parents[2] / "data" / "gaze"
EGD = (FILES / "egd_eye_gaze.csv").read_text("utf-8").splitlines()[0] + "\n"
TOBII = (FILES / "tobii_fixations.tsv").read_text("utf-8").splitlines()[0] + "\n"
SIIM = {"image_id": "a", "gaze_x": [], "gaze_y": [], "time": []}

TOO_MANY_RECORDINGS = f"more than {MOST_RECORDINGS:,} recordings"
TOO_MANY_ROWS = f"more than {MOST_ROWS:,} rows or entries"


def of_films(count: int) -> str:
    """A table of EGD with a row for each of so many films."""
    first = EGD.split(",").index("DICOM_ID")
    return EGD + "".join(f"{',' * first}{film}\n" for film in range(count))


def test_as_many_films_as_a_data_set_may_have_are_told_apart() -> None:
    with pytest.raises(SeveralRecordings, match=f"holds {MOST_RECORDINGS:,} recordings of") as refusal:
        read_recording_text(of_films(MOST_RECORDINGS), width=9, height=9)
    assert refusal.value.names[-1] == str(MOST_RECORDINGS - 1)


@pytest.mark.parametrize(
    "text",
    [of_films(MOST_RECORDINGS + 1), json.dumps([SIIM] * (MOST_RECORDINGS + 1)), '{"uid":1}\n' * (MOST_RECORDINGS + 1)],
    ids=["table", "JSON", "JSON lines"],
)
def test_more_recordings_than_any_data_set_has_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingRefused, match=TOO_MANY_RECORDINGS):
        read_recording_text(text, width=9, height=9)
    (tmp_path / "gaze").write_text(text)
    with pytest.raises(RecordingRefused, match=TOO_MANY_RECORDINGS):
        read_recording(tmp_path / "gaze", width=9, height=9)


@pytest.mark.parametrize(
    "text",
    [EGD + (MOST_ROWS + 1) * "a\n", "[" + MOST_ROWS * "{}," + "{}]", "[" + MOST_ROWS * "[]," + "[]]"],
    ids=["table", "objects", "lists"],
)
def test_a_text_with_more_rows_than_gaze_has_is_refused(text: str) -> None:
    with pytest.raises(RecordingRefused, match=TOO_MANY_ROWS):
        read_recording_text(text, width=9, height=9)


HOSTILE = {
    "a film for each row of EGD": f"{EGD!r} + ''.join(f'{{film:x}}\\n' for film in range(1_000_000))",
    "a film for each row of Tobii": f"{TOBII!r} + ''.join(f'{{film:x}}\\t\\n' for film in range(4_000_000))",
    "rows of one letter": f"{EGD!r} + 4_000_000 * 'a\\n'",
    "names of columns": "'x,y,duration' + 8_000_000 * ',' + '\\n' + 4_990 * '.1,.2,.3\\n'",
    "as many columns as are read": "'x,y,duration,' + ','.join(map(str, range(9_000))) + '\\n' + 5_001 * '.1,.2,.3\\n'",
    "rows of empty cells": "'x,y,duration\\n' + '.1,.2,.3' + 30_000_000 * ',' + '\\n'",
    "a row of many lines": f"'x,y,duration\\n.1,.2,.3' + 8_000_000 * {',' + chr(34) + chr(10) + chr(34)!r}",
    "objects of JSON": "'[' + 4_000_000 * '{\"a\":1},' + '{}]'",
    "recordings of JSON": f"'[' + 500_000 * {json.dumps(SIIM) + ','!r} + {json.dumps(SIIM)!r} + ']'",
}
READS = (
    "import resource\n"
    "from gaze2report_core.gaze.recordings import RecordingRefused, read_recording_text\n"
    "text = {text}\n"
    "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
    "try:\n"
    "    read_recording_text(text, width=9, height=9, most_fixations=5000)\n"
    "except RecordingRefused:\n"
    "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems measure memory in other units")
@pytest.mark.parametrize("file", HOSTILE)
def test_a_hostile_file_of_32_megabytes_takes_little_memory(file: str) -> None:
    """It took up to ten gigabytes."""
    ran = subprocess.run([sys.executable, "-c", READS.format(text=HOSTILE[file])], capture_output=True, text=True)
    assert int(ran.stdout) < 300 * 1024, ran.stderr
