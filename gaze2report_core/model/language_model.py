"""The language model: a Llama of any size, its tokenizer, and the low-rank adapters that are tuned."""

import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerBase, PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar

from gaze2report_core.hub import CONFIG
from gaze2report_core.model.config import AdapterConfig, LanguageModelConfig
from gaze2report_core.unreadable import UnreadableModel

_SIZES = ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
"""As transformers calls those that a model's memory goes by."""

_TAKEN_OVER = (
    *_SIZES,
    *("num_key_value_heads", "head_dim", "max_position_embeddings", "tie_word_embeddings", "initializer_range"),
    *("hidden_act", "rms_norm_eps", "attention_bias", "attention_dropout", "mlp_bias", "use_cache", "pretraining_tp"),
    *("rope_parameters", "rope_theta", "rope_scaling"),  # the last two in bases that older versions wrote
    *("bos_token_id", "eos_token_id", "pad_token_id", "architectures"),
)
"""What of the `config.json` of a base is heeded. Other entries choose code: whose attention, whose quantization."""


def llama_config(config: LanguageModelConfig) -> LlamaConfig:
    """Our few numbers as transformers wants them."""
    return LlamaConfig(
        vocab_size=config.vocabulary_size,
        hidden_size=config.width,
        intermediate_size=config.feed_forward_width,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        max_position_embeddings=config.longest_text,
        tie_word_embeddings=config.shares_embeddings,
        attention_dropout=config.attention_dropout,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )


def is_of_size(base: Mapping[str, Any], config: LanguageModelConfig) -> bool:
    """Whether the `config.json` of a base gives it our sizes; what it leaves out would become that of a Llama of 7B."""
    ours = llama_config(config)
    return all(base.get(size) == getattr(ours, size) for size in _SIZES)


def build_language_model(config: LanguageModelConfig) -> LlamaForCausalLM:
    """A Llama with random weights, on whatever device torch creates tensors."""
    return LlamaForCausalLM(llama_config(config))


def load_language_model(folder: Path, dtype: torch.dtype = torch.float32) -> LlamaForCausalLM:
    """Base weights from a folder, in memory as `dtype`. Raises `ValueError` where some are missing."""
    stated = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    config = LlamaConfig(**{name: stated[name] for name in _TAKEN_OVER if name in stated})
    disable_progress_bar()  # a reading room's log has no use for the progress of reading a local file
    model, found = cast(Any, LlamaForCausalLM).from_pretrained(
        folder,
        config=config,
        attn_implementation="sdpa",
        dtype=dtype,
        use_safetensors=True,
        local_files_only=True,
        output_loading_info=True,
    )
    if found["missing_keys"]:  # transformers would fill them with random numbers
        raise ValueError(f"The language model lacks weights, first {sorted(found['missing_keys'])[0]}.")
    return model


def load_base_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a base. Llama has no token for padding; the unknown one, which is masked, serves."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.unk_token
    return tokenizer


def train_with_gradient_checkpointing(model: PeftModel) -> None:
    """Compute each layer again in the backward pass instead of keeping what it computed: slower, in less memory."""
    base = cast(Any, model.get_base_model())
    base.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer that lies beside the language model.

    Raises
    ------
    UnreadableModel
        When it is damaged, or lacks one of the tokens that frame a text.
    """
    try:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    except Exception as error:  # what tokenizers raises has no type of its own
        raise UnreadableModel("The model's tokenizer is damaged. Fetch or write the folder again.") from error
    if None in (tokenizer.pad_token_id, tokenizer.bos_token_id, tokenizer.eos_token_id):
        raise UnreadableModel(
            "The model's tokenizer names no token for padding, for the beginning or for the end of a text. "
            "Fetch or write the folder again."
        )
    return tokenizer


def adapter_config(config: AdapterConfig) -> LoraConfig:
    """Our adapter numbers as PEFT wants them."""
    return LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=list(config.target_modules),
        task_type="CAUSAL_LM",
    )


def with_new_adapter(base: LlamaForCausalLM, config: AdapterConfig) -> PeftModel:
    """Freeze the base and put fresh adapters on it."""
    with _quiet_about_checkpointing():
        return get_peft_model(base, adapter_config(config))


def with_saved_adapter(base: LlamaForCausalLM, folder: Path) -> PeftModel:
    """Put adapters on the base that were saved in PEFT's own format."""
    with _quiet_about_checkpointing():
        return PeftModel.from_pretrained(base, str(folder))


@contextmanager
def _quiet_about_checkpointing() -> Iterator[None]:
    """PEFT asks transformers for an attribute under its old name; the warning is of no use to a reader."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        yield
