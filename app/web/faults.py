"""Errors in what the page calls: a sentence for the reader, a note in the log, and no text of a report in either log
or markup. Left alone, Gradio prints every error with its message to standard error."""

import functools
import html
import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from app.refusals import is_refusal
from app.web.logs import logger

UNFORESEEN = "Something went wrong here, and it was noted. Your saved text is safe. Please try again."


def guard(page: gr.Blocks) -> None:
    """Let every function that the page's events call report its errors so, and Gradio what it does around them."""
    for handler in page.fns.values():
        if handler.fn is not None:
            handler.fn = guarded(handler.fn)
    page.process_api = _guarded_around(page.process_api)  # type: ignore[method-assign,assignment]


def _guarded_around(process: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """What Gradio cannot take of a message, such as one of a page from before an update, it would quote in full."""

    @functools.wraps(process)
    async def answer(*inputs: Any, **named: Any) -> Any:
        try:
            return await process(*inputs, **named)
        except Exception as error:
            if isinstance(error, gr.Error) and not error.print_exception:
                raise  # told already
            logger.error("a message of the page could not be taken", exc_info=error)
            raise gr.Error(UNFORESEEN, print_exception=False) from None

    return answer


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which answers once or streams, with its errors told as `gr.Error`."""
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def stream(*inputs: Any, **named: Any) -> Any:
            with _told(function):
                yield from function(*inputs, **named)

        return stream

    @functools.wraps(function)
    def answer(*inputs: Any, **named: Any) -> Any:
        with _told(function):
            return function(*inputs, **named)

    return answer


@contextmanager
def _told(function: Callable[..., Any]) -> Iterator[None]:
    try:
        yield
    except gr.Error as error:
        error.print_exception = False
        raise
    except Exception as error:
        if is_refusal(error):
            sentence = html.escape(str(error))
        else:
            sentence = UNFORESEEN
            logger.error("a handler failed", exc_info=error, extra={"fields": {"handler": function.__name__}})
        raise gr.Error(sentence, print_exception=False) from None
