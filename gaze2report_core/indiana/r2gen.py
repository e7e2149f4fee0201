"""R2Gen's annotation of the collection."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gaze2report_core.studies import StudiesRefused

R2GEN_SPLITS = ("train", "val", "test")
_R2GEN_ID = re.compile(r"CXR(\d+)_")


@dataclass(frozen=True)
class R2GenStudy:
    """What R2Gen's annotation says of a study."""

    split: str
    name: str
    report: str


def read_r2gen(annotation: Path) -> dict[str, R2GenStudy]:
    """By the number of a study, as `uid` is, what the `annotation.json` of R2Gen's IU X-Ray says of it.

    Raises
    ------
    StudiesRefused
        Where it is not laid out so: lists `train`, `val` and `test` of objects with `id` (`CXR1_1_IM-0001`) and
        `report`.
    """
    try:
        splits = json.loads(annotation.read_text(encoding="utf-8"))
        return {_uid_of(study.name): study for study in _r2gen_studies(splits)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StudiesRefused(
            "This is no annotation.json of R2Gen's IU X-Ray: it has lists train, val and test of objects with id and "
            "report."
        ) from error


def _r2gen_studies(splits: Mapping[str, Sequence[Mapping[str, str]]]) -> Iterator[R2GenStudy]:
    for split in R2GEN_SPLITS:
        for study in splits[split]:
            yield R2GenStudy(split, study["id"].strip(), " ".join(study["report"].split()))


def _uid_of(name: str) -> str:
    found = _R2GEN_ID.match(name)
    if found is None:
        raise ValueError("an id of another kind")
    return found[1]
