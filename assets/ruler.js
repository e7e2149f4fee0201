// The ruler: a line from point to point of the film, by mouse or by key, and how long it is. It stays on this page.

import { clamp } from "./clamp.js";
import { EditHistory } from "./edit_history.js";
import { lengthInWords, lengthsInWords } from "./film_length.js";
import { onKey, onStep } from "./hotkeys.js";
import { say } from "./live_words.js";
import { drawnLine, drawnPoint } from "./ruler_marks.js";

const REACH = 12; // CSS pixels around an end of a line in which a press takes hold of it
const SHORTEST = 4; // CSS pixels: what is shorter is a click, or an end that was put onto the other
const KEY_STEP = 4; // CSS pixels that an arrow key moves the point
const DRAG = "Drag from one point to another.";
const HINTS = {
  mm: "By the file's pixel spacing, most often that of the detector, where the patient is larger.",
  px: "The file states no pixel spacing: lengths are its pixels, to be compared with each other.",
};
const ENDS = ["from", "to"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Ruler {
  constructor(viewer) {
    this.viewer = viewer;
    this.layer = viewer.find("g.lengths");
    this.histories = new WeakMap(); // film -> its lines, step by step
    this.drawing = null; // {film, index, line, moves} of the line that is being drawn, `moves` being the end that goes along
    this.point = null; // where keys have put it, on the film
    this.chosen = null; // index of the line that was taken hold of last
    viewer.find("[data-action=remove-length]").addEventListener("click", () => this.remove());
    viewer.find("[data-action=remove-lengths]").addEventListener("click", () => this.take([]));
    this.setUpKeys();
  }

  setUpKeys() {
    const whileInHand = (run) => (event) => this.isInHand && run(event);
    for (const [key, [right, down]] of Object.entries(ARROWS)) {
      onKey(key, whileInHand(({ shiftKey }) => !shiftKey && this.nudge(right, down)));
    }
    for (const [keys, run] of [
      [[" ", "Enter"], () => this.press()],
      [["Delete", "Backspace"], () => this.remove()],
      [["Escape"], () => this.letGo()],
    ]) {
      keys.forEach((key) => onKey(key, whileInHand(run)));
    }
    onStep((step) => this.isInHand && this.goTo(this.history[step]()));
  }

  get isInHand() {
    return this.viewer.gestures.tool === "ruler" && Boolean(this.viewer.film);
  }

  get history() {
    const { film } = this.viewer;
    if (!this.histories.has(film)) {
      const history = new EditHistory();
      history.push([]);
      this.histories.set(film, history);
    }
    return this.histories.get(film);
  }

  /** Those of the film that is seen, the one that is being drawn among them. */
  get lines() {
    if (!this.viewer.film) {
      return [];
    }
    const lines = [...this.history.present];
    if (this.drawing?.film === this.viewer.film) {
      lines[this.drawing.index] = this.drawing.line;
    }
    return lines;
  }

  // --- what the hand does -----------------------------------------------------------------------------------------

  /** What a press at a place of the stage takes hold of: {move, release, cancel}, or null where another tool is in hand. */
  grip(tool, place) {
    if (tool !== "ruler" || !this.viewer.film) {
      return null;
    }
    this.putPointAway();
    const end = this.endAt(place);
    if (end) {
      this.begin(end.index, this.lines[end.index], end.name);
    } else {
      const begin = this.onFilm(place);
      this.begin(this.lines.length, { from: begin, to: begin }, "to");
    }
    return {
      move: (to) => this.extend(this.onFilm(to)),
      release: () => this.finish(),
      cancel: () => this.cancel(),
    };
  }

  begin(index, line, moves) {
    this.viewer.bare.set(false);
    this.drawing = { film: this.viewer.film, index, line, moves };
    this.chosen = index;
    this.viewer.schedule();
  }

  extend(place) {
    if (this.drawing?.film === this.viewer.film) {
      this.drawing.line = { ...this.drawing.line, [this.drawing.moves]: place };
      this.viewer.schedule();
    }
  }

  /** A line without length is none: a click draws nothing, and an end that is put onto the other takes the line away. */
  finish() {
    const { drawing } = this;
    if (drawing?.film !== this.viewer.film) {
      this.cancel();
      return;
    }
    const before = this.history.present;
    const { index, line } = drawing;
    this.drawing = null;
    const kept = this.onStage(line.from, line.to) < SHORTEST ? [] : [line];
    const isAsBefore = kept[0] === before[index] || (kept.length === 0 && index === before.length);
    if (isAsBefore) {
      this.show();
    } else {
      this.take([...before.slice(0, index), ...kept, ...before.slice(index + 1)]);
      this.choose(kept.length > 0 ? index : null);
    }
  }

  /** The line that is taken away next; null is the last one. */
  choose(index) {
    this.chosen = index;
    this.show();
  }

  cancel() {
    this.drawing = null;
    this.show();
  }

  remove() {
    const { present } = this.history;
    const index = this.chosen ?? present.length - 1;
    if (this.drawing === null && present.length > 0) {
      this.take(present.filter((_, at) => at !== index));
    }
  }

  take(lines) {
    this.history.push(lines);
    this.goTo(lines);
  }

  goTo(lines) {
    if (lines !== null) {
      this.drawing = null;
      this.choose(null);
    }
  }

  /** Escape ends what is being drawn; where nothing is, it puts the ruler away. */
  letGo() {
    if (this.drawing === null && this.point === null) {
      this.viewer.find("[data-tool=window]").click();
    } else {
      this.putPointAway();
      this.viewer.gestures.abandon();
    }
  }

  // --- by key -----------------------------------------------------------------------------------------------------

  /** The first press shows the point, the next begins a line there, the third ends it. */
  press() {
    if (this.point === null) {
      const { width, height } = this.viewer.transform.stage;
      this.stand(this.onFilm({ x: width / 2, y: height / 2 }));
    } else if (this.drawing === null) {
      this.begin(this.lines.length, { from: this.point, to: this.point }, "to");
    } else {
      this.finish();
    }
  }

  /** Until there is a point, arrows move the film as ever: false. */
  nudge(right, down) {
    if (this.point === null) {
      return false;
    }
    const step = KEY_STEP / this.viewer.transform.scale;
    this.stand(this.within({ x: this.point.x + right * step, y: this.point.y + down * step }));
    return true;
  }

  stand(place) {
    this.point = place;
    this.viewer.bare.set(false);
    this.extend(place);
    this.viewer.moved(() => this.viewer.transform.reveal(place.x, place.y));
  }

  /** A mouse that moves shows itself where it is, unless a line is being drawn by key. */
  giveWay() {
    if (this.point !== null && this.drawing === null) {
      this.putPointAway();
    }
  }

  putPointAway() {
    if (this.point !== null) {
      this.point = null;
      this.cancel();
    }
  }

  // --- where things are -------------------------------------------------------------------------------------------

  onFilm({ x, y }) {
    return this.within(this.viewer.transform.toFilm(x, y));
  }

  within({ x, y }) {
    const { columns, rows } = this.viewer.film;
    return { x: clamp(x, 0, columns), y: clamp(y, 0, rows) };
  }

  /** How far apart two places of the film are in CSS pixels. */
  onStage(one, other) {
    return Math.hypot(one.x - other.x, one.y - other.y) * this.viewer.transform.scale;
  }

  /** The nearest end of a line within reach of a place of the stage: {index, name}, or null. */
  endAt(place) {
    const here = this.viewer.transform.toFilm(place.x, place.y);
    const ends = this.lines.flatMap((line, index) =>
      ENDS.map((name) => ({ index, name, apart: this.onStage(line[name], here) })),
    );
    const [nearest] = ends.sort((one, other) => one.apart - other.apart);
    return nearest?.apart <= REACH ? nearest : null;
  }

  hover(place) {
    const isOverEnd = this.isInHand && place !== null && this.endAt(place) !== null;
    this.viewer.stage.classList.toggle("over-end", isOverEnd);
  }

  // --- what is seen -----------------------------------------------------------------------------------------------

  draw(transform) {
    const { lines } = this;
    const chosen = this.chosen ?? lines.length - 1;
    const marks = lines.map((line, index) => {
      const words = `${index + 1}: ${lengthInWords(line, this.viewer.film.pixel)}`;
      return drawnLine(line, words, transform, this.isInHand && index === chosen);
    });
    const point = this.isInHand && this.point ? [drawnPoint(this.point, transform)] : [];
    this.layer.replaceChildren(...marks, ...point);
  }

  show() {
    this.viewer.find(".ruler-hand").hidden = !this.isInHand;
    if (!this.isInHand) {
      this.drawing = null;
      this.point = null;
    } else {
      const { pixel } = this.viewer.film;
      const { lines } = this;
      say(this.viewer.find("[data-role=lengths]"), lines.length > 0 ? lengthsInWords(lines, pixel) : DRAG);
      say(this.viewer.find("[data-role=ruler-hint]"), HINTS[pixel.unit]);
      this.viewer.find("[data-action=remove-length]").disabled = lines.length === 0;
      this.viewer.find("[data-action=remove-lengths]").disabled = lines.length === 0;
    }
    this.viewer.controls?.keepFocus();
    this.viewer.schedule();
  }
}
