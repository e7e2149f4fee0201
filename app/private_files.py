"""Small files that their owner alone may read."""

import os
import secrets
from pathlib import Path


def replace_privately(file: Path, text: str) -> None:
    """Put the text in the place of what the file holds, whole or not at all, also through a power cut."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
