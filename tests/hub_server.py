"""A small Hugging Face Hub on loopback, for tests that let the real `huggingface_hub` client download and upload.

    with HubServer() as hub:
        sha = hub.add_repository("owner/name", {"config.json": b"{}"}, tags=["v1"])
        HfApi(endpoint=hub.endpoint).snapshot_download("owner/name", revision="v1", cache_dir=...)

Repositories live in memory as commits, branches and tags. Writing needs `token=hub.token`, as on the Hub. There is no
Xet storage: every file is asked for inline, and as LFS with `HubServer(lfs=True)`, which a client reaches only with Xet
switched off (`huggingface_hub.constants.HF_HUB_DISABLE_XET`).
"""

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.hub_repository import LFS_SUFFIXES, HubRefusal, Repository, apply_operation, etag, git_oid, sha256


class HubServer:
    """The server, started by `with`; `requests` holds the method and path of each request that arrived."""

    token = "hf_loopback"
    owner = "reader"

    def __init__(self, *, lfs: bool = False) -> None:
        self.lfs = lfs
        self.repositories: dict[str, Repository] = {}
        self.large_objects: dict[str, bytes] = {}  # sha256 to content
        self.requests: list[str] = []
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening, so that the client finds nobody at the endpoint. May be called twice."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add_repository(
        self, repo_id: str, files: Mapping[str, bytes] | Path, *, tags: Iterable[str] = (), gated: bool = False
    ) -> str:
        """Commit a whole tree, from bytes or a folder, to the main branch of a new or known repository: its sha."""
        if isinstance(files, Path):
            files = {
                path.relative_to(files).as_posix(): path.read_bytes()
                for path in sorted(files.rglob("*"))
                if path.is_file()
            }
        repository = self.repositories.setdefault(repo_id, Repository(gated))
        sha = repository.commit(files, "Add files").sha
        repository.tags.update(dict.fromkeys(tags, sha))
        return sha


Answer = Any
"""What a route returns: JSON-ready data, or None when it has answered itself."""


