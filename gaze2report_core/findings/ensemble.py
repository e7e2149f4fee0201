"""The whole findings classifier: films go in, a `FindingsReading` comes out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gaze2report_core.findings.classifier import FilmStem, FindingsTower
from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.encoder_probe import EncoderOpinion
from gaze2report_core.findings.evidence import FilmEvidence, Fusion, Seen, inputs_of
from gaze2report_core.findings.incidental_probe import IncidentalLikelihood
from gaze2report_core.findings.places.regions import ThoraxGeometry, regions_of, regions_of_finding, seconds_within
from gaze2report_core.findings.reading import FindingLikelihood, FindingsReading
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.findings.vocabulary import FINDINGS, WITHOUT_SIDE, Finding, Side
from gaze2report_core.gaze import GRID
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.model.side_reader import HalvesRead

SIDE_THRESHOLD_OF_READER = math.log(3)
"""The log-odds from which on the reader of sides names one: it is right three times in four."""


class TowersOfFindings(nn.Module):
    """The stem and the towers over it: film `(B, 1, S, S)` → for each tower what it says."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        encoder = PatchEncoder(config.encoder)
        self.stem = FilmStem(encoder, config.frozen_blocks)
        self.towers = nn.ModuleList(FindingsTower(encoder, config) for _ in range(config.towers))

    @torch.inference_mode()
    def evidence(self, film: Tensor) -> list[FilmEvidence]:
        """What each tower says of one film `(S, S)` in 0..1."""
        behind_stem = self.stem(film[None, None])
        said = [tower(behind_stem) for tower in self.towers]
        return [
            FilmEvidence(*(part[0].cpu().double().numpy() for part in (one.logits, one.attention, one.evidence)))
            for one in said
        ]


@dataclass(frozen=True, eq=False)
class Calibration:
    """What was fitted on studies that the towers had not seen.

    Attributes
    ----------
    fusions
        How probabilities follow from evidence, for each thing that there may be of a study.
    thresholds
        The probability from which a finding is said to be there, `(C,)` for each of them.
    side_threshold
        How far evidence must `lean` to one side for a finding to be said to be on it.
    reliability
        How far probabilities of the towers alone can be relied on, for each thing that there may be of a study.
    """

    fusions: dict[Seen, Fusion]
    thresholds: dict[Seen, NDArray[np.float64]]
    side_threshold: float
    reliability: dict[Seen, Reliability]


def mean_evidence(towers: list[FilmEvidence]) -> FilmEvidence:
    """What the towers say together.

    Fusions are fitted on what one tower says of studies that it has not seen. What several say together spreads a
    little less (0.94 times as far on val), so that probabilities of towers alone are drawn a little to the usual ones.
    """
    return FilmEvidence(
        *(np.mean([getattr(tower, part.name) for tower in towers], axis=0) for part in fields(FilmEvidence))
    )


