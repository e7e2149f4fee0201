// That somebody is there, which keeps a reader signed in: said when a key or a button is pressed or a wheel turned, and by nothing
// that the page does by itself.

const BETWEEN_WORDS = 60000; // milliseconds
const ACTS = ["pointerdown", "keydown", "wheel"];

export function tellOfPresence() {
  let saidAt = -Infinity;
  const tell = async ({ isTrusted }) => {
    const now = performance.now();
    if (isTrusted && now - saidAt >= BETWEEN_WORDS) {
      saidAt = now;
      await fetch(new URL("presence", document.baseURI), { method: "POST" }).catch(() => {}); // a minute later it is said again
    }
  };
  for (const act of ACTS) {
    window.addEventListener(act, tell, { capture: true, passive: true });
  }
}