class _Handler(BaseHTTPRequestHandler):
    hub: HubServer
    routes: ClassVar[list[tuple[str, re.Pattern[str], Callable[..., Answer]]]] = []

    @classmethod
    def route(cls, methods: str, pattern: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        """Register a function for `pattern`, in which `{repo}` is owner/name and `{rev}` a quoted revision."""
        pattern = pattern.replace("{repo}", "(?P<repo>[^/]+/[^/]+?)").replace("{rev}", "(?P<rev>[^/]+)")

        def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
            cls.routes.extend((method, re.compile(pattern), function) for method in methods.split())
            return function

        return register

    def handle_request(self) -> None:
        self.body = self._read_body()
        target = urlsplit(self.path)
        self.query = {name: values[-1] for name, values in parse_qs(target.query).items()}
        self.hub.requests.append(f"{self.command} {unquote(target.path)}")
        try:
            answer = self._dispatch(target.path)
        except HubRefusal as refusal:
            self.reply(json.dumps(refusal.content).encode(), status=refusal.status, headers=refusal.headers)
        else:
            if answer is not None:
                self.reply(json.dumps(answer).encode(), headers={"Content-Type": "application/json"})

    do_GET = do_HEAD = do_POST = do_PUT = handle_request  # noqa: N815 - named by http.server

    def _dispatch(self, path: str) -> Answer:
        for method, pattern, function in self.routes:
            match = pattern.fullmatch(path) if method == self.command else None
            if match:
                return function(self, **{name: unquote(value) for name, value in match.groupdict().items() if value})
        raise HubRefusal(501, "NotImplemented", f"The loopback Hub has no {self.command} {path}")

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def reply(self, content: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""

    def repository(self, repo_id: str) -> Repository:
        if repo_id not in self.hub.repositories:
            raise HubRefusal(404, "RepoNotFound", "Repository not found")
        return self.hub.repositories[repo_id]

    @property
    def signed_in(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {self.hub.token}"

    def require_token(self) -> None:
        if not self.signed_in:
            raise HubRefusal(401, "Unauthorized", "Invalid credentials in Authorization header")


route = _Handler.route


@route("GET", "/api/whoami-v2")
def whoami(request: _Handler) -> Answer:
    request.require_token()
    return {"type": "user", "name": request.hub.owner, "orgs": []}


@route("GET", "/api/models/{repo}(?:/revision/{rev})?")
def repo_info(request: _Handler, repo: str, rev: str = "main") -> Answer:
    repository = request.repository(repo)
    commit = repository.at(rev)
    siblings = [{"rfilename": path} for path in commit.files]
    gated = "manual" if repository.gated else False
    return {"id": repo, "sha": commit.sha, "gated": gated, "private": False, "tags": [], "siblings": siblings}


@route("GET", "/api/models/{repo}/tree/{rev}")
def tree(request: _Handler, repo: str, rev: str) -> Answer:
    if request.query.get("recursive", "").lower() != "true":
        raise HubRefusal(501, "NotImplemented", "The loopback Hub lists whole trees only")
    entries = []
    for path, content in request.repository(repo).at(rev).files.items():
        entry: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": git_oid(content)}
        if path.endswith(LFS_SUFFIXES):
            entry["lfs"] = {"oid": sha256(content), "size": len(content), "pointerSize": 134}
        entries.append(entry)
    return entries


@route("GET HEAD", "/{repo}/resolve/{rev}/(?P<path>.+)")
def resolve(request: _Handler, repo: str, rev: str, path: str) -> None:
    repository = request.repository(repo)
    if repository.gated and not request.signed_in:
        raise HubRefusal(403, "GatedRepo", f"Access to model {repo} is restricted")
    commit, content = repository.file_at(rev, path)
    headers = {"X-Repo-Commit": commit.sha, "ETag": f'"{etag(path, content)}"', "Accept-Ranges": "bytes"}
    if path.endswith(LFS_SUFFIXES):
        headers |= {"X-Linked-ETag": headers["ETag"], "X-Linked-Size": str(len(content))}
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
    if wanted is None:
        return request.reply(content, headers=headers)
    first, last = int(wanted[1]), min(int(wanted[2] or len(content)), len(content) - 1)
    if first > last:
        raise HubRefusal(
            416, "RangeNotSatisfiable", "Range not satisfiable", {"Content-Range": f"bytes */{len(content)}"}
        )
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return request.reply(content[first : last + 1], status=206, headers=headers)


@route("POST", "/api/repos/create")
def create_repo(request: _Handler) -> Answer:
    request.require_token()
    wanted = json.loads(request.body)
    repo_id = f"{wanted.get('organization') or request.hub.owner}/{wanted['name']}"
    url = f"{request.hub.endpoint}/{repo_id}"
    with request.hub.lock:
        if repo_id in request.hub.repositories:
            raise HubRefusal(409, "Conflict", "You already created this model repo", url=url)
        repository = request.hub.repositories[repo_id] = Repository()
        repository.commit({".gitattributes": b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"}, "initial commit")
    return {"url": url, "name": repo_id}


@route("POST", "/api/validate-yaml")
def validate_yaml(request: _Handler) -> Answer:
    return {"errors": [], "warnings": []}


@route("POST", "/api/models/{repo}/preupload/{rev}")
def preupload(request: _Handler, repo: str, rev: str) -> Answer:
    request.require_token()
    present = request.repository(repo).at(rev).files
    answers = []
    for file in json.loads(request.body)["files"]:
        path, large = file["path"], request.hub.lfs and file["path"].endswith(LFS_SUFFIXES)
        oid = None
        if path in present:
            oid = sha256(present[path]) if large else git_oid(present[path])
        mode = "lfs" if large else "regular"
        answers.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
    return {"files": answers}


@route("POST", "/{repo}[.]git/info/lfs/objects/batch")
def lfs_batch(request: _Handler, repo: str) -> Answer:
    request.require_token()
    request.repository(repo)
    objects = []
    for wanted in json.loads(request.body)["objects"]:
        answer = {"oid": wanted["oid"], "size": wanted["size"]}
        if wanted["oid"] not in request.hub.large_objects:
            answer["actions"] = {"upload": {"href": f"{request.hub.endpoint}/lfs/{wanted['oid']}"}}
        objects.append(answer)
    return {"transfer": "basic", "objects": objects}


@route("PUT", "/lfs/(?P<oid>[0-9a-f]{64})")
def lfs_object(request: _Handler, oid: str) -> None:
    if sha256(request.body) != oid:
        raise HubRefusal(400, "BadDigest", "The content does not have the announced sha256")
    request.hub.large_objects[oid] = request.body
    return request.reply(b"")


@route("POST", "/api/models/{repo}/commit/{rev}")
def commit(request: _Handler, repo: str, rev: str) -> Answer:
    request.require_token()
    repository = request.repository(repo)
    header, *operations = [json.loads(line) for line in request.body.splitlines()]
    with request.hub.lock:
        head = repository.at(rev)
        if header["value"].get("parentCommit") not in (None, head.sha):
            raise HubRefusal(412, "PreconditionFailed", "The branch has moved on since the parent commit")
        files = dict(head.files)
        for operation in operations:
            apply_operation(files, operation["key"], operation["value"], request.hub.large_objects)
        made = repository.commit(files, header["value"]["summary"], rev)
    return {"commitOid": made.sha, "commitUrl": f"{request.hub.endpoint}/{repo}/commit/{made.sha}"}


@route("POST", "/api/models/{repo}/tag/{rev}")
def create_tag(request: _Handler, repo: str, rev: str) -> Answer:
    return _point(request, repo, "tags", json.loads(request.body)["tag"], rev)


@route("POST", "/api/models/{repo}/branch/(?P<branch>[^/]+)")
def create_branch(request: _Handler, repo: str, branch: str) -> Answer:
    return _point(request, repo, "branches", branch, json.loads(request.body).get("startingPoint", "main"))


def _point(request: _Handler, repo: str, kind: str, name: str, revision: str) -> Answer:
    request.require_token()
    repository = request.repository(repo)
    references: dict[str, str] = getattr(repository, kind)
    with request.hub.lock:
        if name in references:
            raise HubRefusal(409, "Conflict", f"Reference {name} already exists")
        references[name] = repository.at(revision).sha
    return {}
