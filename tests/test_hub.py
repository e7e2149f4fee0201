"""Models from and to the Hugging Face Hub, by the real client and a small Hub on loopback."""

import json
import pickle
import re
import shutil
from pathlib import Path

import pytest
from huggingface_hub import constants

from gaze2report_core.gaze import GazeSource
from gaze2report_core.hub import ModelNotFound, ModelNotUploaded, find_model
from gaze2report_core.imaging import Radiograph
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.unreadable import UnreadableModel
from tests.drawn_films import LARGE_HEART, drawn_chest, png
from tests.hub_server import HubServer
from tests.small_model import REPORTS

REPOSITORY = "reader/gaze2report-small"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for each test, and nobody signed in."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return folder


def report_of(pipeline: Gaze2ReportPipeline) -> str:
    return pipeline.generate(Radiograph.from_bytes(png(drawn_chest(LARGE_HEART)))).text


def refusal_of(model: str, hub: HubServer, revision: str | None = None) -> str:
    with pytest.raises(ModelNotFound) as refusal:
        Gaze2ReportPipeline.from_pretrained(model, revision=revision, endpoint=hub.endpoint)
    return str(refusal.value)


def test_a_model_of_the_hub_writes_what_it_writes_from_its_folder(hub: HubServer, small_model_folder: Path) -> None:
    commit = hub.add_repository(REPOSITORY, small_model_folder)
    pipeline = Gaze2ReportPipeline.from_pretrained(REPOSITORY, endpoint=hub.endpoint)
    assert (pipeline.model_id, pipeline.revision) == (REPOSITORY, commit)
    assert report_of(pipeline) == REPORTS[LARGE_HEART, None, True]


def model_on_a_base(model: Path, folder: Path, base: str) -> Path:
    """The model, but that its language model's own weights are elsewhere."""
    shutil.copytree(model, folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["language_model"]["base"] = base
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "language_model" / "config.json").unlink()
    (folder / "language_model" / "model.safetensors").unlink()
    return folder


def test_a_base_comes_from_the_same_hub_at_the_revision_that_the_model_names(
    hub: HubServer, small_model_folder: Path, tmp_path: Path
) -> None:
    hub.add_repository("reader/llama", small_model_folder / "language_model", tags=["v1"])
    hub.add_repository("reader/llama", {"config.json": b"{}"})
    model = model_on_a_base(small_model_folder, tmp_path / "model", "reader/llama@v1")
    pipeline = Gaze2ReportPipeline.from_pretrained(model, endpoint=hub.endpoint)
    assert report_of(pipeline) == REPORTS[LARGE_HEART, None, True]


def test_a_base_that_cannot_be_fetched_is_not_called_damaged(
    hub: HubServer, small_model_folder: Path, tmp_path: Path
) -> None:
    hub.add_repository("reader/gated", small_model_folder / "language_model", gated=True)
    gated = model_on_a_base(small_model_folder, tmp_path / "gated", "reader/gated")
    assert refusal_of(str(gated), hub).startswith("reader/gated asks for access that you do not have")
    missing = model_on_a_base(small_model_folder, tmp_path / "missing", "reader/missing")
    assert refusal_of(str(missing), hub).startswith("There is no folder and no Hub repository reader/missing")


def test_a_revision_is_a_commit_a_tag_or_a_branch_and_named_by_its_commit(
    hub: HubServer, small_model_folder: Path
) -> None:
    first = hub.add_repository(REPOSITORY, small_model_folder, tags=["v1"])
    second = hub.add_repository(REPOSITORY, {"config.json": b"{}"})
    for revision, commit in (("v1", first), (first, first), ("main", second), (None, second)):
        assert find_model(REPOSITORY, revision, hub.endpoint).revision == commit
    assert find_model(f"{REPOSITORY}@v1", None, hub.endpoint).revision == first
    assert find_model(f"{REPOSITORY}@main", "v1", hub.endpoint).revision == first


