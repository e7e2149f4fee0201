// What is said of films over the stage, and asked: one after the other, and what the reader did last is answered first.

import { RefusalSign } from "./refusal_sign.js";

const ANOTHER = { title: "Another film that you chose was not opened", away: "Close" };

export class FilmQuestions {
  /** `giveUp(view)` is called of a film that will not be opened, `left()` once the reader leaves it at what was said. */
  constructor(sign, stage, { giveUp, left }) {
    this.sign = new RefusalSign(sign, stage, () => this.leave());
    this.giveUp = giveUp;
    this.left = left;
    this.heldBack = null; // says why a film did not come, once the reader has answered what the sign says of another
    this.inQuestion = null; // the film that the reader may still open in spite of its refusal: {view, say, isSetAside}
  }

  /** Whether the reader could still answer something other than to leave it at that. */
  get isAsking() {
    return this.inQuestion !== null || (this.sign.isShown && this.sign.question.proceed !== null);
  }

  isAskingOf(view) {
    return this.inQuestion?.view === view;
  }

  // --- what is said -----------------------------------------------------------------------------------------------

  /** What is said of the reader's last press comes at once. A question about a film waits meanwhile, and is asked once more. */
  sayFirst(sentence, question) {
    if (this.inQuestion !== null) {
      this.inQuestion.isSetAside = true;
    }
    this.sign.show(sentence, question);
  }

  /**
   * `question` is what the reader may still do, as in `RefusalSign.show`; where nothing is, the film is given up. What the sign
   * already says is of another film, and the reader may be about to answer it.
   */
  sayWhy(view, sentence, question) {
    if (!question.proceed) {
      this.giveUp(view);
    }
    if (this.sign.isShown) {
      this.heldBack = () => this.sayWhy(view, sentence, { words: ANOTHER, ...question });
      return;
    }
    this.heldBack = null;
    const say = () => this.sign.show(sentence, question);
    if (question.proceed) {
      this.inQuestion = { view, say, isSetAside: false };
    }
    say();
  }

  /** What the reader has not answered yet comes before what they have not been told yet. */
  sayNext() {
    if (this.sign.isShown) {
      return;
    }
    if (this.inQuestion?.isSetAside) {
      this.inQuestion.isSetAside = false;
      this.inQuestion.say();
    } else {
      this.heldBack?.();
    }
  }

  /** Nothing else is to be said or asked any more. */
  sayLast(sentence, question) {
    this.heldBack = null;
    this.inQuestion = null;
    this.sign.show(sentence, question);
  }

  // --- what becomes of it -----------------------------------------------------------------------------------------

  leave() {
    if (this.inQuestion?.isSetAside === false) {
      this.giveUp(this.inQuestion.view);
    }
    this.left();
  }

  answered() {
    this.inQuestion = null;
  }

  forgetFilm(view) {
    if (this.isAskingOf(view)) {
      this.inQuestion = null;
    }
  }

  /** The reader has chosen another film. */
  forget() {
    this.heldBack = null;
    this.inQuestion = null;
    this.sign.hide();
  }
}
