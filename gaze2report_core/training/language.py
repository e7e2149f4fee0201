"""Pretrains the tiny language model on report text: tokenizer first, then a Llama from scratch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from gaze2report_core.hub import folder_of_base, hash_of_folder
from gaze2report_core.model.config import INSTRUCTION, PRESETS, LanguageModelConfig
from gaze2report_core.model.folder import LANGUAGE_MODEL, WEIGHTS
from gaze2report_core.model.language_model import (
    build_language_model,
    load_base_tokenizer,
    load_language_model,
    load_tokenizer,
)
from gaze2report_core.model.padding import padded
from gaze2report_core.model.prompt import (
    END_OF_IMAGE_AND_GAZE,
    IGNORED,
    IMAGE_AND_GAZE,
    Prompt,
    hide_words,
    tokens_of_report,
)
from gaze2report_core.presets import TINY
from gaze2report_core.report_text import training_report
from gaze2report_core.studies import Study
from gaze2report_core.training.run.batching import in_order
from gaze2report_core.training.run.data_folder import STUDIES, read_training_studies
from gaze2report_core.training.run.identity import TOKENIZER, hash_of_files
from gaze2report_core.training.run.loop import fit
from gaze2report_core.training.run.needed import TrainingRefused, needed
from gaze2report_core.training.texts import TextObjective
from gaze2report_core.training_settings import LANGUAGE as SETTINGS
from gaze2report_core.training_settings import TrainingSettings

HIDDEN_SHARE = 0.25
"""The share of words that are hidden from the input, so that reports are not learnt by heart."""

LABELS_DROPPED_SHARE = 0.3
"""The share of reports that stand behind a prompt which does not say what the film shows."""

LABEL_DROPPED_SHARE = 0.1
"""The share of single labels that are left out where the prompt does say it."""

MOST_LABEL_TOKENS = 48
HELD_OUT_AT_ONCE = 64


@dataclass(frozen=True)
class PretrainingText:
    """A text, and what its film shows in its annotators' words; an impression stands alone, without a prompt."""

    text: str
    shown: tuple[str, ...] | None


def train_language(data: Path, out: Path, settings: TrainingSettings = SETTINGS) -> None:
    """Train tokenizer and base on all report text but that of val; both go to `out/language_model`."""
    torch.manual_seed(settings.seed)
    studies = read_training_studies(data)
    training = texts_of(study for study in studies if not study.held_out)
    held_out = texts_of(study for study in studies if study.held_out)
    config = PRESETS[TINY].language_model
    tokenizer = train_tokenizer([example.text for example in training], config.vocabulary_size)
    model = build_language_model(config)
    objective = _TextsBehindPrompts(model, tokenizer, training, held_out, settings)
    fit(model, objective, settings, out, {"part": "language", "data": hash_of_files(data / STUDIES)})
    folder = out / LANGUAGE_MODEL
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def pretrained_folder(folder: Path | None) -> Path:
    """Where `train language` left tokenizer and base in its folder; refused with a sentence where it has not."""
    if folder is None:
        raise TrainingRefused(
            "This preset has a language model of its own: give --language, the --out of `train language`."
        )
    for name in (TOKENIZER, WEIGHTS):
        needed(folder, f"{LANGUAGE_MODEL}/{name}", "Run `train language` with it as --out first.")
    return folder / LANGUAGE_MODEL


def pretrained_tokenizer(folder: Path | None) -> PreTrainedTokenizerBase:
    """The tokenizer that `train language` left in its folder."""
    return load_tokenizer(pretrained_folder(folder))


def starting_tokenizer(config: LanguageModelConfig, folder: Path | None) -> PreTrainedTokenizerBase:
    """The tokenizer of a preset: that of its base on the Hub, or where it has none, what `train language` left."""
    return pretrained_tokenizer(folder) if config.base is None else load_base_tokenizer(folder_of_base(config.base))


def starting_language_model(config: LanguageModelConfig, folder: Path | None, dtype: torch.dtype) -> LlamaForCausalLM:
    """The base of a preset, from where `starting_tokenizer` has its tokenizer."""
    base = pretrained_folder(folder) if config.base is None else folder_of_base(config.base)
    return load_language_model(base, dtype)


