"""The probe for incidental findings is fitted on what is not held out, and believed as far as the rest allows."""

import numpy as np
import pytest

from gaze2report_core.findings.evidence import Seen
from gaze2report_core.findings.incidental_probe import IncidentalProbe
from gaze2report_core.findings.labelling.incidental import INCIDENTAL_FINDINGS
from gaze2report_core.findings.linear_probe import OF_LATERAL, ROWS, UNDER_GAZE
from gaze2report_core.studies import Study
from gaze2report_core.training.classifier.encoder_probe import as_seen
from gaze2report_core.training.classifier.incidental_probe import fit_incidental_probe

STUDIES, WIDTH = 600, 6
MESH = ("Spine/degenerative", "Aorta/tortuous", "Lung/hyperdistention")
WORDS = ("Degenerative changes of the spine.", "The aorta is tortuous.", "The lungs are hyperexpanded.")


def drawn() -> tuple[list[Study], np.ndarray, np.ndarray]:
    """Studies, features of their films `(S, 13, D)`, whose first columns say what there is, and that, `(S, K)`."""
    random = np.random.default_rng(0)
    shown = random.random((STUDIES, len(INCIDENTAL_FINDINGS))) < (0.3, 0.2, 0.1)
    features = random.normal(0, 4, size=(STUDIES, ROWS, WIDTH)).astype(np.float32)
    features[:, :, : shown.shape[1]] += 4 * shown[:, None]
    features[::3, OF_LATERAL] = np.nan
    features[::7, UNDER_GAZE] = np.nan
    features[5] = np.nan  # a study without films
    return [_study(row, there) for row, there in enumerate(shown)], features, shown


def _study(row: int, there: np.ndarray) -> Study:
    text, mesh = (tuple(np.array(words)[there]) for words in (WORDS, MESH))
    report = " ".join(("The heart is normal.", *text))
    return Study(f"study-{row}", "film.png", None, "", "train", report, report, "", mesh or ("normal",))


def probabilities(probe: IncidentalProbe, features: np.ndarray, seen: Seen) -> np.ndarray:
    return probe.calibrated[seen].probabilities(probe.linear.score(as_seen(features, seen)))


@pytest.mark.parametrize("seen", [Seen.FRONTAL, Seen.BOTH])
def test_what_films_show_is_found_and_as_often_as_it_is_there(seen: Seen) -> None:
    studies, features, shown = drawn()
    likely = probabilities(fit_incidental_probe(studies, features), features, seen)
    assert (likely[shown].mean(), likely[~shown].mean()) == (pytest.approx(0.7, abs=0.25), pytest.approx(0.1, abs=0.1))
    np.testing.assert_allclose(likely.mean(axis=0), shown.mean(axis=0), atol=0.06)


def test_gaze_is_not_heard() -> None:
    studies, features, _ = drawn()
    probe = fit_incidental_probe(studies, features)
    assert not probe.linear.weights[UNDER_GAZE].any()
    features[:, UNDER_GAZE] = 0
    again = fit_incidental_probe(studies, features)
    np.testing.assert_allclose(again.linear.weights, probe.linear.weights, rtol=1e-4)


def test_the_labels_of_held_out_studies_calibrate_but_teach_nothing() -> None:
    studies, features, shown = drawn()
    before = fit_incidental_probe(studies, features)
    none = np.zeros(shown.shape[1], dtype=bool)
    without = [_study(row, none if study.held_out else shown[row]) for row, study in enumerate(studies)]
    after = fit_incidental_probe(without, features)
    np.testing.assert_array_equal(after.linear.weights, before.linear.weights)
    assert probabilities(after, features, Seen.BOTH).mean() < 0.5 * probabilities(before, features, Seen.BOTH).mean()
