"""Why the films were taken, as the reader says it: told to the language model for one patient, and kept nowhere.

It comes in the place of what the drafts show, and Gradio remembers what comes in as the value of that part until an
answer takes its place. So whoever is told of it answers before anything else is done, and before anything can fail.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app.page.messages import Message
from gaze2report_core.indication import LONGEST

WITH_THE_INDICATION = """\
async (...inputs) => {
  const { indicationFor } = await import(new URL("page-assets/indication.js", document.baseURI));
  return [...inputs.slice(0, -1), indicationFor(inputs.at(-1).film)];
}
"""
"""Puts what stands in the field in the place of the last input, which is what the drafts show and so of which film."""

WITH_THE_INDICATION_AND_THE_GAZE_IN_HAND = """\
async (...inputs) => {
  const { indicationFor } = await import(new URL("page-assets/indication.js", document.baseURI));
  const { gazeInHand } = await import(new URL("page-assets/gaze_in_hand.js", document.baseURI));
  return [...inputs.slice(0, -2), indicationFor(inputs.at(-2).film), gazeInHand()];
}
"""
"""The same with the gaze that is on the film at this moment, in the place of the input after it."""


class GivenIndication(Message):
    """What stands in the field. `film` is the token of the frontal film it was typed for, none before any is open."""

    film: str | None
    text: Annotated[str, Field(max_length=LONGEST, repr=False)]

    def of_film(self, token: str) -> str:
        """The text if it was typed for this film; of another film, and so another patient, nothing is taken."""
        return self.text if self.film == token else ""


def indication_for(token: str, given: Mapping[str, Any] | None) -> str:
    """What is said of the film with this token; nothing where the page has no field for it."""
    return "" if given is None else GivenIndication.model_validate(given).of_film(token)
