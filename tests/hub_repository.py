"""What the loopback Hub of `hub_server` holds: repositories as commits, branches and tags, in memory."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

LFS_SUFFIXES = (".safetensors", ".bin", ".pt")


@dataclass(frozen=True)
class Commit:
    sha: str
    message: str
    files: Mapping[str, bytes]


@dataclass
class Repository:
    gated: bool = False
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)  # name to commit sha
    tags: dict[str, str] = field(default_factory=dict)

    def at(self, revision: str) -> Commit:
        sha = self.branches.get(revision) or self.tags.get(revision) or revision
        if sha not in self.commits:
            raise HubRefusal(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return self.commits[sha]

    def file_at(self, revision: str, path: str) -> tuple[Commit, bytes]:
        commit = self.at(revision)
        if path not in commit.files:
            raise HubRefusal(404, "EntryNotFound", "Entry not found", {"X-Repo-Commit": commit.sha})
        return commit, commit.files[path]

    def commit(self, files: Mapping[str, bytes], message: str, branch: str = "main") -> Commit:
        """Put `files`, the whole new tree, on top of a branch."""
        parent = self.branches.get(branch, "")
        tree = "".join(f"{path} {git_oid(content)}\n" for path, content in sorted(files.items()))
        sha = hashlib.sha1(f"{parent}\n{len(self.commits)}\n{message}\n{tree}".encode()).hexdigest()  # noqa: S324
        self.commits[sha] = Commit(sha, message, dict(files))
        self.branches[branch] = sha
        return self.commits[sha]


class HubRefusal(Exception):
    """An answer that is not a success, in the headers and the JSON that the client reads."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None, **details: str
    ) -> None:
        super().__init__(message)
        self.status = status
        self.content = {"error": message, **details}
        self.headers = {"X-Error-Code": code, "X-Error-Message": message, **(headers or {})}


def git_oid(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324 - git's own


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def etag(path: str, content: bytes) -> str:
    """What the Hub answers as a file's ETag: the sha256 of large files, git's own hash of the others."""
    return sha256(content) if path.endswith(LFS_SUFFIXES) else git_oid(content)


def apply_operation(
    files: dict[str, bytes], key: str, value: Mapping[str, str], large_objects: Mapping[str, bytes]
) -> None:
    """Apply one line of a commit request to a tree."""
    path = value["path"]
    if key == "file":
        files[path] = base64.b64decode(value["content"])
    elif key == "lfsFile":
        if value["oid"] not in large_objects:
            raise HubRefusal(400, "BadRequest", f"LFS pointer to an object that was not uploaded: {path}")
        files[path] = large_objects[value["oid"]]
    else:  # deletedFile, deletedFolder
        gone = [
            name
            for name in files
            if name == path or (key == "deletedFolder" and name.startswith(f"{path.rstrip('/')}/"))
        ]
        if not gone:
            raise HubRefusal(404, "EntryNotFound", "A file with this name doesn't exist")
        for name in gone:
            del files[name]
