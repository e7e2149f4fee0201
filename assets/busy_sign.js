// What the reader waits for, said over the film: how much of it has come, and a way out as long as there is one.

import { answerCame, awaitAnswer } from "./awaited_answers.js";
import { say } from "./live_words.js";

const LONGER_THAN_USUAL = 45000; // milliseconds

export class BusySign {
  /** `cancel()` is called when the reader does not want to wait until a film is sent. */
  constructor(sign, cancel) {
    this.sign = sign;
    this.text = sign.querySelector("[data-role=busy-text]");
    this.progress = sign.querySelector("progress");
    this.cancel = sign.querySelector("[data-action=cancel]");
    this.cancel.addEventListener("click", cancel);
  }

  /** `share` of what is awaited has come, in 0..1, or nobody knows how much. */
  show(sentence, share = null, { canCancel = false } = {}) {
    awaitAnswer("film");
    say(this.text, sentence);
    if (share === null) {
      this.progress.removeAttribute("value");
    } else {
      this.progress.value = Math.round(100 * share);
    }
    this.cancel.hidden = !canCancel;
    this.setHidden(false);
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      say(this.text, `${sentence} This takes longer than usual. If it stays so, load the page anew.`);
    }, LONGER_THAN_USUAL);
  }

  hide() {
    answerCame("film");
    clearTimeout(this.patience);
    this.setHidden(true);
  }

  /** What must not meet a film on its way is told when one is, and when none is any more. */
  setHidden(hidden) {
    if (this.sign.hidden !== hidden) {
      this.sign.hidden = hidden;
      document.dispatchEvent(new CustomEvent("films-under-way", { detail: { areUnderWay: !hidden } }));
    }
  }
}
