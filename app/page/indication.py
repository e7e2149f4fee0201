"""Why the films were taken, in the reader's words: told to the language model for one patient, and kept nowhere.

It comes with each request for drafts: see `app.page.draft_requests`.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app.page.messages import Message
from gaze2report_core.indication import LONGEST


class GivenIndication(Message):
    """What was typed for a film, or nothing where the page has no field for it.

    `film` is the token of this frontal film, none before any is open.
    """

    film: str | None
    text: Annotated[str | None, Field(max_length=LONGEST, repr=False)]

    def of_film(self, token: str) -> str:
        """The text if it was typed for this film; empty if it was for another one, and so another patient."""
        return (self.text or "") if self.film == token else ""


def is_told_of(token: str, request: Mapping[str, Any] | None) -> bool:
    """Whether the page sends what was typed for the film with this token, or has no field for it at all."""
    return request is None or request.get("text") is None or request.get("film") == token


def indication_for(token: str, request: Mapping[str, Any] | None) -> str:
    """The indication for the film with this token; empty where the page has no field for it."""
    return "" if request is None else GivenIndication.model_validate(request).of_film(token)