def lean(evidence: FilmEvidence) -> NDArray[np.float64]:
    """How far each finding's evidence leans to the patient's left, `(C,)`: the logarithm of left over right.

    A patch counts by its attention and by the odds that its evidence gives; the patient's left is the film's right.
    """
    # Log-odds of 8 are 0.9997: what lies beyond is as sure, and would drown all other patches.
    weight = (evidence.attention * np.exp(np.clip(evidence.evidence, -8, 8))).reshape(-1, GRID, GRID)
    right_of_patient, left_of_patient = weight[..., : GRID // 2].sum((1, 2)), weight[..., GRID // 2 :].sum((1, 2))
    return np.log((left_of_patient + 1e-9) / (right_of_patient + 1e-9))


def findings_reading(
    frontal: FilmEvidence | None,
    lateral: FilmEvidence | None,
    durations: NDArray[np.float64] | None,
    geometry: ThoraxGeometry | None,
    calibration: Calibration,
    *,
    opinion: EncoderOpinion | None = None,
    deep: NDArray[np.float64] | None = None,
    halves: HalvesRead | None = None,
    incidental: tuple[IncidentalLikelihood, ...] | None = None,
) -> FindingsReading:
    """All that is said of one study, of which one of the views must be there.

    Parameters
    ----------
    frontal, lateral, durations, geometry
        As in `inputs_of`: what towers say of each view, and the gaze and the thorax on the frontal one.
    calibration
        How the towers are heard alone.
    opinion
        The encoder's: with it, probabilities, thresholds and intervals are those of all that are heard together.
    deep
        Logits of a deep tower, `(C,)`; heard beside the encoder alone.
    halves
        What a reader of sides says of the frontal film, so that B is one; without it, sides are where the towers'
        evidence is.
    incidental
        What is likely beside the 14 findings.
    """
    seen, inputs = inputs_of(frontal, lateral, durations, geometry)
    probabilities = calibration.fusions[seen].probabilities(inputs)
    least, reliability = calibration.thresholds[seen], calibration.reliability[seen]
    if opinion is not None:
        joint, anything = opinion.joints[seen], 0.0 if halves is None else halves.anything.item()
        probabilities = joint.probabilities(probabilities, opinion.score, 0.0 if deep is None else deep, anything)
        least, reliability = joint.thresholds, joint.reliability
    view = frontal or lateral
    assert view is not None  # noqa: S101 - a study without films does not get here
    attention_of = dict(zip(FINDINGS[1:], view.attention[1:], strict=True))  # No Finding is nowhere
    attention = probabilities[1:] @ view.attention[1:]
    gaze = (durations, geometry) if durations is not None and geometry is not None else None
    return FindingsReading(
        _likelihoods(
            probabilities, reliability.interval(probabilities), _named_sides(frontal, halves, calibration), gaze
        ),
        regions_of(geometry) if geometry is not None else {},
        (attention / attention.sum()).reshape(GRID, GRID),
        {finding: (one / one.sum()).reshape(GRID, GRID) for finding, one in attention_of.items()},
        dict(zip(FINDINGS, map(float, least), strict=True)),
        incidental,
        familiar=opinion is None or opinion.familiar,
        gaze=None if gaze is None else durations,
    )


def _likelihoods(
    probabilities: NDArray[np.float64],
    interval: tuple[NDArray[np.float64], NDArray[np.float64]],
    sides: Sequence[Side | None],
    gaze: tuple[NDArray[np.float64], ThoraxGeometry] | None,
) -> tuple[FindingLikelihood, ...]:
    """Of probabilities and the ends of their interval, each `(C,)`, with the gaze on regions where there is gaze."""
    said = []
    for finding, side, likely, low, high in zip(FINDINGS, sides, probabilities, *interval, strict=True):
        regions = regions_of_finding(finding, side)
        said.append(
            FindingLikelihood(
                finding,
                probability=float(likely),
                low=float(low),
                high=float(high),
                side=side,
                regions=regions,
                gaze_seconds=0.0 if gaze is None else seconds_within(*gaze, regions),
            )
        )
    return tuple(said)


def _named_sides(
    frontal: FilmEvidence | None, halves: HalvesRead | None, calibration: Calibration
) -> list[Side | None]:
    """The side of each finding, by the reader of sides where there is one; a lateral film alone tells none."""
    if halves is not None:
        leaning, threshold = halves.sides[0].tolist(), SIDE_THRESHOLD_OF_READER
    elif frontal is not None:
        leaning, threshold = lean(frontal).tolist(), calibration.side_threshold
    else:
        return [None] * len(FINDINGS)
    return [named_side(finding, one, threshold) for finding, one in zip(FINDINGS, leaning, strict=True)]


def named_side(finding: Finding, leaning: float, threshold: float) -> Side | None:
    """The side that a finding is said to be on, by how far its evidence leans and how far it must; see `lean`."""
    if finding in WITHOUT_SIDE or not math.isfinite(leaning) or abs(leaning) < threshold:
        return None
    return Side.LEFT if leaning > 0 else Side.RIGHT
