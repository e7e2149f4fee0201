"""The card of a model that was tuned on corrections: what it learnt from, and what that is known to have done."""

from dataclasses import dataclass
from pathlib import Path

CARD = "README.md"

_FENCE = "---\n"


@dataclass(frozen=True)
class Lesson:
    """What came of teaching a model.

    Attributes
    ----------
    learnt, held_out
        How many corrections it was taught, and how many were kept from it.
    before, best
        The loss for each token of those held out, before and after the best epoch.
    epoch
        The best one, counted from 1.
    """

    learnt: int
    held_out: int
    before: float
    best: float
    epoch: int

    @property
    def helped(self) -> bool:
        """Whether reports that were not learnt became likelier."""
        return self.best < self.before


def write_card(lesson: Lesson, base: Path, revision_of_base: str, folder: Path) -> None:
    """Write the card of the model in `folder`, which went on from the one in the folder `base`.

    Its terms are those that stand at the head of the base's card. It quotes no correction and names no folder.
    """
    (folder / CARD).write_text(f"{_terms_of(base / CARD)}{_text(lesson, revision_of_base)}", encoding="utf-8")


def _terms_of(card: Path) -> str:
    """The head of a model card between its two fences, as the Hub reads it; nothing where there is none."""
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    head, fence, _ = text.removeprefix(_FENCE).partition(_FENCE)
    return f"{_FENCE}{head}{_FENCE}\n" if text.startswith(_FENCE) and fence else ""


def _text(lesson: Lesson, revision_of_base: str) -> str:
    outcome = (
        f"The weights are those after epoch {lesson.epoch}, the best."
        if lesson.helped
        else "No epoch made these likelier, so that the adapters are those of the model before."
    )
    return f"""# A model tuned on readers' corrections

**For research only, not for diagnosis.** Gaze is predicted, and reports are often wrong.

It went on from the model of revision `{revision_of_base}`, of which only the adapters of the language
model were changed, by `python -m gaze2report_core train corrections`. What that model was trained on, and under which
terms, holds for this one too.

| corrections | how many | loss for each token before | after the best epoch |
|---|---:|---:|---:|
| learnt | {lesson.learnt} | | |
| held out, to choose the epoch by | {lesson.held_out} | {lesson.before:.4f} | {lesson.best:.4f} |

{outcome} The loss of the model before, on the same reports, is the baseline. That reports which readers
signed off became likelier is all that was measured: the figures of the model before were not measured again, and do
not hold for this one.

Its weights can repeat what they learnt: treat them as the reports themselves are treated.
"""
