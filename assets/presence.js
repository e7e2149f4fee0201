// That somebody is there, which keeps a reader signed in: said when somebody presses, types, dictates, drops or turns the wheel, and
// by nothing that the page does by itself.

const BETWEEN_WORDS = 20000; // milliseconds
const ACTS = ["pointerdown", "keydown", "wheel", "input", "click", "drop"]; // who dictates, or drops a film, presses no key

export function tellOfPresence() {
  let saidAt = -Infinity;
  const tell = async ({ isTrusted }) => {
    const now = performance.now();
    if (isTrusted && now - saidAt >= BETWEEN_WORDS) {
      saidAt = now;
      await fetch(new URL("presence", document.baseURI), { method: "POST" }).catch(() => {}); // the next act says it again
    }
  };
  for (const act of ACTS) {
    window.addEventListener(act, tell, { capture: true, passive: true });
  }
}
