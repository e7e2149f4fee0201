"""Parts of the page with markup and script of our own: `assets/<name>.html` brought to life by `assets/<name>.js`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

ASSETS = Path(__file__).resolve().parents[2] / "assets"

_ON_LOAD = """\
// Triggers: {events}
import(new URL("page-assets/{name}.js", document.baseURI))
  .then((part) => part.mount(element, {{ trigger, watch, props }}))
  .catch((error) => {{
    console.error("This part of the page did not start: {name}", error);
    const word = document.createElement("p");
    word.className = "not-started";
    word.setAttribute("role", "alert");
    word.textContent = "This part of the page did not start. Please load the page anew.";
    element.prepend(word);
  }});
"""


def page_part(name: str, value: Any, *, events: Sequence[str] = (), visible: bool = True) -> gr.HTML:
    """A part of the page whose script gets `value` as data and never as markup.

    The markup file is static: nothing of a film, a report or a reader is ever put into it, the script writes such text
    as text. `events` are what the script triggers; each becomes a listener of the component by that name.
    """
    return gr.HTML(
        value=value,
        html_template=(ASSETS / f"{name}.html").read_text(encoding="utf-8"),
        # Gradio finds the names of custom events in the script itself, in quotes.
        js_on_load=_ON_LOAD.format(name=name, events=json.dumps(list(events))),
        apply_default_css=False,
        elem_id=name,
        visible=visible,
    )
