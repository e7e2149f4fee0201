"""Models on disk: what is written reads back, what is broken is refused, and no pickle is ever opened."""

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from gaze2report_core.model.folder import DeviceMissing, UnreadableModel, device_for, load_model, save_model
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.prompt import Prompt, report_tokens
from gaze2report_core.presets import Variant
from tests.small_model import REPORTS, SMALL, random_model, random_studies, small_config, small_tokenizer


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "model"
    model = random_model()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.05)  # a fresh adapter adds nothing
    save_model(model, small_tokenizer(), folder)
    return folder


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def loss_of(model: Gaze2ReportModel) -> torch.Tensor:
    tokenizer = small_tokenizer()
    ids, mask = report_tokens(list(REPORTS.values())[:2], tokenizer)
    with torch.no_grad():
        return model.loss(random_studies(), Prompt.of(SMALL.instruction, tokenizer), ids, mask)


def test_a_folder_holds_json_and_safetensors_in_the_layout_of_a_hub_repository(saved: Path) -> None:
    files = {path.relative_to(saved).as_posix() for path in saved.rglob("*") if path.is_file()}
    assert {Path(name).suffix for name in files} == {".json", ".safetensors"}
    assert files >= {
        *("config.json", "model.safetensors", "scanpath/config.json", "scanpath/model.safetensors"),
        *("language_model/tokenizer.json", "language_model/config.json", "language_model/model.safetensors"),
        *("adapter/adapter_config.json", "adapter/adapter_model.safetensors"),
    }


def test_no_path_of_the_machine_it_was_trained_on_is_written(saved: Path, tmp_path: Path) -> None:
    model, tokenizer = load_model(saved)
    save_model(model, tokenizer, tmp_path / "again")
    of_adapter = json.loads((tmp_path / "again" / "adapter" / "adapter_config.json").read_text(encoding="utf-8"))
    assert of_adapter["base_model_name_or_path"] == "language_model"
    assert str(saved) not in "".join(file.read_text() for file in (tmp_path / "again").rglob("*.json"))


def test_the_names_of_tuned_layers_stand_in_order(saved: Path) -> None:
    names = json.loads((saved / "adapter" / "adapter_config.json").read_text())["target_modules"]
    assert names == sorted(SMALL.adapter.target_modules)


def test_what_was_saved_reads_back_but_for_sixteen_bits(saved: Path, copy: Path) -> None:
    once, tokenizer = load_model(saved)
    assert once.config == SMALL
    assert not once.training
    assert tokenizer.get_vocab() == small_tokenizer().get_vocab()

    save_model(once, tokenizer, copy)
    twice, _ = load_model(copy)
    for (name, first), second in zip(once.state_dict().items(), twice.state_dict().values(), strict=True):
        assert torch.equal(first, second), name
    torch.testing.assert_close(loss_of(twice), loss_of(once), rtol=0, atol=0)


def test_merged_adapters_compute_the_same_and_are_not_saved_as_if_they_were_a_base(saved: Path, tmp_path: Path) -> None:
    model, tokenizer = load_model(saved)
    before = loss_of(model)
    model.merge_adapters()
    torch.testing.assert_close(loss_of(model), before)
    with pytest.raises(ValueError, match="merged into its base"):
        save_model(model, tokenizer, tmp_path / "merged")


@pytest.mark.parametrize("variant", Variant)
def test_every_variant_is_saved_and_read_by_the_same_code(variant: Variant, tmp_path: Path) -> None:
    save_model(random_model(small_config(variant)), small_tokenizer(), tmp_path)
    assert load_model(tmp_path)[0].config.variant is variant


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def cut(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-9])


def fill(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text, encoding="latin-1")


def change(name: str, **values: object) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        held = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps(held | values))

    return changed


def configure(**values: object) -> Callable[[Path], None]:
    return change("config.json", **values)


def unsay(name: str) -> Callable[[Path], None]:
    def unsaid(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({key: config[key] for key in config if key != name}))

    return unsaid


