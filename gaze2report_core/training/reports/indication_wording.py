"""How indications are worded: who asks in like words is read, and reported on, in like words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

WORDED_AT_LEAST = 5
"""Pieces of words that fewer indications have say nothing of the next one."""


class IndicationWording:
    """The wording of S indications, by pieces of two to four letters: punctuation and manner count as words do."""

    def __init__(self, indications: Sequence[str]) -> None:
        self._pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=WORDED_AT_LEAST)
        self._rows: Any = None
        try:
            self._rows = self._pieces.fit_transform(indications)
        except ValueError:  # no piece is frequent enough, as where no study has an indication
            self._none = np.zeros(len(indications), dtype=np.float32)

    def likeness(self, indication: str) -> NDArray[np.float32]:
        """How like each of the S this one is worded, `(S,)` in 0..1."""
        return self._none if self._rows is None else self._to_all(self._pieces.transform([indication]))[:, 0]

    def likenesses(self) -> NDArray[np.float32]:
        """How like all are worded to each other, `(S, S)`."""
        return np.diag(self._none) if self._rows is None else self._to_all(self._rows)

    def _to_all(self, rows: Any) -> NDArray[np.float32]:
        return (self._rows @ rows.T).toarray().astype(np.float32)
