// Undo and redo, for the edit box and for the gaze: what is done in one go is one step.

const ONE_GO = 1000; // milliseconds without a turn that end a step

/** A state may be anything. */
export class EditHistory {
  constructor() {
    this.clear();
  }

  clear() {
    this.past = [];
    this.future = [];
    this.present = null;
    this.going = null; // what is being done, as long as doing it on is the same step
  }

  /** Keys in typing, turns of the wheel and a pulled slider, as long as they go on without a `rest`, are one step. */
  pushInOneGo(state, what, rest = ONE_GO) {
    const now = performance.now();
    const goesOn = this.going === what && now - this.lastTurn < rest && this.canUndo;
    if (goesOn) {
      this.present = state;
      this.future = [];
    } else {
      this.push(state);
    }
    this.going = what;
    this.lastTurn = now;
  }

  push(state) {
    if (this.present !== null) {
      this.past.push(this.present);
    }
    this.present = state;
    this.future = [];
    this.going = null;
  }

  /** All steps as they are now, for `restore`. */
  remember() {
    const { past, future, present, going, lastTurn } = this;
    return { past: [...past], future: [...future], present, going, lastTurn };
  }

  /** As if nothing had been done since. */
  restore(steps) {
    Object.assign(this, steps);
  }

  /** Every state as `amend` makes it. */
  amendAll(amend) {
    this.past = this.past.map(amend);
    this.future = this.future.map(amend);
    this.present = this.present && amend(this.present);
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
    this.going = null;
    return this.present;
  }
}
