"""A small page served as the real one is: the same gate, sign-in, transfers and records; only the model is absent.

python small_page.py --port 0 --data-dir FOLDER [any other option of app.py]
"""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from app.command_line import read_settings
from app.server import Surroundings, enclose, listen, run, silence_gradio
from app.uploads import UploadGone
from app.web.logs import set_up_logs

if TYPE_CHECKING:
    import gradio as gr


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


if __name__ == "__main__":
    set_up_logs()
    settings = read_settings()
    silence_gradio(settings)
    around = Surroundings.of(settings)
    run(enclose(build_page(around), {}, around), listen(settings.host, settings.port), settings)
