// Answers that the page waits for. Gradio's stream of answers can close on a message that was just sent; whatever is sent
// next opens it again, and brings along what waited on the server. So the page asks as long as it waits for anything.

import { connection } from "./connection.js";

const ASKING_AGAIN = 3000; // milliseconds
const MOST_DOUBTS = 10; // a while in which the server may still notice that nobody hears what it is doing
const LONG_SILENCE = 4; // questions in vain: what was answered may have failed in Gradio's own part of the page, unseen here

const awaited = new Set();
let doubts = 0; // how often all that the page shows is asked for, since answers broke off that nobody sends again
let inVain = 0; // questions since the page was told anything that it waits for
let longSilence = LONG_SILENCE; // twice as long each time: a queue of many readers is not to grow by questions
let ask = () => {};
let timer;

/** `how(all)` asks for the answers that wait, or for all that the page shows. */
export function askBy(how) {
  ask = how;
}

/** What the page waited for may have been said already: it asks for the whole, and goes on so while it still waits. */
export function answersWereLost() {
  doubts = MOST_DOUBTS;
  ask(true);
}

export function awaitAnswer(to) {
  awaited.add(to);
  somethingWasTold();
  timer ??= setInterval(askAgain, ASKING_AGAIN);
}

export function answerCame(to) {
  awaited.delete(to);
  somethingWasTold();
  if (awaited.size === 0) {
    clearInterval(timer);
    timer = undefined;
    doubts = 0;
  }
}

function somethingWasTold() {
  inVain = 0;
  longSilence = LONG_SILENCE;
}

/** What is asked while the network is away waits, and need not wait many times. */
function askAgain() {
  if (connection.isLost) {
    return;
  }
  inVain += 1;
  const isSilent = inVain === longSilence;
  if (isSilent) {
    longSilence *= 2;
  }
  ask(doubts > 0 || isSilent);
  doubts = Math.max(0, doubts - 1);
}
