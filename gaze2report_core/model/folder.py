"""A model on disk, in the layout that a Hub repository has too. safetensors and JSON only: no pickle is ever read."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import torch
from huggingface_hub.errors import StrictDataclassError
from peft import PeftModel
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerBase

from gaze2report_core.hub import CONFIG, folder_of_base
from gaze2report_core.model.config import Gaze2ReportConfig
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.language_model import is_of_size, load_language_model, load_tokenizer, with_saved_adapter
from gaze2report_core.model.scanpath_predictor import ScanpathPredictor
from gaze2report_core.unreadable import UnreadableModel

WEIGHTS = "model.safetensors"
SCANPATH = "scanpath"
LANGUAGE_MODEL = "language_model"
ADAPTER = "adapter"

_FILES = (
    CONFIG,
    WEIGHTS,
    f"{SCANPATH}/{WEIGHTS}",
    f"{LANGUAGE_MODEL}/tokenizer.json",
    f"{LANGUAGE_MODEL}/tokenizer_config.json",
    f"{ADAPTER}/adapter_config.json",
    f"{ADAPTER}/adapter_model.safetensors",
)
_FILES_OF_A_BASE = (f"{LANGUAGE_MODEL}/{CONFIG}", f"{LANGUAGE_MODEL}/{WEIGHTS}")

_APART = ("scanpath_predictor.", "language_model.")
"""Parts that have folders of their own and so do not stand in `model.safetensors`."""

_DAMAGE = (
    SafetensorError,
    StrictDataclassError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What libraries raise over files that are damaged, that hold other JSON than they expect, or that want packages."""


PRECISIONS = (torch.float32, torch.bfloat16, torch.float16, torch.float64)
"""What a language model may be kept and computed in."""


class DeviceMissing(ValueError):
    """A device that this machine does not have; the message says which name it was."""


