"""The loopback Hub against the real client, so that other tests may rely on it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from huggingface_hub import CommitOperationDelete, HfApi, constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from safetensors.numpy import load_file, save_file

from tests.hub_server import HubServer

REPO = "reader/gaze2report-tiny"

# The client's own LFS upload passes its file to httpx2 in a way that httpx2 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture(params=["inline", "lfs"])
def hub(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """Both ways by which a client without a Xet storage uploads large files."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", request.param == "lfs")
    with HubServer(lfs=request.param == "lfs") as server:
        yield server


@pytest.fixture
def writer(hub: HubServer) -> HfApi:
    return HfApi(endpoint=hub.endpoint, token=hub.token)


@pytest.fixture
def visitor(hub: HubServer) -> HfApi:
    return HfApi(endpoint=hub.endpoint, token=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder in small: JSON, a card, weights in a folder of their own."""
    model = tmp_path / "model"
    (model / "scanpath").mkdir(parents=True)
    (model / "config.json").write_text('{"variant": "gaze2report"}\n')
    (model / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n# Card\n")
    weights = np.arange(200_000, dtype=np.float32)
    save_file({"weight": weights}, model / "scanpath" / "model.safetensors")
    return model


def contents(folder: str | Path) -> dict[str, bytes]:
    root = Path(folder)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def push(writer: HfApi, folder: Path) -> Any:
    writer.create_repo(REPO, exist_ok=True)
    return writer.upload_folder(repo_id=REPO, folder_path=folder, commit_message="Add the model")


def test_an_uploaded_folder_comes_back_at_its_commit_its_tag_and_main(
    hub: HubServer, writer: HfApi, visitor: HfApi, folder: Path, tmp_path: Path
) -> None:
    first = push(writer, folder).oid
    writer.create_tag(REPO, tag="v1.0")
    (folder / "config.json").write_text('{"variant": "base2"}\n')
    second = push(writer, folder).oid
    assert first != second

    for number, (revision, variant, sha) in enumerate(
        [
            (first, "gaze2report", first),
            ("v1.0", "gaze2report", first),
            ("main", "base2", second),
            (None, "base2", second),
        ]
    ):
        snapshot = visitor.snapshot_download(REPO, revision=revision, cache_dir=tmp_path / f"cache {number}")
        assert Path(snapshot).name == sha
        files = contents(snapshot)
        assert files.keys() == {".gitattributes", *contents(folder)}
        assert files["config.json"] == f'{{"variant": "{variant}"}}\n'.encode()
        weights = load_file(Path(snapshot) / "scanpath" / "model.safetensors")["weight"]
        np.testing.assert_array_equal(weights, np.arange(200_000, dtype=np.float32))


def test_large_files_took_the_way_that_was_asked_for(hub: HubServer, writer: HfApi, folder: Path) -> None:
    push(writer, folder)
    uploaded = [request for request in hub.requests if request.startswith("PUT /lfs/")]
    assert len(uploaded) == len(hub.large_objects) == (1 if hub.lfs else 0)


def test_pushing_the_same_folder_again_makes_no_commit(hub: HubServer, writer: HfApi, folder: Path) -> None:
    assert push(writer, folder).oid == push(writer, folder).oid
    assert len(hub.repositories[REPO].commits) == 2  # the initial one and the push


def test_a_warm_cache_answers_for_a_commit_when_the_hub_is_gone(
    hub: HubServer, writer: HfApi, visitor: HfApi, folder: Path, tmp_path: Path
) -> None:
    sha = push(writer, folder).oid
    online = visitor.snapshot_download(REPO, revision="main", cache_dir=tmp_path / "cache")
    hub.stop()
    for revision in (sha, "main"):
        assert visitor.snapshot_download(REPO, revision=revision, cache_dir=tmp_path / "cache") == online
    with pytest.raises(LocalEntryNotFoundError):
        visitor.snapshot_download(REPO, revision="main", cache_dir=tmp_path / "empty")


def test_only_the_files_that_are_asked_for_are_fetched(hub: HubServer, visitor: HfApi, tmp_path: Path) -> None:
    sha = hub.add_repository(REPO, {"config.json": b"{}", "pytorch_model.bin": b"poison"})
    snapshot = visitor.snapshot_download(REPO, allow_patterns=["*.json"], cache_dir=tmp_path)
    assert contents(snapshot) == {"config.json": b"{}"}
    assert f"GET /{REPO}/resolve/{sha}/config.json" in hub.requests
    assert not any("pytorch_model.bin" in request for request in hub.requests)


def test_a_branch_takes_commits_of_its_own_and_files_can_be_deleted(hub: HubServer, writer: HfApi) -> None:
    sha = hub.add_repository(REPO, {"config.json": b"{}", "adapter/old.json": b"{}"}, tags=["v1"])
    writer.create_branch(REPO, branch="trial/1", revision="v1")
    deletion = [CommitOperationDelete("adapter/", is_folder=True)]
    writer.create_commit(REPO, deletion, commit_message="Drop the adapter", revision="trial/1")
    assert writer.list_repo_files(REPO, revision="trial/1") == ["config.json"]
    assert writer.list_repo_files(REPO) == ["config.json", "adapter/old.json"]
    assert writer.repo_info(REPO).sha == sha


def test_missing_things_raise_the_clients_own_errors(hub: HubServer, visitor: HfApi, tmp_path: Path) -> None:
    hub.add_repository(REPO, {"config.json": b"{}"})
    with pytest.raises(RepositoryNotFoundError):
        visitor.snapshot_download("reader/absent", cache_dir=tmp_path)
    with pytest.raises(RevisionNotFoundError):
        visitor.snapshot_download(REPO, revision="v9", cache_dir=tmp_path)
    with pytest.raises(RevisionNotFoundError):
        visitor.snapshot_download(REPO, revision="0" * 40, cache_dir=tmp_path)
    with pytest.raises(RemoteEntryNotFoundError):
        visitor.hf_hub_download(REPO, "model.safetensors", cache_dir=tmp_path)


def test_a_gated_repository_opens_to_the_token_alone(
    hub: HubServer, writer: HfApi, visitor: HfApi, tmp_path: Path
) -> None:
    hub.add_repository(REPO, {"config.json": b"{}"}, gated=True)
    with pytest.raises(GatedRepoError) as refusal:
        visitor.snapshot_download(REPO, cache_dir=tmp_path)
    assert refusal.value.response.status_code == 403
    assert contents(writer.snapshot_download(REPO, cache_dir=tmp_path)) == {"config.json": b"{}"}


def test_writing_without_the_token_is_refused(hub: HubServer, visitor: HfApi, folder: Path) -> None:
    with pytest.raises(HfHubHTTPError, match="401"):
        visitor.create_repo(REPO)
    hub.add_repository(REPO, {"config.json": b"{}"})
    with pytest.raises(HfHubHTTPError, match="401"):
        visitor.upload_folder(repo_id=REPO, folder_path=folder)
    assert contents_at_main(hub) == {"config.json": b"{}"}


def test_a_stale_parent_is_refused(hub: HubServer, writer: HfApi, folder: Path) -> None:
    stale = hub.add_repository(REPO, {"config.json": b"{}"})
    hub.add_repository(REPO, {"config.json": b"[]"})
    with pytest.raises(HfHubHTTPError, match="412"):
        writer.upload_folder(repo_id=REPO, folder_path=folder, parent_commit=stale)
    assert contents_at_main(hub) == {"config.json": b"[]"}


def test_files_are_served_by_range_with_the_headers_of_the_hub(hub: HubServer) -> None:
    sha = hub.add_repository(REPO, {"model.safetensors": b"0123456789", "config.json": b"{}"})
    url = f"{hub.endpoint}/{REPO}/resolve/main"
    head = httpx.head(f"{url}/model.safetensors")
    assert (head.content, head.headers["Content-Length"], head.headers["X-Repo-Commit"]) == (b"", "10", sha)
    assert head.headers["X-Linked-Size"] == "10"
    assert head.headers["X-Linked-ETag"] == head.headers["ETag"]
    part = httpx.get(f"{url}/model.safetensors", headers={"Range": "bytes=4-6"})
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"456", "bytes 4-6/10")
    assert httpx.get(f"{url}/model.safetensors", headers={"Range": "bytes=7-"}).content == b"789"
    assert httpx.get(f"{url}/model.safetensors", headers={"Range": "bytes=10-"}).status_code == 416
    etag_of_empty_object = '"9e26dfeeb6e641a33dae4961196235bdb965b21b"'  # git hash-object of {}
    assert httpx.head(f"{url}/config.json").headers["ETag"] == etag_of_empty_object


def contents_at_main(hub: HubServer) -> dict[str, bytes]:
    return dict(hub.repositories[REPO].at("main").files)
