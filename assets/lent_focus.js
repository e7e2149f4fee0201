// A button that goes out of use while it has the focus would drop it, and the next key would begin at the page's top.

/**
 * `line`, which tells of the work, takes over the focus of any of the `buttons` that is switched off. The first of them
 * gets it once that can be used again, unless the reader has gone elsewhere by then.
 */
export function lendFocus(buttons, line) {
  const [first] = buttons;
  let lent = false;
  line.tabIndex = -1;
  line.addEventListener("blur", () => { lent = false; });
  const observer = new MutationObserver(() => {
    if (buttons.some((button) => button.disabled && button === document.activeElement)) {
      line.focus({ preventScroll: true });
      lent = true;
    }
    if (lent && !first.disabled) {
      first.focus({ preventScroll: true });
    }
  });
  for (const button of buttons) {
    observer.observe(button, { attributes: true, attributeFilter: ["disabled"] });
  }
}