def lose_weight(file: str, tensor: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        state = load_file(folder / file)
        state.pop(next(name for name in state if tensor in name))
        save_file(state, folder / file, metadata={"format": "pt"})

    return change


MISSING = "This is not a Gaze2Report model: {} is missing."
DAMAGED = "The model's files are damaged or do not fit its config.json."
UNKNOWN = "The model's config.json holds something that this program does not know."
TOKENIZER = "The model's tokenizer is damaged."
NO_TOKEN = "The model's tokenizer names no token for padding, for the beginning or for the end of a text."
OTHER_SIZE = "The language model is of another size than the model's config.json says."


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (remove("config.json"), MISSING.format("config.json")),
        (remove("model.safetensors"), MISSING.format("model.safetensors")),
        (remove("scanpath/model.safetensors"), MISSING.format("scanpath/model.safetensors")),
        (remove("language_model/model.safetensors"), MISSING.format("language_model/model.safetensors")),
        (remove("language_model/tokenizer.json"), MISSING.format("language_model/tokenizer.json")),
        (remove("adapter/adapter_model.safetensors"), MISSING.format("adapter/adapter_model.safetensors")),
        (remove("language_model/tokenizer_config.json"), MISSING.format("language_model/tokenizer_config.json")),
        (cut("config.json"), "The model's config.json is no JSON."),
        (fill("config.json", "\xff"), "The model's config.json is no JSON."),
        (fill("config.json", "[]"), "The model's config.json is no JSON object."),
        (fill("config.json", "{}"), "The model's config.json lacks 'format_version'."),
        (unsay("fusion"), "The model's config.json lacks 'fusion'."),
        (cut("model.safetensors"), DAMAGED),
        (cut("scanpath/model.safetensors"), DAMAGED),
        (cut("language_model/model.safetensors"), DAMAGED),
        (cut("adapter/adapter_model.safetensors"), DAMAGED),
        (configure(format_version=2), "The model has format version 2, this program reads 1. Install the version"),
        (configure(variant="base9"), UNKNOWN),
        (configure(fusion=None), UNKNOWN),
        (configure(adapter=SMALL.to_dict()["adapter"] | {"ranks": 4}), UNKNOWN),
        (configure(scanpath=SMALL.to_dict()["scanpath"] | {"heads": 3}), DAMAGED),
        (configure(language_model=SMALL.to_dict()["language_model"] | {"width": "48"}), DAMAGED),
        (fill("language_model/tokenizer.json", "[]"), TOKENIZER),
        (fill("language_model/tokenizer.json", "{}"), TOKENIZER),
        (change("language_model/tokenizer.json", model={"type": "abacus"}), TOKENIZER),
        (fill("language_model/tokenizer_config.json", "[]"), TOKENIZER),
        (fill("language_model/tokenizer_config.json", "{}"), NO_TOKEN),
        (change("language_model/tokenizer_config.json", pad_token=None), NO_TOKEN),
        (fill("language_model/config.json", "[]"), "The language model's config.json is no JSON object."),
        (fill("language_model/config.json", "{}"), OTHER_SIZE),
        (change("language_model/config.json", num_hidden_layers=3), OTHER_SIZE),
        (change("language_model/config.json", rms_norm_eps="small"), DAMAGED),
        (change("adapter/adapter_config.json", megatron_config={"a": 1}, megatron_core="megatron.core"), DAMAGED),
        (fill("adapter/adapter_config.json", "[]"), DAMAGED),
        (fill("adapter/adapter_config.json", "{}"), DAMAGED),
        (configure(scanpath=SMALL.to_dict()["scanpath"] | {"width": 64}), DAMAGED),
        (configure(variant="base2"), DAMAGED),
        (
            lose_weight("model.safetensors", "projection"),
            "The weights do not fit the configuration, first at projection",
        ),
        (lose_weight("language_model/model.safetensors", "q_proj"), DAMAGED),
    ],
)
def test_a_folder_that_is_not_whole_is_refused_with_what_is_wrong(
    copy: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    spoil(copy)
    with pytest.raises(UnreadableModel) as refusal:
        load_model(copy)
    assert sentence in str(refusal.value)


def test_a_tokenizer_of_more_tokens_than_the_language_model_knows_is_refused(copy: Path) -> None:
    tokenizer = small_tokenizer()
    tokenizer.add_tokens([f"word{number}" for number in range(SMALL.language_model.vocabulary_size)])
    tokenizer.save_pretrained(copy / "language_model")
    with pytest.raises(UnreadableModel, match="The model's tokenizer has more tokens than its language model knows"):
        load_model(copy)


def test_no_language_model_is_built_in_a_size_that_its_configuration_leaves_out(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """transformers would make a Llama of seven billion weights, in a machine that may have no room for it."""
    fill("language_model/config.json", '{"model_type": "llama"}')(copy)
    built: list[Path] = []
    monkeypatch.setattr("gaze2report_core.model.folder.load_language_model", built.append)
    with pytest.raises(UnreadableModel, match=OTHER_SIZE):
        load_model(copy)
    assert not built


@pytest.mark.parametrize(
    "chosen",
    [
        {"attn_implementation": "somebody/kernel"},
        {"_attn_implementation": "somebody/kernel"},
        {"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}},
        {"auto_map": {"AutoModelForCausalLM": "somebody/code--model.Model"}},
    ],
    ids=lambda chosen: next(iter(chosen)),
)
def test_a_configuration_chooses_no_code(copy: Path, chosen: dict[str, object]) -> None:
    """transformers would fetch attention from the Hub, and wants packages for it that are not here."""
    before = loss_of(load_model(copy)[0])
    change("language_model/config.json", **chosen)(copy)
    model = load_model(copy)[0]
    assert model.language_model.get_base_model().config._attn_implementation == "sdpa"
    assert torch.equal(loss_of(model), before)


def test_what_a_base_says_of_its_numbers_is_heeded(copy: Path) -> None:
    before = loss_of(load_model(copy)[0])
    change("language_model/config.json", rms_norm_eps=0.1)(copy)
    assert not torch.equal(loss_of(load_model(copy)[0]), before)


class Poison:
    """Unpickled, it leaves a file behind."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Path, str]]:
        return Path.write_text, (self.trace, "opened")


@pytest.mark.parametrize(
    ("safe", "pickled"),
    [
        ("adapter/adapter_model.safetensors", "adapter/adapter_model.bin"),
        ("language_model/model.safetensors", "language_model/pytorch_model.bin"),
        ("model.safetensors", "pytorch_model.bin"),
    ],
)
def test_a_pickle_is_not_opened_even_where_it_is_all_there_is(copy: Path, safe: str, pickled: str) -> None:
    trace = copy / "trace"
    (copy / pickled).write_bytes(pickle.dumps(Poison(trace)))
    load_model(copy)
    (copy / safe).unlink()
    with pytest.raises(UnreadableModel, match=r"safetensors is missing\."):
        load_model(copy)
    assert not trace.exists()


@pytest.mark.parametrize("name", ["abacus", "cuda:99", "meta"])
def test_a_device_that_is_not_there_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(DeviceMissing, match=f"This machine has no device {name}: use cpu"):
        device_for(name)


def test_the_cpu_is_always_there() -> None:
    assert device_for("cpu") == torch.device("cpu")
