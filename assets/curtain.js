// A patient's film and reports are for their reader alone: the room is hidden while its reader is not signed in, though nobody
// touches the page. What it has stays behind the curtain, and is there when the reader is back.

import { connection } from "./connection.js";

const BETWEEN_QUESTIONS = 60000; // milliseconds

export function isCurtainDrawn() {
  return document.body.classList.contains("signed-out");
}

/** Have the room hidden whenever another than `name`, or nobody, is signed in. `tell(who)` at each answer; null is nobody. */
export function drawCurtainUnlessSignedIn(name, tell) {
  let isAsking = false; // until somebody is signed in: the line to the server asks so long

  function draw(who) {
    document.body.classList.toggle("signed-out", who !== name);
    tell(who);
  }

  async function ask() {
    if (isAsking) {
      return;
    }
    isAsking = true;
    const response = await fetch(new URL("presence", document.baseURI)).catch(() => null);
    const answer = response?.ok ? await response.json().catch(() => null) : null;
    isAsking = false;
    if (answer !== null) {
      draw(answer.name);
    }
  }

  document.addEventListener("connection-changed", () => {
    if (connection.isSignedOut) {
      draw(null);
      ask();
    }
  });
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, BETWEEN_QUESTIONS);
}
