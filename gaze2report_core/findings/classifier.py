"""The classifier of findings: a shared frozen stem, several towers, and an attention over the film for each finding.

After the first stage of *Eyes on the Image* (arXiv:2508.13068): attention is taught by gaze, film and report are
contrasted in training.
"""

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.vocabulary import FINDINGS
from gaze2report_core.model.patch_encoder import PatchEncoder, normalised, side_by_side


class FilmStem(nn.Module):
    """The first blocks of the backbone, which see edges and textures: film `(B, 1, S, S)` → `(B, K, 14, 14)`."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, encoder: PatchEncoder, blocks: int) -> None:
        super().__init__()
        backbone = encoder.backbone
        self.blocks = nn.Sequential(backbone.conv_stem, backbone.bn1, *backbone.blocks[:blocks])
        self.register_buffer("mean", encoder.mean.clone(), persistent=False)
        self.register_buffer("deviation", encoder.deviation.clone(), persistent=False)

    def forward(self, film: Tensor) -> Tensor:
        expected = normalised(film, self.mean, self.deviation)  # (B, 3, S, S)
        return self.blocks(expected.contiguous(memory_format=torch.channels_last))


@dataclass(frozen=True)
class TowerOutput:
    """What a tower says of B films.

    `logits` `(B, C)`; `attention` `(B, C, N)`, sums to one over the film; `evidence` `(B, C, N)`, what each patch says
    for the finding; `embedding` `(B, E)`; `auxiliary` `(B, A)`.
    """

    logits: Tensor
    attention: Tensor
    evidence: Tensor
    embedding: Tensor
    auxiliary: Tensor


class FindingsTower(nn.Module):
    """The last blocks of the backbone, and for each finding an attention that says where its evidence is gathered."""

    def __init__(self, encoder: PatchEncoder, config: ClassifierConfig) -> None:
        super().__init__()
        self.blocks = copy.deepcopy(encoder.backbone.blocks[config.frozen_blocks :])
        width = config.encoder.width
        self.norm = nn.BatchNorm2d(width)
        self.dropout = nn.Dropout(config.dropout)
        self.attention = nn.Conv2d(width, len(FINDINGS), 1)
        self.evidence = nn.Conv2d(width, len(FINDINGS), 1)
        self.whole_film = nn.Linear(width, len(FINDINGS))
        self.embedding = nn.Linear(width, config.embedding)
        self.auxiliary = nn.Linear(width, config.auxiliary_labels)

    def forward(self, stem: Tensor) -> TowerOutput:
        """`(B, K, 14, 14)` of the stem → what the tower says."""
        maps = self.norm(self._features(stem))  # (B, D, 14, 14)
        mean = self.dropout(maps.mean(dim=(2, 3)))  # (B, D)
        attention = self.attention(maps).flatten(2).softmax(dim=-1)  # (B, C, N)
        evidence = self.evidence(functional.dropout2d(maps, self.dropout.p, self.training)).flatten(2)  # (B, C, N)
        return TowerOutput(
            logits=(attention * evidence).sum(dim=-1) + self.whole_film(mean),
            attention=attention,
            evidence=evidence,
            embedding=self.embedding(mean),
            auxiliary=self.auxiliary(mean),
        )

    def _features(self, stem: Tensor) -> Tensor:
        """The last map at one sixteenth of the film's size, and the last of all, side by side: `(B, D, 14, 14)`."""
        fine = stem
        for block in self.blocks[:-2]:
            fine = block(fine)
        coarse = self.blocks[-1](self.blocks[-2](fine))  # (B, D2, 7, 7)
        return side_by_side(fine, coarse)
