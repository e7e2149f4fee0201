// The lines that were measured on a study's films, each film's with every step to be taken back, and which of them is chosen.

import { EditHistory } from "./edit_history.js";
import { fingerprint } from "./film_canvas.js";

export const ENDS = ["from", "to"]; // of a line

export class MeasuredLines {
  constructor() {
    this.forget();
  }

  /** Another study is open. */
  forget() {
    this.histories = new Map(); // by what films show: one that is laid ready anew, as for another inversion, keeps its lines
    this.shown = undefined;
    this.chosen = null; // index of a line, null for the last one
  }

  /** `film`: the one that is seen. True if it is another than before. */
  show(film) {
    const shown = film && fingerprint(film);
    const isAnother = shown !== this.shown;
    if (isAnother) {
      this.shown = shown;
      this.chosen = null;
    }
    if (shown && !this.histories.has(shown)) {
      const history = new EditHistory();
      history.push([]);
      this.histories.set(shown, history);
    }
    return isAnother;
  }

  get history() {
    return this.histories.get(this.shown);
  }

  get all() {
    return this.history?.present ?? [];
  }

  /** Index of the line that is taken away next; -1 where there is none. */
  get next() {
    return this.chosen in this.all ? this.chosen : this.all.length - 1;
  }

  choose(index) {
    this.chosen = index;
  }

  /** Put a line in the place of another one, or behind all. */
  put(index, line) {
    this.history.push(this.with(index, line));
    this.chosen = index;
  }

  /** Put a line where a key has moved it: as long as that goes on without a rest, it is one step. */
  putByKey(index, line) {
    this.history.pushInOneGo(this.with(index, line), `line ${index}`);
    this.chosen = index;
  }

  with(index, line) {
    const lines = [...this.all];
    lines[index] = line;
    return lines;
  }

  remove(index = this.next) {
    if (index in this.all) {
      this.history.push(this.all.filter((_, at) => at !== index));
      this.chosen = null;
    }
  }

  removeAll() {
    if (this.all.length > 0) {
      this.history.push([]);
      this.chosen = null;
    }
  }

  /** `step`: "undo" or "redo". */
  go(step) {
    if (this.history[step]() !== null) {
      this.chosen = null;
    }
  }
}
