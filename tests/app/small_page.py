"""A small page served as the real one is: the same gate, sign-in, transfers and records; only the model is absent.

python small_page.py --port 0 --data-dir FOLDER [any other option of app.py]
"""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from app.command_line import read_settings
from app.server import CannotServe, enclose, serve, silence_gradio
from app.surroundings import Surroundings
from app.uploads import UploadGone

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI


def build_page(around: Surroundings) -> "gr.Blocks":
    import gradio as gr  # only after Gradio was silenced

    def who(request: gr.Request) -> str:
        return around.visitors.of(request).reader

    def take(token: str, request: gr.Request) -> str:
        session = around.visitors.of(request).session
        size = len(around.uploads.read(session, token))
        around.uploads.discard(session, token)
        return str(size)

    def count(upto: float) -> Iterator[str]:
        for number in range(int(upto)):
            yield str(number)
            time.sleep(0.05)

    def fail(text: str) -> str:
        raise RuntimeError(f"Mustermann^Erika {text}")

    def reach_out(host: str) -> str:
        with suppress(OSError):
            socket.getaddrinfo(host, 443)
        return "tried"

    def refuse() -> str:
        raise UploadGone

    with gr.Blocks(analytics_enabled=False) as page:
        text, number, answer = gr.Textbox(label="text"), gr.Number(label="number"), gr.Textbox(label="answer")
        for name, function, inputs in (
            ("who", who, None), ("take", take, text), ("count", count, number), ("fail", fail, text),
            ("reach_out", reach_out, text), ("refuse", refuse, None),
        ):  # fmt: skip
            gr.Button(name).click(function, inputs, answer, api_name=name)
    return page


def build(around: Surroundings) -> "FastAPI":
    silence_gradio(around.settings)
    return enclose(build_page(around), {}, around)


if __name__ == "__main__":
    try:
        serve(read_settings(), build)
    except CannotServe as error:
        sys.exit(str(error))
