// What the server is asked to open: one film after the other, so that none meets a film that it was not chosen for.

import { VIEWS } from "./views.js";

const MOST_WAITING = 45000; // milliseconds
const MAY_BE_LOST = 10000; // most films are read in less

export class FilmRequests {
  /**
   * `trigger(event, film)` reaches the server. `mustWait(view)` says whether a film is not to be asked for yet, `asks(view,
   * choice)` is called as one is, and `outOfPatience()` once no answer is waited for any longer.
   */
  constructor(trigger, { mustWait, asks, outOfPatience }) {
    this.trigger = trigger;
    this.mustWait = mustWait;
    this.asks = asks;
    this.outOfPatience = outOfPatience;
    this.waiting = new Map(); // by view, the film that the server is asked for next
    this.asked = null; // the film that the server was asked for and has not answered
    this.attempts = 0; // how many films the server was asked for, which numbers them
    this.answered = 0; // the number of the last of them that the server opened or refused
  }

  isUnderWay(view) {
    return this.waiting.has(view) || this.asked?.view === view;
  }

  /** The server may have been started anew, and will never answer. If it does, that is no answer to what is asked next. */
  get awaitsAnswer() {
    return this.asked !== null && performance.now() - this.askedAt <= MOST_WAITING;
  }

  // --- what is asked ----------------------------------------------------------------------------------------------

  /** `film`: what the server is told of it, beside its `view`, the number of its `choice`, and the `event` that tells it. */
  add(film) {
    this.waiting.set(film.view, film);
  }

  drop(view) {
    this.waiting.delete(view);
  }

  askNext() {
    const view = VIEWS.find((one) => this.waiting.has(one));
    if (view === undefined || this.mustWait(view)) {
      return;
    }
    if (this.awaitsAnswer) {
      this.goOnOnceOutOfPatience();
      return;
    }
    this.attempts += 1;
    this.asked = { ...this.waiting.get(view), attempt: this.attempts };
    this.askedAt = performance.now();
    this.waiting.delete(view);
    this.asks(view, this.asked.choice);
    this.askServer();
  }

  askServer() {
    const { event, ...film } = this.asked;
    this.lastAskedAt = performance.now();
    this.trigger(event, film);
  }

  /** What waits in Gradio's queue is lost when the stream of answers breaks off. Who is asked twice answers once. */
  askAgainIfLost() {
    if (this.asked?.attempt > this.answered && performance.now() - this.lastAskedAt >= MAY_BE_LOST) {
      this.askServer();
    }
  }

  /** No word of the server's may come any more that would bring the next film's turn. */
  goOnOnceOutOfPatience() {
    clearTimeout(this.patience);
    this.patience = setTimeout(this.outOfPatience, this.askedAt + MOST_WAITING - performance.now() + 1);
  }

  // --- what becomes of it -----------------------------------------------------------------------------------------

  /** The film that was asked for and is refused by this, if it is; null else. */
  takeRefused(refusal) {
    const { asked } = this;
    if (asked === null || refusal?.attempt !== asked.attempt) {
      return null;
    }
    this.asked = null;
    return asked;
  }

  /** The film of this view has come to the screen, or never will. */
  settle(view) {
    this.asked = this.asked?.view === view && this.asked.attempt <= this.answered ? null : this.asked;
  }

  /** No answer comes any more to what was asked. */
  forget() {
    this.asked = null;
  }
}
