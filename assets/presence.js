// That somebody is there, which keeps a reader signed in: said when somebody presses, types, dictates, drops or turns the wheel,
// and by nothing that the page does by itself.

import { millisecondsSince, momentNow } from "./passed_time.js";

/** When somebody was there last; who just loaded the page was. `somebody-is-there` tells the document before it is noted. */
export const presence = { at: momentNow() };

const BETWEEN_WORDS = 20000; // milliseconds
const ACTS = ["pointerdown", "keydown", "wheel", "input", "click", "drop"]; // who dictates, or drops a film, presses no key

export function tellOfPresence() {
  let saidAt = null;
  let isOnItsWay = false; // while the network is away, and need not be said many times
  const tell = async ({ isTrusted }) => {
    if (!isTrusted) {
      return;
    }
    document.dispatchEvent(new CustomEvent("somebody-is-there"));
    presence.at = momentNow();
    if (!isOnItsWay && (saidAt === null || millisecondsSince(saidAt) >= BETWEEN_WORDS)) {
      saidAt = presence.at;
      isOnItsWay = true;
      await fetch(new URL("presence", document.baseURI), { method: "POST" }).catch(() => {}); // a later act says it again
      isOnItsWay = false;
    }
  };
  for (const act of ACTS) {
    window.addEventListener(act, tell, { capture: true, passive: true });
  }
}
