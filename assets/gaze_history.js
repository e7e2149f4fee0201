// Every state of the gaze on one film, so that each step of the hand can be taken back.

import { EditHistory } from "./edit_history.js";

const ONE_GO = 1000; // milliseconds without a turn that end a step

/**
 * A state is {fixations, source, offer, query, share, blend}. `offer` is the number of a scanpath that the server made and nobody
 * has changed; `blend` is {base, answer, share}, where `base` is the state into which an answer was mixed.
 */
export class GazeHistory extends EditHistory {
  /** Turns of the wheel, pressed arrows and a pulled slider, as long as they go on without a `rest`, are one step. */
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
    this.going = null;
    super.push(state);
  }

  step(from, to) {
    this.going = null;
    return super.step(from, to);
  }
}
