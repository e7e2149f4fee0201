// A patient's film and reports are for their reader alone: the room is hidden while its reader is not signed in, though nobody
// touches the page, and where it cannot be asked for so long that its reader is not any more. What the room has stays behind the
// curtain, and is there when the reader is back.

import { connection } from "./connection.js";
import { presence } from "./presence.js";

const BETWEEN_QUESTIONS = 60000; // milliseconds

export function isCurtainDrawn() {
  return document.body.classList.contains("signed-out");
}

/**
 * Have the room hidden whenever another than `name`, or nobody, is signed in, or could be: a sign-in ends after `idle`
 * milliseconds in which nobody is there. `tell(who)` at each answer; null is nobody.
 */
export function drawCurtainUnlessSignedIn(name, idle, tell) {
  let isAsking = false; // until somebody is signed in: the line to the server asks so long
  let answeredAt = performance.now();

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
      answeredAt = performance.now();
      draw(answer.name);
    }
  }

  function askOrDraw() {
    if (performance.now() - Math.max(answeredAt, presence.at) > idle) {
      draw(null);
    }
    ask();
  }

  document.addEventListener("connection-changed", () => {
    if (connection.isSignedOut) {
      draw(null);
      ask();
    }
  });
  document.addEventListener("visibilitychange", ask);
  setInterval(askOrDraw, BETWEEN_QUESTIONS);
}
