"""Why the films were taken, in the reader's words: told to the language model for one patient, and kept nowhere.

The page sends it in place of the drafts' value, and Gradio remembers that as the value of the drafts until an answer
replaces it. So an event that receives an indication answers first, before anything else is done or can fail.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app.page.messages import Message
from gaze2report_core.indication import LONGEST

WITH_THE_INDICATION = """\
async (...inputs) => {
  const { indicationFor } = await import(new URL("page-assets/indication.js", document.baseURI));
  return [...inputs.slice(0, -1), indicationFor(inputs.at(-1))];
}
"""
"""Replaces the last input, the drafts' value, by the indication for the film that this value names."""

WITH_THE_INDICATION_AND_THE_GAZE_IN_HAND = """\
async (...inputs) => {
  const { indicationFor } = await import(new URL("page-assets/indication.js", document.baseURI));
  const { gazeInHand } = await import(new URL("page-assets/gaze_in_hand.js", document.baseURI));
  return [...inputs.slice(0, -2), indicationFor(inputs.at(-2)), gazeInHand()];
}
"""
"""Does the same with the last input but one, and replaces the last by the gaze that is on the film at this moment."""


class GivenIndication(Message):
    """What was typed for a film. `film` is the token of this frontal film, none before any is open."""

    film: str | None
    text: Annotated[str, Field(max_length=LONGEST, repr=False)]

    def of_film(self, token: str) -> str:
        """The text if it was typed for this film; empty if it was for another one, and so another patient."""
        return self.text if self.film == token else ""


def is_told_of(token: str, given: Mapping[str, Any] | None) -> bool:
    """Whether the page sends what was typed for the film with this token, or has no field for it at all."""
    return given is None or given.get("film") == token


def indication_for(token: str, given: Mapping[str, Any] | None) -> str:
    """The indication for the film with this token; empty where the page has no field for it."""
    return "" if given is None else GivenIndication.model_validate(given).of_film(token)
