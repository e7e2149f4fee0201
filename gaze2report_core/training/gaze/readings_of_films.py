"""What the scanpath predictor is trained for: readings as they were recorded, usual maps, and the side of a finding."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from gaze2report_core.findings import Finding
from gaze2report_core.gaze import Scanpath
from gaze2report_core.model.config import ScanpathPredictorConfig
from gaze2report_core.model.fixation_distributions import FixationDistributions
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.scanpath_predictor import ScanpathPredictor
from gaze2report_core.training.gaze.paired_recordings import PairedRecordings
from gaze2report_core.training.gaze.readings import Reading, weights_of_sides
from gaze2report_core.training.gaze.usual_maps import UsualMaps
from gaze2report_core.training.run.loop import Objective
from gaze2report_core.training_settings import TrainingSettings

USUAL_MAPS_WEIGHT = 1.0
"""How much it counts that predictions of a finding come to the recordings' map on the whole."""

SIDES_WEIGHT = 20.0
"""How much it counts that readers who look for something stay longer on the side that a film leans to."""

LEAST_MAJORITY = 0.02
"""How much more than half of the time should be spent on that side, as a share of it."""

IN_THE_MIDDLE = (Finding.CARDIOMEGALY, Finding.ENLARGED_CARDIOMEDIASTINUM)
"""On which side a film leans says nothing of where to look for these."""


class ReadingsOfFilms(Objective[list[Reading]]):
    """Readers' fixations as likely as can be, and predictions for a finding that come to its usual map on the whole."""

    def __init__(
        self,
        model: ScanpathPredictor,
        tokenizer: PreTrainedTokenizerBase,
        films: Tensor,
        leanings: Tensor,
        searches: list[Scanpath],
        training: PairedRecordings,
        held_out: PairedRecordings,
        settings: TrainingSettings,
        config: ScanpathPredictorConfig,
    ) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.films = films
        self.leanings = leanings
        self.searches = searches
        self.training = training
        self.weights = weights_of_sides(training.composer.recordings)
        self.usual_maps = UsualMaps(training.composer.recordings)
        self.settings = settings
        self.most_fixations = config.most_fixations
        self.longest_query = config.longest_query
        self.batch_count = len(training.composer.recordings) // settings.batch_size
        random = np.random.default_rng(0)
        order = random.permutation(len(held_out.composer.recordings))
        self.held_out_batches = list(held_out.batches(order, random, settings.batch_size))
        self.held_out_count = len(self.held_out_batches)

    def batches(self, epoch: int) -> Iterator[list[Reading]]:
        self.usual_maps.forget()
        random = np.random.default_rng([self.settings.seed, epoch])
        count = len(self.weights)
        order = random.choice(count, count, p=self.weights / self.weights.sum())
        return self.training.batches(order, random, self.settings.batch_size, self.searches)

    def loss(self, readings: list[Reading]) -> Tensor:
        films = [reading.film for reading in readings]
        query = query_tokens([r.query for r in readings], self.tokenizer, self.longest_query)
        place = torch.zeros(len(readings), self.most_fixations, 2)
        duration = torch.ones(len(readings), self.most_fixations)
        valid = torch.zeros(len(readings), self.most_fixations, dtype=torch.bool)
        for row, reading in enumerate(readings):
            length = len(reading.duration)
            place[row, :length] = torch.tensor(reading.place)
            duration[row, :length] = torch.tensor(reading.duration)
            valid[row, :length] = True
        predicted = self.model.decode(self.films[films], self.leanings[films], query)
        unlikely = predicted.negative_log_likelihood(place, duration, valid).mean()
        if not self.model.training:
            return unlikely
        unusual = self.usual_maps.unlikeness(predicted.expected_patch_durations(), [r.finding for r in readings])
        elsewhere = time_elsewhere(predicted, self.leanings[films, 0], readings)
        return unlikely + USUAL_MAPS_WEIGHT * unusual + SIDES_WEIGHT * elsewhere

    def held_out_score(self) -> float:
        """Mean loss on the valid split's recordings, paired with films of held-out studies once and for all."""
        return float(np.mean([self.loss(batch).item() for batch in self.held_out_batches]))


def time_elsewhere(predicted: FixationDistributions, side: Tensor, readings: Sequence[Reading]) -> Tensor:
    """The share of time that is wanting on the side that films lean to by log-odds `side` `(B,)`, the mean over all.

    Recordings have more time on the patient's left, and so has what is learnt from them, on films that say little too:
    without this term the side of the heart would have the last word on those. A film counts by how much surer than
    chance its side is, 2p - 1.
    """
    searched = [r.finding is not None and r.finding not in IN_THE_MIDDLE for r in readings]
    majority = side.sign() * (0.5 - predicted.expected_share_on_films_left())  # the film's left is the patient's right
    wanting = (LEAST_MAJORITY - majority).clamp_min(0) * torch.tanh(side.abs() / 2)
    return (wanting * torch.tensor(searched)).mean()