def save_model(model: Gaze2ReportModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write all of a model but its card and its classifier of findings: about 25 megabytes for the tiny preset.

    Matrices are stored with sixteen bits, which changes no figure in the model card and halves the folder.
    """
    language_model = model.language_model
    if not isinstance(language_model, PeftModel):
        raise ValueError("The adapters of this model are merged into its base, so neither can be saved by itself.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(json.dumps(model.config.to_dict(), indent=2) + "\n")
    state = {name: tensor for name, tensor in model.state_dict().items() if not name.startswith(_APART)}
    save_file(with_sixteen_bits(state), folder / WEIGHTS)
    save_scanpath_predictor(model.scanpath_predictor, folder / SCANPATH)
    tokenizer.save_pretrained(folder / LANGUAGE_MODEL)
    if model.config.language_model.base is None:
        _save_base(language_model, folder / LANGUAGE_MODEL)
        for adapter in language_model.peft_config.values():
            adapter.base_model_name_or_path = LANGUAGE_MODEL  # not the folder it was trained from, which is nobody's
    language_model.save_pretrained(str(folder / ADAPTER), save_embedding_layers=False)
    (folder / ADAPTER / "README.md").unlink(missing_ok=True)  # PEFT's blank form; the model has one card
    _put_in_order(folder / ADAPTER / "adapter_config.json")


def _put_in_order(adapter_config: Path) -> None:
    """Sort the names of tuned layers, which PEFT keeps as a set: the same model would be another file each time."""
    values = json.loads(adapter_config.read_text(encoding="utf-8"))
    values["target_modules"] = sorted(values["target_modules"])
    adapter_config.write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def save_scanpath_predictor(predictor: ScanpathPredictor, folder: Path) -> None:
    """Write the scanpath predictor's own folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(json.dumps(asdict(predictor.config), indent=2) + "\n")
    save_file(with_sixteen_bits(predictor.state_dict()), folder / WEIGHTS)


def load_model(
    folder: Path, endpoint: str | None = None, dtype: torch.dtype = torch.float32
) -> tuple[Gaze2ReportModel, PreTrainedTokenizerBase]:
    """Read what `save_model` wrote, in evaluation mode on the CPU; a base on the Hub is fetched from `endpoint`.

    The language model is kept as `dtype`, all else at 32 bits.

    Raises
    ------
    ModelNotFound
        When the base cannot be fetched.
    UnreadableModel
        When a file is missing or damaged, or the format is of another version.
    TypeError
        For a `dtype` that is none of `PRECISIONS`.
    """
    if dtype not in PRECISIONS:
        raise TypeError(f"A language model is kept as {', '.join(map(str, PRECISIONS))}, not as {dtype}.")
    _refuse_if_missing(folder, _FILES)
    config = _configuration(folder)
    if config.language_model.base is None:
        _refuse_if_missing(folder, _FILES_OF_A_BASE)
        base = folder / LANGUAGE_MODEL
    else:
        base = folder_of_base(config.language_model.base, endpoint)
    try:
        return _load(config, folder, base, dtype)
    except UnreadableModel:
        raise
    except _DAMAGE as error:
        raise UnreadableModel(
            f"The model's files are damaged or do not fit its {CONFIG}. Fetch or write the folder again."
        ) from error


def _refuse_if_missing(folder: Path, files: tuple[str, ...]) -> None:
    """Libraries would look for what is missing elsewhere: on the Hub, or in a pickle beside it."""
    for needed in files:
        if not (folder / needed).is_file():
            raise UnreadableModel(f"This is not a Gaze2Report model: {needed} is missing.")


def _configuration(folder: Path) -> Gaze2ReportConfig:
    values = _object_in(folder, "model's")
    try:
        return Gaze2ReportConfig.from_dict(values)
    except UnreadableModel:
        raise
    except KeyError as error:
        raise UnreadableModel(f"The model's {CONFIG} lacks {error}. Fetch or write the folder again.") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise UnreadableModel(
            f"The model's {CONFIG} holds something that this program does not know. Fetch or write the folder again."
        ) from error


def _object_in(folder: Path, whose: str) -> dict[str, Any]:
    """What the `config.json` of a folder holds."""
    try:
        values = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableModel(f"The {whose} {CONFIG} cannot be opened: check that it may be read.") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableModel(f"The {whose} {CONFIG} is no JSON. Fetch or write the folder again.") from error
    if not isinstance(values, dict):
        raise UnreadableModel(f"The {whose} {CONFIG} is no JSON object. Fetch or write the folder again.")
    return values


def _load(
    config: Gaze2ReportConfig, folder: Path, base: Path, dtype: torch.dtype
) -> tuple[Gaze2ReportModel, PreTrainedTokenizerBase]:
    tokenizer = load_tokenizer(folder / LANGUAGE_MODEL)
    if not is_of_size(_object_in(base, "language model's"), config.language_model):
        raise UnreadableModel(
            f"The language model is of another size than the model's {CONFIG} says. Fetch or write the folder again."
        )
    if len(tokenizer) > config.language_model.vocabulary_size:
        raise UnreadableModel(
            "The model's tokenizer has more tokens than its language model knows. Fetch or write the folder again."
        )
    model = Gaze2ReportModel(config, with_saved_adapter(load_language_model(base, dtype), folder / ADAPTER))
    state = load_file(folder / WEIGHTS) | {
        f"scanpath_predictor.{name}": tensor for name, tensor in load_file(folder / SCANPATH / WEIGHTS).items()
    }
    loaded = model.load_state_dict({name: tensor.float() for name, tensor in state.items()}, strict=False)
    missing = [name for name in loaded.missing_keys if not name.startswith("language_model.")]
    if missing or loaded.unexpected_keys:
        raise UnreadableModel(
            f"The weights do not fit the configuration, first at {[*missing, *loaded.unexpected_keys][0]}."
        )
    return model.eval(), tokenizer


def _save_base(language_model: PeftModel, folder: Path) -> None:
    """The base without its adapters, under the names that transformers gave it."""
    base = cast(LlamaForCausalLM, language_model.get_base_model())
    base.config.save_pretrained(folder)
    if base.generation_config is not None:
        base.generation_config.save_pretrained(folder)
    state = {
        name.replace(".base_layer.", "."): tensor for name, tensor in base.state_dict().items() if ".lora_" not in name
    }
    if base.config.tie_word_embeddings:
        state.pop("lm_head.weight", None)
    save_file(with_sixteen_bits(state), folder / WEIGHTS, metadata={"format": "pt"})


def with_sixteen_bits(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Each matrix with half of its bits, as models are stored; all else as it is."""
    return {
        name: (tensor.half() if tensor.is_floating_point() and tensor.ndim > 1 else tensor).contiguous()
        for name, tensor in state.items()
    }


def device_for(name: str | None) -> torch.device:
    """The device of that name; without one, CUDA where it is, else the CPU. Apple's MPS, never tried, must be named.

    Raises
    ------
    DeviceMissing
        When this machine has no device of that name.
    """
    if name is not None:
        try:
            device = torch.device(name)
            torch.zeros(1, device=device).item()  # "meta" holds no numbers
        except (RuntimeError, AssertionError) as error:
            raise DeviceMissing(f"This machine has no device {name}: use cpu, or leave the choice to us.") from error
        return device
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
