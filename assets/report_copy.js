// The report for another program, by the clipboard.

/** Whether it is there now: a page that came without HTTPS has no clipboard, and a browser may let no page write to it. */
export async function putOnClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