def identity_of_tokenizer(config: LanguageModelConfig, folder: Path | None) -> str:
    """What `starting_tokenizer` starts from: a hash of its file, or the base that it belongs to."""
    return hash_of_files(pretrained_folder(folder) / TOKENIZER) if config.base is None else config.base


def identity_of_language_model(config: LanguageModelConfig, folder: Path | None) -> str:
    """Tokenizer and base of a preset: a hash of what `train language` left, or the name of its base on the Hub."""
    return hash_of_folder(pretrained_folder(folder)) if config.base is None else config.base


def texts_of(studies: Iterator[Study]) -> list[PretrainingText]:
    """Reports, and findings and impressions that no report holds, each once, cleaned as a reader would want them."""
    texts: dict[str, PretrainingText] = {}
    for study in studies:
        shown = tuple(" ".join(label.lower().split("/")) for label in study.mesh)
        for written, says in ((study.report, shown), (study.findings, shown), (study.impression, None)):
            text = training_report(written)
            if text:
                texts.setdefault(text, PretrainingText(text, says))
    return list(texts.values())


def train_tokenizer(texts: list[str], vocabulary_size: int) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer of pairs that knows the words of reports and the frame of the prompt."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<pad>", "<s>", "</s>", IMAGE_AND_GAZE, END_OF_IMAGE_AND_GAZE]
    frame = [f"Human: , {INSTRUCTION}\nAssistant:"] * 20  # so often that its words become whole tokens
    spoken = [text.lower() for text in texts]  # queries to the scanpath predictor are lower case
    tokenizer.train_from_iterator(
        [f" {text}" for text in texts] + spoken[::4] + frame,
        trainers.BpeTrainer(
            vocab_size=vocabulary_size,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        additional_special_tokens=[IMAGE_AND_GAZE, END_OF_IMAGE_AND_GAZE],
        clean_up_tokenization_spaces=False,
    )


class _TextsBehindPrompts(TextObjective[PretrainingText]):
    """Report text behind the prompt of the whole model, where words stand in the place of the visual-gaze token.

    The base learns to read off that place what the film shows; prompt tuning then puts the film itself there.
    """

    def __init__(
        self,
        model: LlamaForCausalLM,
        tokenizer: PreTrainedTokenizerFast,
        training: list[PretrainingText],
        held_out: list[PretrainingText],
        settings: TrainingSettings,
    ) -> None:
        super().__init__(training, held_out, settings)
        self.model = model
        self.tokenizer = tokenizer
        self.prompt = Prompt.of(INSTRUCTION, tokenizer)

    def loss(self, examples: Sequence[PretrainingText]) -> Tensor:
        frames = [self._frame(example) for example in examples]
        texts = [tokens_of_report(example.text, self.tokenizer) for example in examples]
        rows = [[*frame, *text] for frame, text in zip(frames, texts, strict=True)]
        ids, mask = padded(rows, self.tokenizer.pad_token_id)
        is_text = mask & (torch.arange(ids.shape[1]) >= torch.tensor([len(frame) for frame in frames])[:, None])
        embedded = self.model.get_input_embeddings()(ids)
        hidden = hide_words(embedded, HIDDEN_SHARE if self.model.training else 0)
        embedded = torch.where(is_text.unsqueeze(-1), hidden, embedded)
        labels = ids.masked_fill(~is_text, IGNORED)
        return self.model(inputs_embeds=embedded, attention_mask=mask.long(), labels=labels).loss

    def _frame(self, example: PretrainingText) -> list[int]:
        """What stands before the text."""
        if example.shown is None:
            return [self.tokenizer.bos_token_id]
        said = torch.rand(()).item() >= LABELS_DROPPED_SHARE
        labels = [example.shown[index] for index in torch.randperm(len(example.shown)).tolist()] if said else []
        kept = [label for label in labels if torch.rand(()).item() >= LABEL_DROPPED_SHARE]
        words = self.tokenizer(", ".join(kept), add_special_tokens=False)["input_ids"] if kept else []
        return [*self.prompt.before, *words[:MOST_LABEL_TOKENS], *self.prompt.after]

    def held_out_score(self) -> float:
        """Mean loss on the texts of held-out studies; the draw of frames is the same every time."""
        with torch.random.fork_rng():
            torch.manual_seed(0)
            losses = [self.loss(texts).item() for texts in in_order(self.held_out, HELD_OUT_AT_ONCE)]
        return sum(losses) / len(losses)
