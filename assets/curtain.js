// A patient's film and reports are for their reader alone: the room is hidden while its reader is not signed in, though nobody
// touches the page, and where it cannot be asked for so long that its reader is not any more. What the room has stays behind the
// curtain, and is there when the reader is back.

import { connection } from "./connection.js";
import { millisecondsSince, momentNow } from "./passed_time.js";
import { presence } from "./presence.js";

const BETWEEN_QUESTIONS = 60000; // milliseconds

export function isCurtainDrawn() {
  return document.body.classList.contains("signed-out");
}

/**
 * Have the room hidden whenever another than `name`, or nobody, is signed in, or could be: a sign-in ends after `idle`
 * milliseconds in which nobody is there. `tell(who)` at each answer; null is nobody. `curtain-drawn` tells the document once the
 * room is hidden, and `curtain-opened` once the reader is back.
 */
export function drawCurtainUnlessSignedIn(name, idle, tell) {
  let isAsking = false; // until somebody is signed in: the line to the server asks so long
  let answeredAt = momentNow();

  function draw(who) {
    const wasDrawn = isCurtainDrawn();
    const isDrawn = document.body.classList.toggle("signed-out", who !== name);
    tell(who);
    if (isDrawn !== wasDrawn) {
      document.dispatchEvent(new CustomEvent(isDrawn ? "curtain-drawn" : "curtain-opened"));
    }
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
      answeredAt = momentNow();
      draw(answer.name);
    }
  }

  function drawIfNobodyWasThere() {
    if (Math.min(millisecondsSince(answeredAt), millisecondsSince(presence.at)) > idle) {
      draw(null);
      ask();
    }
  }

  function askOrDraw() {
    drawIfNobodyWasThere();
    ask();
  }

  document.addEventListener("connection-changed", () => {
    if (connection.isSignedOut || connection.isAnothers) {
      draw(null);
      ask();
    }
  });
  document.addEventListener("somebody-is-there", drawIfNobodyWasThere); // who comes back after so long may be somebody else
  document.addEventListener("visibilitychange", askOrDraw);
  document.addEventListener("resume", askOrDraw);
  window.addEventListener("pageshow", askOrDraw);
  setInterval(askOrDraw, BETWEEN_QUESTIONS);
}
