"""How the page looks: a dark reading room, drawn with what the reader's own machine has."""

from typing import Any

import gradio as gr

from app.page.components import ASSETS

FONTS = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONOSPACE = ("ui-monospace", "SFMono-Regular", "Consolas", "Liberation Mono", "monospace")

STYLES = (
    "reading_room.css",
    "film.css",
    "writing.css",
    "report.css",
    "room_sizes.css",
    "gaze_editing.css",
    "ruler.css",
    "findings_panel.css",
    "findings_on_film.css",
    "unfinished.css",
    "narrow_tools.css",
    "forced_colors.css",
)
"""In this order: of two rules that weigh the same, the later one counts."""

# Before the first paint, so that no reader in a dark room meets a white page.
HEAD = """\
<meta name="color-scheme" content="dark">
<meta name="robots" content="noindex">
<link rel="icon" type="image/svg+xml" href="page-assets/icons/gaze2report.svg">
<style>html, body { background: #0b0e11; }</style>
<script>document.documentElement.classList.add("dark");</script>
"""


def page_options() -> dict[str, Any]:
    """What the server passes on when it mounts the page."""
    return {
        "theme": reading_room_theme(),
        "css_paths": [ASSETS / name for name in STYLES],
        "head": HEAD,
        "favicon_path": str(ASSETS / "icons" / "gaze2report.svg"),
    }


def reading_room_theme() -> gr.themes.Base:
    """Gradio's plainest theme with dark colours, whatever the browser prefers."""
    dark = {
        "body_background_fill": "#0b0e11",
        "body_text_color": "#d7dee5",
        "body_text_color_subdued": "#98a4b0",
        "background_fill_primary": "#12171c",
        "background_fill_secondary": "#171d23",
        "block_background_fill": "transparent",
        "block_border_color": "#2a333c",
        "block_label_background_fill": "transparent",
        "block_label_text_color": "#98a4b0",
        "block_title_text_color": "#98a4b0",
        "border_color_primary": "#2a333c",
        "border_color_accent": "#5cc8c2",
        "color_accent_soft": "#1c3836",
        "input_background_fill": "#171d23",
        "input_border_color": "#35404a",
        "input_border_color_focus": "#5cc8c2",
        "input_placeholder_color": "#7d8894",
        "button_secondary_background_fill": "#1d252d",
        "button_secondary_background_fill_hover": "#27313b",
        "button_secondary_border_color": "#35404a",
        "button_secondary_text_color": "#d7dee5",
        "checkbox_background_color": "#171d23",
        "checkbox_background_color_selected": "#2f9c95",
        "checkbox_border_color": "#55626e",
        "checkbox_border_color_selected": "#5cc8c2",
        "checkbox_label_background_fill": "#171d23",
        "checkbox_label_background_fill_hover": "#1d252d",
        "checkbox_label_background_fill_selected": "#1c3836",
        "checkbox_label_border_color": "#35404a",
        "checkbox_label_text_color": "#d7dee5",
        "checkbox_label_text_color_selected": "#e9f6f5",
        "slider_color": "#5cc8c2",
        "error_background_fill": "#2a1717",
        "error_text_color": "#f0b4ae",
    }
    theme = gr.themes.Base(
        primary_hue="teal", neutral_hue="slate", font=FONTS, font_mono=MONOSPACE, text_size="sm", spacing_size="sm"
    )
    return theme.set(**dark, **{f"{name}_dark": colour for name, colour in dark.items()})
