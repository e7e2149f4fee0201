"""Pretrains the tiny language model on report text: tokenizer first, then a Llama from scratch."""

from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from gaze2report_core.model.config import INSTRUCTION, PRESETS
from gaze2report_core.model.language_model import build_language_model, load_tokenizer
from gaze2report_core.model.prompt import (
    END_OF_IMAGE_AND_GAZE,
    IGNORED,
    IMAGE_AND_GAZE,
    Prompt,
    hide_words,
    report_tokens,
)
from gaze2report_core.report_text import training_report
from gaze2report_core.studies import Study, read_studies
from gaze2report_core.training.batching import batch_count, shuffled_batches
from gaze2report_core.training.loop import Objective, TrainingSettings, fit
from gaze2report_core.training.needed import needed

SETTINGS = TrainingSettings(epochs=10, batch_size=32, learning_rate=1.5e-3, weight_decay=0.1, mixed_precision=True)
HIDDEN_SHARE = 0.25
"""The share of words that are hidden from the input, so that reports are not learnt by heart."""

IN_PROMPT_SHARE = 0.5
"""The share of texts that stand behind the prompt, without film and gaze; the others stand alone."""


def train_language(data: Path, out: Path, settings: TrainingSettings = SETTINGS) -> None:
    """Train tokenizer and base on all report text but that of val; both go to `out/language_model`."""
    torch.manual_seed(settings.seed)
    studies = read_studies(data / "iu_xray" / "studies.csv", splits=("train", "extra"))
    training = texts_of(study for study in studies if not study.held_out)
    held_out = texts_of(study for study in studies if study.held_out)
    config = PRESETS["gaze2report-tiny"].language_model
    tokenizer = train_tokenizer(training, config.vocabulary_size)
    model = build_language_model(config)
    objective = _Objective(model, tokenizer, training, held_out, settings)
    fit(
        model,
        Objective(
            objective.batches, objective.batch_count, objective.loss, objective.held_out_score, len(objective.held_out)
        ),
        settings,
        out,
    )
    folder = out / "language_model"
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def pretrained_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer that `train language` left in its folder; refused with a sentence where it has not."""
    for name in ("tokenizer.json", "model.safetensors"):
        needed(folder, f"language_model/{name}", "Run `train language` with it as --out first.")
    return load_tokenizer(folder / "language_model")


def texts_of(studies: Iterator[Study]) -> list[str]:
    """Reports, and impressions and findings that no report holds, cleaned as a reader would want them."""
    texts = [
        training_report(text)
        for study in studies
        for text in dict.fromkeys((study.report, study.findings, study.impression))
    ]
    return [text for text in dict.fromkeys(texts) if text]


def train_tokenizer(texts: list[str], vocabulary_size: int) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer of pairs that knows the words of reports and the frame of the prompt."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<pad>", "<s>", "</s>", IMAGE_AND_GAZE, END_OF_IMAGE_AND_GAZE]
    frame = [f"Human: , {INSTRUCTION}\nAssistant:"] * 20
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


class _Objective:
    def __init__(
        self,
        model: LlamaForCausalLM,
        tokenizer: PreTrainedTokenizerFast,
        training: list[str],
        held_out: list[str],
        settings: TrainingSettings,
    ) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.prompt = Prompt.of(INSTRUCTION, tokenizer)
        self.training = training
        self.held_out = held_out
        self.settings = settings
        self.batch_count = batch_count(len(training), settings.batch_size)

    def batches(self, epoch: int) -> Iterator[list[str]]:
        return shuffled_batches(self.training, self.settings.batch_size, self.settings.seed, epoch, len)

    def loss(self, texts: list[str]) -> Tensor:
        in_prompt = torch.rand(()).item() < IN_PROMPT_SHARE
        ids, mask = report_tokens(texts, self.tokenizer)
        before = [*self.prompt.before, *self.prompt.after] if in_prompt else [self.tokenizer.bos_token_id]
        frame = torch.tensor(before).expand(len(texts), -1)
        labels = torch.cat([torch.full(frame.shape, IGNORED), ids.masked_fill(~mask, IGNORED)], dim=1)
        attention = torch.cat([torch.ones_like(frame), mask.long()], dim=1)
        embeddings = self.model.get_input_embeddings()
        words = hide_words(embeddings(ids), HIDDEN_SHARE if self.model.training else 0)
        embedded = torch.cat([embeddings(frame), words], dim=1)
        return self.model(inputs_embeds=embedded, attention_mask=attention, labels=labels).loss

    def held_out_score(self) -> float:
        """Mean loss on the texts of held-out studies; the draw of frames is the same every time."""
        with torch.random.fork_rng():
            torch.manual_seed(0)
            losses = [self.loss(self.held_out[first : first + 64]).item() for first in range(0, len(self.held_out), 64)]
        return sum(losses) / len(losses)
