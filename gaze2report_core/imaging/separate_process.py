"""Decoders that get a process of their own, which starts in about a tenth of a second.

Some hold Python's lock for as long as they decode, seconds for a large film, so that nothing else of a server is heard;
some abort the whole process on damaged frames, and complain on standard error.
"""

import subprocess
import sys
from pathlib import Path

_LONGEST = 120  # seconds; the largest film takes a few on an idle machine


def answer_of(worker: Path, request: bytes) -> bytes:
    """What a script, of this folder, writes to standard output when it is given the request on standard input.

    Raises
    ------
    subprocess.SubprocessError
        It failed, or took too long.
    """
    answer = subprocess.run(  # noqa: S603 - our own worker, and nothing of the file is on its command line
        # Isolated, so that no module of this folder is mistaken for one of the library's.
        [sys.executable, "-I", worker],
        input=request,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=_LONGEST,
        check=True,
    )
    return answer.stdout
