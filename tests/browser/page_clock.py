"""A clock of the page's own that a test can put forward."""

from playwright.sync_api import Page

NOTHING_AT_ONCE = """
(() => {
  const later = window.setTimeout;
  window.setTimeout = (act, delay, ...rest) => later(act, Math.max(1, Number(delay) || 0), ...rest);
})();
"""


def install_clock(page: Page) -> None:
    """Let the page have it from now on, and whatever is loaded after it.

    Playwright's clock lets what is to be done at once overtake what was to be done at once before, unlike a browser's.
    So nothing is: Gradio hands on every message so, and the words of a report must stay in their order.
    """
    page.clock.install()
    page.add_init_script(NOTHING_AT_ONCE)
    page.evaluate(NOTHING_AT_ONCE)
