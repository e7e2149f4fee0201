// That somebody is there, which keeps a reader signed in: said when somebody presses, types, dictates, drops or turns the wheel, and
// by nothing that the page does by itself.

/** When somebody was there last, of the page's own time; who just loaded the page was. */
export const presence = { at: performance.now() };

const BETWEEN_WORDS = 20000; // milliseconds
const ACTS = ["pointerdown", "keydown", "wheel", "input", "click", "drop"]; // who dictates, or drops a film, presses no key

export function tellOfPresence() {
  let saidAt = -Infinity;
  let isOnItsWay = false; // while the network is away, and need not be said many times
  const tell = async ({ isTrusted }) => {
    const now = performance.now();
    presence.at = isTrusted ? now : presence.at;
    if (isTrusted && !isOnItsWay && now - saidAt >= BETWEEN_WORDS) {
      saidAt = now;
      isOnItsWay = true;
      await fetch(new URL("presence", document.baseURI), { method: "POST" }).catch(() => {}); // a later act says it again
      isOnItsWay = false;
    }
  };
  for (const act of ACTS) {
    window.addEventListener(act, tell, { capture: true, passive: true });
  }
}
