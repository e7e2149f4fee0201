"""The page: a reading room for one radiologist, many times over."""

from app.page.layout import build_page
from app.page.theme import page_options

__all__ = ["build_page", "page_options"]
