"""Where a model comes from: the embedded default, a folder, or the Hugging Face Hub; after that, all are folders."""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from gaze2report_core.presets import TINY
from gaze2report_core.unreadable import UnreadableModel

EMBEDDED_MODEL = Path(__file__).resolve().parents[1] / "weights" / TINY
FILES_OF_A_MODEL = ["*.json", "*.safetensors", "README.md", "*.jinja"]
"""What is taken from a repository; a pickle in it never reaches the disk."""

PICTURES_OF_A_CARD = ["*.png"]
"""What goes with a model to the Hub, to be looked at there."""

CONFIG = "config.json"

HASH_LENGTH = 12
"""Hexadecimal digits, of which a hash is shown and kept."""

# A name that begins with a dot is a folder that was mistyped, such as `../weights`; the Hub has none.
_HUB_NAME = re.compile(r"(?!\.)(?P<repository>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")


class ModelNotFound(ValueError):
    """A model that is not there or cannot be fetched; the message says why and what to do."""


class ModelNotUploaded(ValueError):
    """A model that the Hub did not take; the message says why and what to do."""


@dataclass(frozen=True)
class ModelSource:
    """A model on this disk: its folder, the name people know it by, and exactly which state of it this is."""

    folder: Path
    model_id: str
    revision: str


def find_model(model: str | Path, revision: str | None = None, endpoint: str | None = None) -> ModelSource:
    """Find a model by folder or as `owner/name[@revision]`.

    A Hub model's revision is its commit; a folder's is the beginning of a hash over its .json and .safetensors
    files, not over its card.

    Raises
    ------
    ModelNotFound
        When there is no such folder and no such repository, or access to it has not been granted; and for a revision
        of a folder.
    UnreadableModel
        For a folder that is no model, or whose files may not be read.
    """
    folder = Path(model)
    if _is_folder(folder):
        if revision is not None:
            raise ModelNotFound(
                "A folder has one state and no revisions: leave the revision out, or give owner/name on the Hub."
            )
        return ModelSource(folder, folder.resolve().name, _hash_of_model(folder))
    if folder == EMBEDDED_MODEL:
        raise ModelNotFound(
            "The embedded model is not here: it stands in the repository, beside this package, and is not installed "
            "with it. Name another model, a folder or owner/name on the Hub."
        )
    name = _HUB_NAME.fullmatch(str(model))
    if name is None:
        raise ModelNotFound(
            "There is no model folder at the given path. Give a folder, or owner/name[@revision] on the Hub."
        )
    return _from_hub(name["repository"], revision or name["revision"], endpoint)


def folder_of_base(base: str, endpoint: str | None = None) -> Path:
    """Where the language model is that a configuration names: a folder, or `owner/name[@revision]` on the Hub.

    Raises `ModelNotFound` as `find_model` does.
    """
    return Path(base) if _is_folder(Path(base)) else find_model(base, endpoint=endpoint).folder


def upload_model(folder: Path, repository: str, *, private: bool, endpoint: str | None, token: str | None) -> str:
    """Upload a model folder to the Hub, making the repository if need be; returns the new commit.

    Raises
    ------
    ModelNotUploaded
        For a name that no repository can have, or where the token may not write there. Where the Hub cannot be reached,
        what its client raises comes through.
    """
    api = HfApi(endpoint=endpoint, token=token)
    try:
        api.create_repo(repository, private=private, exist_ok=True)
        commit = api.upload_folder(
            repo_id=repository,
            folder_path=folder,
            allow_patterns=[*FILES_OF_A_MODEL, *PICTURES_OF_A_CARD],
            commit_message="Upload a Gaze2Report model",
        )
    except HFValidationError as error:
        raise ModelNotUploaded("The Hub can have no repository of that name: give owner/name.") from error
    except HfHubHTTPError as error:
        raise ModelNotUploaded(
            f"The Hub did not take the model (HTTP {error.response.status_code}). Check the name, and that you are "
            "logged in, or gave a token, that may write there."
        ) from error
    return str(commit.oid)


def _is_folder(folder: Path) -> bool:
    """Whether it is one, and may be looked into."""
    return os.path.isdir(folder)  # noqa: PTH112 (pathlib's own raises, with the path, for one that is too long)


def _hash_of_model(folder: Path) -> str:
    """Only of what is a model: a large folder that was given by mistake is not read to its end."""
    if not os.path.isfile(folder / CONFIG):  # noqa: PTH113 (as above)
        raise UnreadableModel(f"This is not a Gaze2Report model: {CONFIG} is missing.")
    try:
        return hash_of_folder(folder)
    except OSError:  # whose message holds the path
        raise UnreadableModel("The model's files cannot be read: check that this program may read them.") from None


def _from_hub(repository: str, revision: str | None, endpoint: str | None) -> ModelSource:
    at = f" at revision {revision}" if revision else ""
    try:
        folder = snapshot_download(repository, revision=revision, allow_patterns=FILES_OF_A_MODEL, endpoint=endpoint)
    except HFValidationError as error:
        raise ModelNotFound(
            f"There is no folder {repository}, and the Hub can have no repository of that name. Check the name."
        ) from error
    except GatedRepoError as error:
        raise ModelNotFound(
            f"{repository} asks for access that you do not have: request it on the Hub, then `hf auth login`."
        ) from error
    except RevisionNotFoundError as error:
        raise ModelNotFound(f"{repository} has no revision {revision} on the Hub.") from error
    except RepositoryNotFoundError as error:
        raise ModelNotFound(
            f"There is no folder and no Hub repository {repository} that you can see. Check the name, or log in."
        ) from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise ModelNotFound(
            f"The Hub could not be reached for {repository}{at}, and it is not in the cache of this machine. "
            "Check the connection, or give a folder."
        ) from error
    return ModelSource(Path(folder), repository, Path(folder).name)


def hash_of_folder(folder: Path) -> str:
    """The beginning of a hash over the .json and .safetensors files of a folder: what a model is computed from."""
    computed_from = (".json", ".safetensors")
    paths = sorted(path for path in folder.rglob("*") if path.suffix in computed_from and path.is_file())
    return hash_of_named_files((path.relative_to(folder).as_posix(), path) for path in paths)


def hash_of_named_files(files: Iterable[tuple[str, Path]]) -> str:
    """The beginning of a hash over each name and what its file holds, however large that is."""
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(name.encode())
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return digest.hexdigest()[:HASH_LENGTH]
