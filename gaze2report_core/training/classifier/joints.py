"""Fits how towers, the report's encoder, a deep tower and a reader of sides are heard together of a study.

Held-out studies are few, so all findings share their weights, and biases follow from how frequent a finding is in all
studies: rare findings are too rare among the held-out ones for a bias of their own.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.evidence import Fusion, Seen, log_odds
from gaze2report_core.findings.joint import Joint
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.findings.vocabulary import FINDINGS, Finding
from gaze2report_core.training.classifier.fusion_of_findings import fit_shared

SAY_IN_NO_FINDING = 0.3
"""How much log-odds that anything is seen count against those of No Finding; by held-out studies, whose scores hardly
rise beyond it, and lowered to it when val's figure was seen."""


@dataclass(frozen=True, eq=False)
class Voices:
    """What is said of S studies by all that are heard, none of which has seen them, and what the studies show.

    Probabilities of the towers, scores of the encoder and logits of a deep tower, each `(S, C)`; `anything` `(S,)` are
    the log-odds by a reader of sides that there is anything to be seen; `shown` `(S, C)` in 0..1. A deep tower that is
    absent says nought, a reader of sides that is absent what is not a number.
    """

    of_towers: NDArray[np.float64]
    scores: NDArray[np.float64]
    deep: NDArray[np.float64]
    anything: NDArray[np.float64]
    shown: NDArray[np.float64]

    def of(self, studies: NDArray[np.bool_]) -> "Voices":
        """What is said of some of the studies, which are chosen by `(S,)`."""
        return Voices(*(getattr(self, voice.name)[studies] for voice in fields(self)))

    def log_odds(self, joint: Joint) -> NDArray[np.float64]:
        """What the joint makes of it, without the reader of sides: `(S, C)`."""
        return log_odds(joint.probabilities(self.of_towers, self.scores, self.deep))


def deep_as_seen(deep: NDArray[np.float64], seen: Seen) -> NDArray[np.float64]:
    """Logits of a deep tower `(S, 2, C)` → the mean over the views that are seen, `(S, C)`."""
    views = [view for view, is_seen in ((0, seen is not Seen.LATERAL), (1, seen.has_lateral)) if is_seen]
    return deep[:, views].mean(axis=1)


def fit_joint(voices: Voices, frequency: NDArray[np.float64], thresholds: NDArray[np.float64]) -> Joint:
    """How log-odds of the towers and scores of the encoder are heard together; `frequency` and `thresholds` `(C,)`."""
    usual = np.broadcast_to(log_odds(frequency), voices.shown.shape)
    inputs = np.stack([log_odds(voices.of_towers), voices.scores, usual], axis=-1)
    (towers, encoder, rarity), bias = fit_shared(inputs, voices.shown)
    fusion = Fusion(np.tile([towers, encoder], (len(frequency), 1)), bias + rarity * usual[0])
    return Joint(fusion, thresholds)


def with_deep_tower(joint: Joint, voices: Voices, frequency: NDArray[np.float64]) -> Joint:
    """The same with a deep tower heard, as much for one finding as for another."""
    usual = np.broadcast_to(log_odds(frequency), voices.shown.shape)
    inputs = np.stack([voices.log_odds(joint), voices.deep, usual], axis=-1)
    (trust, counts, rarity), bias = fit_shared(inputs, voices.shown)
    fusion = Fusion(trust * joint.fusion.weights, trust * joint.fusion.bias + bias + rarity * usual[0])
    return replace(joint, fusion=fusion, deep_tower=np.full(len(frequency), counts))


def against_no_finding(joint: Joint, voices: Voices) -> Joint:
    """The same with a say in No Finding for who sees anything on films; how sure they are together is fitted."""
    column = FINDINGS.index(Finding.NO_FINDING)
    heard = voices.log_odds(joint)[:, column] - SAY_IN_NO_FINDING * voices.anything
    (trust,), bias = fit_shared(heard[:, None, None], voices.shown[:, column, None])
    weights, biases, of_deep = joint.fusion.weights.copy(), joint.fusion.bias.copy(), joint.deep_tower.copy()
    weights[column] *= trust
    of_deep[column] *= trust
    biases[column] = trust * biases[column] + bias
    return replace(
        joint,
        fusion=Fusion(weights, biases),
        deep_tower=of_deep,
        against_no_finding=float(trust * SAY_IN_NO_FINDING),
    )


def within_what_was_heard(joint: Joint, voices: Voices) -> Joint:
    """The same, hearing towers no further than they went on these studies."""
    towers = log_odds(voices.of_towers)
    return replace(
        joint,
        range_of_towers=np.stack([towers.min(axis=0), towers.max(axis=0)]),
        range_of_deep_tower=np.stack([voices.deep.min(axis=0), voices.deep.max(axis=0)]),
    )


def relied_on(joint: Joint, voices: Voices) -> Joint:
    """The same, knowing how far its probabilities can be relied on."""
    anything = np.nan_to_num(voices.anything)
    heard = joint.probabilities(voices.of_towers, voices.scores, voices.deep, anything)
    return replace(joint, reliability=Reliability.on(heard))
