"""Text and JSON as they can be stored in any database and sent in any encoding."""

import math
import re
from typing import Any

from app.records.errors import TextTooLong

MOST_CHARACTERS = 20_000
"""Many times the longest report of a chest film. `assets/editor.html` takes no more; a pasted book is not compared with
what the classifiers find, word by word, at each save."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL refuses NUL; lone surrogates have no UTF-8


def storable(text: str) -> str:
    """The text with each NUL and each lone surrogate as U+FFFD. Raises `TextTooLong`."""
    if len(text) > MOST_CHARACTERS:
        raise TextTooLong(MOST_CHARACTERS)
    return _UNSTORABLE.sub("\ufffd", text)


def storable_json(value: Any) -> Any:
    """The same for every text within a JSON value, keys included."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no such number
    if isinstance(value, dict):
        return {storable(str(key)): storable_json(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(entry) for entry in value]
    return value