def test_no_pickle_ever_reaches_the_disk_although_the_repository_holds_some(
    hub: HubServer, small_model_folder: Path, cache: Path
) -> None:
    poison = pickle.dumps(pytest.fail)
    files = {
        path.relative_to(small_model_folder).as_posix(): path.read_bytes() for path in small_model_folder.rglob("*.*")
    }
    poisoned = ["adapter/adapter_model.bin", "model.pkl", "language_model/pytorch_model.bin", "run.py", "model.pt"]
    hub.add_repository(REPOSITORY, files | dict.fromkeys(poisoned, poison))
    pipeline = Gaze2ReportPipeline.from_pretrained(REPOSITORY, endpoint=hub.endpoint)
    assert report_of(pipeline)
    assert not [line for line in hub.requests if any(name in line for name in poisoned)]
    assert {path.suffix for path in cache.rglob("snapshots/**/*.*")} == {".json", ".safetensors"}


def test_a_repository_with_nothing_but_a_pickle_is_no_model(hub: HubServer, small_model_folder: Path) -> None:
    files = {
        path.relative_to(small_model_folder).as_posix(): path.read_bytes()
        for path in small_model_folder.rglob("*.*")
        if path.name != "adapter_model.safetensors"
    }
    hub.add_repository(REPOSITORY, files | {"adapter/adapter_model.bin": pickle.dumps(pytest.fail)})
    with pytest.raises(
        ValueError, match=r"This is not a Gaze2Report model: adapter/adapter_model\.safetensors is missing"
    ):
        Gaze2ReportPipeline.from_pretrained(REPOSITORY, endpoint=hub.endpoint)


def test_what_was_fetched_once_is_used_without_a_network(hub: HubServer, small_model_folder: Path, cache: Path) -> None:
    commit = hub.add_repository(REPOSITORY, small_model_folder, tags=["v1"])
    find_model(REPOSITORY, None, hub.endpoint)
    find_model(REPOSITORY, "v1", hub.endpoint)
    hub.stop()
    for revision in (None, "v1", commit):
        assert find_model(REPOSITORY, revision, hub.endpoint).revision == commit
    assert report_of(Gaze2ReportPipeline.from_pretrained(REPOSITORY, endpoint=hub.endpoint))
    assert refusal_of("reader/never-fetched", hub) == (
        "The Hub could not be reached for reader/never-fetched, and it is not in the cache of this machine. "
        "Check the connection, or give a folder."
    )


def test_a_repository_that_is_missing_closed_or_lacks_the_revision_is_refused_with_what_to_do(
    hub: HubServer, small_model_folder: Path
) -> None:
    hub.add_repository(REPOSITORY, {"config.json": b"{}"})
    hub.add_repository("reader/closed", {"config.json": b"{}"}, gated=True)
    assert refusal_of("reader/absent", hub) == (
        "There is no folder and no Hub repository reader/absent that you can see. Check the name, or log in."
    )
    assert refusal_of("reader/closed", hub) == (
        "reader/closed asks for access that you do not have: request it on the Hub, then `hf auth login`."
    )
    assert refusal_of(REPOSITORY, hub, "v9") == f"{REPOSITORY} has no revision v9 on the Hub."
    assert refusal_of(f"{REPOSITORY}@v9", hub) == f"{REPOSITORY} has no revision v9 on the Hub."


@pytest.mark.parametrize(
    "name",
    ["no-such-folder", "a/b/c", "owner/name@", "/no/such/folder", "../no-weights", "./no-weights", ".cache/model"],
)
def test_what_is_neither_a_folder_nor_a_name_on_the_hub_is_refused(hub: HubServer, name: str) -> None:
    assert "Give a folder, or owner/name[@revision] on the Hub." in refusal_of(name, hub)
    assert hub.requests == []


def test_a_folder_is_not_taken_for_a_revision_of_a_model_on_the_hub(hub: HubServer, small_model_folder: Path) -> None:
    assert refusal_of(str(small_model_folder), hub, "v1") == (
        "A folder has one state and no revisions: leave the revision out, or give owner/name on the Hub."
    )


@pytest.mark.parametrize("name", ["owner/name.", "owner/-name", "owner/a..b", "owner/name.git", f"owner/{'n' * 97}"])
def test_a_name_that_the_hub_does_not_allow_is_refused(hub: HubServer, name: str) -> None:
    assert refusal_of(name, hub) == (
        f"There is no folder {name}, and the Hub can have no repository of that name. Check the name."
    )
    assert hub.requests == []


