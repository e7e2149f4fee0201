// A page that the server does not hear and that nobody has used yet is loaded anew by itself: of several tabs that are opened at
// once on a first visit each is given a cookie of its own, and the last one counts for all of them.

const LOADED_AT = "loaded-itself-anew-at"; // in milliseconds, kept as long as the tab is
const BETWEEN_TWO = 3600000; // so that no page goes on doing so, whatever the server says
const ACTS = ["click", "keydown", "input", "drop"];

let isUsed = false;
let isBeingLoaded = false;

for (const act of ACTS) {
  window.addEventListener(act, () => { isUsed = true; }, { capture: true, passive: true });
}

/** True where it is being loaded anew, so that there is nothing to be said. */
export function loadAnewIfUnused() {
  if (!isBeingLoaded && !isUsed && mayBeLoaded()) {
    isBeingLoaded = true;
    location.reload();
  }
  return isBeingLoaded;
}

/** Not where it was loaded so a while ago, nor where the browser keeps nothing that would tell. */
function mayBeLoaded() {
  try {
    const now = Date.now();
    const mayBe = now - Number(sessionStorage.getItem(LOADED_AT)) > BETWEEN_TWO;
    if (mayBe) {
      sessionStorage.setItem(LOADED_AT, String(now));
    }
    return mayBe;
  } catch {
    return false;
  }
}
