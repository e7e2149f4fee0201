// Undo and redo for the edit box: typing in one go is one step, and so is starting anew from a draft.

const ONE_GO = 1200; // milliseconds without a key that end a step

export class EditHistory {
  /** A state is {text, side, draftsId, draft, caret}; `draft` is the text that it began with, where that is known. */
  constructor() {
    this.clear();
  }

  clear() {
    this.past = [];
    this.future = [];
    this.present = null;
  }

  /** Take a state that typing led to. Typing that goes on without a rest, or within a word, joins the step before. */
  typed(state) {
    const now = performance.now();
    const joins = this.typing && now - this.lastKey < ONE_GO && this.past.length > 0;
    this.lastKey = now;
    if (joins) {
      this.present = state;
      this.future = [];
    } else {
      this.push(state);
      this.typing = true;
    }
  }

  push(state) {
    if (this.present !== null) {
      this.past.push(this.present);
    }
    this.present = state;
    this.future = [];
    this.typing = false;
  }

  get canUndo() {
    return this.past.length > 0;
  }

  get canRedo() {
    return this.future.length > 0;
  }

  undo() {
    return this.step(this.past, this.future);
  }

  redo() {
    return this.step(this.future, this.past);
  }

  step(from, to) {
    if (from.length === 0) {
      return null;
    }
    to.push(this.present);
    this.present = from.pop();
    this.typing = false;
    return this.present;
  }
}