def test_a_pushed_model_comes_back_as_it_went(hub: HubServer, small_model_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small_model_folder, tmp_path / "mine"))
    (folder / "README.md").write_text("---\nlicense: cc-by-nc-nd-4.0\n---\n# A card\n")
    (folder / "notes.txt").write_text("not for others")
    (folder / "adapter" / "adapter_model.bin").write_bytes(pickle.dumps(pytest.fail))
    pipeline = Gaze2ReportPipeline.from_pretrained(folder)

    commit = pipeline.push_to_hub("reader/pushed", endpoint=hub.endpoint, token=hub.token)

    pushed = hub.repositories["reader/pushed"].at(commit).files
    expected = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*.*")
        if path.suffix in (".json", ".safetensors", ".md")
    }
    assert {name: content for name, content in pushed.items() if name != ".gitattributes"} == expected
    again = Gaze2ReportPipeline.from_pretrained("reader/pushed", revision=commit, endpoint=hub.endpoint)
    assert again.revision == commit
    film = again.read(png(drawn_chest(LARGE_HEART)))
    assert again.predict_gaze(film).to_fixations() == pipeline.predict_gaze(film).to_fixations()
    assert again.predict_gaze(film).source is GazeSource.PREDICTED
    assert report_of(again) == report_of(pipeline)


def test_the_pictures_of_a_card_go_to_the_hub_with_it_and_are_not_fetched(
    hub: HubServer, small_model_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(small_model_folder, tmp_path / "mine"))
    (folder / "trade.png").write_bytes(png(drawn_chest(LARGE_HEART)))
    commit = Gaze2ReportPipeline.from_pretrained(folder).push_to_hub(
        "reader/pushed", endpoint=hub.endpoint, token=hub.token
    )
    assert "trade.png" in hub.repositories["reader/pushed"].at(commit).files
    assert not (find_model("reader/pushed", commit, hub.endpoint).folder / "trade.png").exists()


@pytest.mark.parametrize(
    ("name", "token", "sentence"),
    [
        ("a name", HubServer.token, "The Hub can have no repository of that name: give owner/name."),
        ("reader/pushed", "hf_wrong", "The Hub did not take the model (HTTP 401). Check the name, and that you are"),
    ],
)
def test_a_model_that_the_hub_does_not_take_is_said_why(
    hub: HubServer, small_model_folder: Path, name: str, token: str, sentence: str
) -> None:
    pipeline = Gaze2ReportPipeline.from_pretrained(small_model_folder)
    with pytest.raises(ModelNotUploaded, match=re.escape(sentence)):
        pipeline.push_to_hub(name, endpoint=hub.endpoint, token=token)


def test_of_a_folder_that_is_no_model_nothing_is_read(tmp_path: Path, small_model_folder: Path) -> None:
    (tmp_path / "patients.json").write_text("{}")
    (tmp_path / "patients.json").chmod(0)
    with pytest.raises(UnreadableModel, match=r"config\.json is missing"):
        find_model(tmp_path)
    folder = Path(shutil.copytree(small_model_folder, tmp_path / "model"))
    revision = find_model(folder).revision
    (folder / "dangling.json").symlink_to("nowhere")
    (folder / "folder.json").mkdir()
    assert find_model(folder).revision == revision


def test_a_folders_revision_changes_with_any_of_its_weights_and_with_nothing_else(
    small_model_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(small_model_folder, tmp_path / "gaze2report-small"))
    original = find_model(small_model_folder)
    assert find_model(folder).revision == original.revision
    (folder / "README.md").write_text("# A card")
    assert find_model(folder).revision == original.revision
    weights = folder / "scanpath" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert find_model(folder).revision != original.revision


def test_where_the_embedded_model_is_not_installed_the_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = tmp_path / "weights" / "gaze2report-tiny"
    monkeypatch.setattr("gaze2report_core.hub.EMBEDDED_MODEL", absent)
    with pytest.raises(ModelNotFound, match=r"^The embedded model is not here: "):
        find_model(absent)
