"""What the page says as it asks for drafts: which request it is, which one the reader waits for, and the indication.

The page counts its requests, and is told two of their numbers: which one its drafts were written for, since its
controls may say something else by now, and which one was begun last. A request that waits in Gradio's queue is lost
when the stream of answers breaks; the page then names it once more, and it is made up for.

All of it is sent in place of the drafts' value, and Gradio remembers it as that until an answer replaces it. So an
event that receives it answers first, before anything else is done or can fail: the indication is kept nowhere.
"""

from collections.abc import Mapping
from typing import Any

A_REQUEST = """\
async (...inputs) => {
  const { requestFor } = await import(new URL("page-assets/draft_requests.js", document.baseURI));
  return [...inputs.slice(0, -1), requestFor(inputs.at(-1))];
}
"""
"""Replaces the last input, the drafts' value, by a request for drafts of the film that this value names."""

A_WISH_WITH_THE_GAZE_IN_HAND = """\
async (...inputs) => {
  const { wishFor } = await import(new URL("page-assets/draft_requests.js", document.baseURI));
  const { gazeInHand } = await import(new URL("page-assets/gaze_in_hand.js", document.baseURI));
  return [...inputs.slice(0, -2), wishFor(inputs.at(-2)), gazeInHand()];
}
"""
"""Replaces the last input but one by a request that the reader waits for, and the last by the gaze on the film."""


def number_of(request: Mapping[str, Any] | None) -> int:
    """The number of this request; 0 where the page names none."""
    return _number(request, "request")


def wanted_of(request: Mapping[str, Any] | None, token: str) -> int:
    """The number of the last request that the reader made for the film with this token; 0 where they made none."""
    return _number(request, "wanted") if request is not None and request.get("film") == token else 0


def _number(request: Mapping[str, Any] | None, name: str) -> int:
    number = (request or {}).get(name)
    return number if isinstance(number, int) else 0
