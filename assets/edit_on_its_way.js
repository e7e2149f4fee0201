// One text on its way into the records: sent until the server answers, and where that did not keep it, more and more seldom.

import { connection } from "./connection.js";

const SENDING_AGAIN = 3000; // milliseconds; Gradio's stream of answers can close on a message that was just sent
const MOST_WAITING = 15000;
const FIRST_PAUSE = 5000; // before what was not kept is sent again, twice as long with each time
const LONGEST_PAUSE = 60000;
const MOST_TRIES = 8;

export class EditOnItsWay {
  /**
   * `sendInTurn(edit)` sends it, which the server keeps once, or what has to be kept before. `begun` is the number of the
   * beginning that its text goes back to. `unanswered()` is called when no answer comes for long.
   */
  constructor(sendInTurn, event, message, { begun, unanswered }) {
    this.sendInTurn = sendInTurn;
    this.event = event;
    this.message = message;
    this.begun = begun;
    this.tries = 0;
    this.hasFailed = false;
    this.wasSent = false; // whether its turn has come, so that the server may have kept it
    // What the network lost is sent again by itself, and says so.
    this.sendTimer = setInterval(() => connection.isLost || this.send(), SENDING_AGAIN);
    this.answerTimer = setInterval(() => connection.isLost || unanswered(), MOST_WAITING);
    this.send();
  }

  get sequence() {
    return this.message.sequence;
  }

  get draftsId() {
    return this.message.drafts_id;
  }

  send() {
    this.sendInTurn(this);
  }

  /** What was not signed off is signed off by the reader alone. */
  becomeASave() {
    this.event = "edit_changed";
  }

  /** It was not kept so far: it is sent again, but not for ever. An answer that comes late counts all the same. */
  goOnMoreSeldom() {
    this.hasFailed = true;
    clearInterval(this.sendTimer);
    clearInterval(this.answerTimer);
    if (this.againTimer === undefined) {
      this.sendAgainLater();
    }
  }

  sendAgainLater() {
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.tries);
    this.againTimer = setTimeout(() => {
      this.againTimer = undefined;
      if (this.tries < MOST_TRIES) {
        this.tries += 1;
        this.sendAgainLater();
        connection.isLost || this.send();
      }
    }, pause);
  }

  /** It was answered for good, or a newer one has taken its place. */
  end() {
    clearInterval(this.sendTimer);
    clearInterval(this.answerTimer);
    clearTimeout(this.againTimer);
  }
}
