// The report for another program: on the clipboard or, where the browser lets no page do that, selected for the reader's own hand.

const COPIED = "The report is on the clipboard.";
const SELECTED = "This browser lets no page copy. The report is selected: copy it with Ctrl C.";

/** What became of it, in words. A page that came without HTTPS has no clipboard. */
export async function copyReport(box) {
  try {
    await navigator.clipboard.writeText(box.value);
    return COPIED;
  } catch {
    box.focus();
    box.select();
    return SELECTED;
  }
}
