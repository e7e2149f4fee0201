// The ruler: a line from point to point of the film, how long it is, and its angle to another. It stays on this page.

import { clamp } from "./clamp.js";
import { lengthInWords } from "./film_length.js";
import { say } from "./live_words.js";
import { ENDS, MeasuredLines } from "./measured_lines.js";
import { measuresInWords } from "./measures_in_words.js";
import { RulerKeys } from "./ruler_keys.js";
import { drawnLines, drawnPoint } from "./ruler_marks.js";

const REACH = 7; // CSS pixels around an end of a line, and beside a line, in which a press takes hold of it
const REACH_OF_A_FINGER = 20;
const STILL = 4; // CSS pixels within which a press is a click, and an end lies on the other
const DRAG = "Drag from one point to another, or press Space for a point that the arrows move.";
const HINTS = {
  mm: "By the file's pixel spacing, most often that of the detector, where the patient is larger.",
  px: "The file states no pixel spacing: lengths are its pixels, to be compared with each other; angles take them as square.",
};

export class Ruler {
  constructor(viewer) {
    this.viewer = viewer;
    this.layer = viewer.find("g.lengths");
    this.measured = new MeasuredLines();
    /**
     * The line in hand: its `index`, the `line` as it is now and as it `was`, the ends that `move`, where it was `grasped`, and
     * whether it `hasMoved`.
     */
    this.drawing = null;
    const onClick = (action, run) => viewer.find(`[data-action=${action}]`).addEventListener("click", () => this.change(run));
    onClick("remove-length", () => this.measured.remove());
    onClick("remove-lengths", () => this.measured.removeAll());
    this.keys = new RulerKeys(this);
  }

  get isInHand() {
    return this.viewer.gestures.tool === "ruler" && Boolean(this.viewer.film);
  }

  /** Those of the film that is seen, the one in hand among them. */
  get lines() {
    const lines = [...this.measured.all];
    if (this.drawing) {
      lines[this.drawing.index] = this.drawing.line;
    }
    return lines;
  }

  change(run) {
    run();
    this.show();
  }

  // --- what the hand does -----------------------------------------------------------------------------------------

  /** What a press at a place of the stage takes hold of: {move, release, cancel}, or null where another tool is in hand. */
  grip(tool, place) {
    if (tool !== "ruler" || !this.viewer.film) {
      return null;
    }
    this.keys.putAway();
    const here = this.onFilm(place);
    const held = this.heldAt(place);
    if (held) {
      this.begin(held.index, this.lines[held.index], held.ends, here);
    } else {
      this.beginAt(here);
    }
    return {
      move: (now) => this.extend(this.onFilm(now)),
      release: (now) => this.finish(now),
      cancel: () => this.cancel(),
    };
  }

  beginAt(place) {
    this.begin(this.lines.length, { from: place, to: place }, ["to"], place);
  }

  begin(index, line, move, grasped) {
    this.drawing = { index, line, was: line, move, grasped, hasMoved: false };
    this.viewer.schedule();
  }

  /** An end, or the whole line, goes as far as the hand does that took hold of it beside it. */
  extend(place) {
    const { drawing } = this;
    if (drawing) {
      const { was, move, grasped } = drawing;
      drawing.hasMoved ||= this.onStage(place, grasped) > STILL;
      if (drawing.hasMoved) {
        drawing.line = this.moved(was, move, place.x - grasped.x, place.y - grasped.y);
      }
      this.viewer.schedule();
    }
  }

  /** A click chooses what it is on; an end that is put onto the other takes its line away. `place`: of the mouse, or none. */
  finish(place = null) {
    const { drawing, measured } = this;
    this.drawing = null;
    if (!drawing?.hasMoved) {
      measured.choose(drawing && drawing.index in measured.all ? drawing.index : place && this.lineAt(place));
    } else if (drawing.move === ENDS || this.onStage(drawing.line.from, drawing.line.to) > STILL) {
      measured.put(drawing.index, drawing.line);
    } else {
      measured.remove(drawing.index);
    }
    this.show();
  }

  cancel() {
    this.drawing = null;
    this.show();
  }

  /** Another study is open. */
  forget() {
    this.measured.forget();
    this.drawing = null;
    this.keys.forget();
  }

  /** To a mouse that moves. */
  giveWay() {
    this.keys.giveWay();
  }

  // --- where things are -------------------------------------------------------------------------------------------

  onFilm({ x, y }) {
    return this.within(this.viewer.transform.toFilm(x, y));
  }

  within({ x, y }) {
    const { columns, rows } = this.viewer.film;
    return { x: clamp(x, 0, columns), y: clamp(y, 0, rows) };
  }

  /** The line with some of its ends moved so, or as far as the film goes. */
  moved(line, ends, right, down) {
    const { columns, rows } = this.viewer.film;
    const within = (places, wanted, most) => clamp(wanted, -Math.min(...places), most - Math.max(...places));
    const x = within(ends.map((name) => line[name].x), right, columns);
    const y = within(ends.map((name) => line[name].y), down, rows);
    return { ...line, ...Object.fromEntries(ends.map((name) => [name, { x: line[name].x + x, y: line[name].y + y }])) };
  }

  /** How far apart two places of the film are in CSS pixels. */
  onStage(one, other) {
    return Math.hypot(one.x - other.x, one.y - other.y) * this.viewer.transform.scale;
  }

  /** What a press at a place of the stage would move of which line, {index, ends}, or null. An end comes before its line. */
  heldAt(place) {
    const end = this.endAt(place);
    if (end) {
      return { index: end.index, ends: [end.name] };
    }
    const index = this.lineAt(place);
    return index === null ? null : { index, ends: ENDS };
  }

  /** The nearest end of a line within reach of a place of the stage: {index, name}, or null. Of two, the chosen line's. */
  endAt(place) {
    const here = this.viewer.transform.toFilm(place.x, place.y);
    const { next } = this.measured;
    const ends = this.lines.flatMap((line, index) =>
      ENDS.map((name) => ({ index, name, apart: this.onStage(line[name], here) })),
    );
    const [nearest] = ends.sort((one, other) => one.apart - other.apart || (other.index === next) - (one.index === next));
    return nearest?.apart <= reachOf(place) ? nearest : null;
  }

  /** The index of the nearest line within reach of a place of the stage, or null. */
  lineAt(place) {
    const here = this.viewer.transform.toFilm(place.x, place.y);
    const apart = this.lines.map((line) => this.onStage(here, nearestOn(line, here)));
    const least = Math.min(...apart);
    return least <= reachOf(place) ? apart.indexOf(least) : null;
  }

  hover(place) {
    const held = this.isInHand && place !== null ? this.heldAt(place) : null;
    this.viewer.stage.classList.toggle("over-end", held !== null && held.ends !== ENDS);
    this.viewer.stage.classList.toggle("over-line", held?.ends === ENDS);
  }

  // --- what is seen -----------------------------------------------------------------------------------------------

  draw(transform) {
    const { lines } = this;
    const chosen = this.isInHand ? (this.drawing?.index ?? this.measured.next) : null;
    const words = lines.map((line, index) => `${index + 1}: ${lengthInWords(line, this.viewer.film.pixel)}`);
    const taken = lines.length > 0 ? this.viewer.findAll(".corner, .colour-scale").map((part) => this.boxOf(part)) : [];
    const point = this.isInHand && this.keys.point ? [drawnPoint(this.keys.point, transform)] : [];
    this.layer.replaceChildren(...drawnLines(lines, words, transform, { taken, chosen }), ...point);
  }

  /** Where a part lies on the stage. */
  boxOf(part) {
    const { left, top, width, height } = part.getBoundingClientRect();
    const { box } = this.viewer.canvas;
    return { left: left - box.left, top: top - box.top, width, height };
  }

  show() {
    if (this.measured.show(this.viewer.film) || !this.isInHand) {
      this.drawing = null;
      this.keys.forget();
    }
    this.viewer.find(".ruler-hand").hidden = !this.isInHand;
    if (this.isInHand) {
      const { pixel } = this.viewer.film;
      const { lines } = this;
      const line = this.viewer.find("[data-role=lengths]");
      say(line, lines.length > 0 ? measuresInWords(lines, pixel) : DRAG);
      line.scrollLeft = lines.length > 0 ? line.scrollWidth : 0; // how the last two compare stands last, and is to be seen
      say(this.viewer.find("[data-role=ruler-hint]"), HINTS[pixel.unit]);
      this.viewer.find("[data-action=remove-length]").disabled = this.measured.all.length === 0;
      this.viewer.find("[data-action=remove-lengths]").disabled = this.measured.all.length === 0;
    }
    this.viewer.controls?.keepFocus();
    this.viewer.schedule();
  }
}

function reachOf({ isOfFinger }) {
  return isOfFinger ? REACH_OF_A_FINGER : REACH;
}

/** The place of a line that is nearest to another place. */
function nearestOn({ from, to }, { x, y }) {
  const [right, down] = [to.x - from.x, to.y - from.y];
  const along = ((x - from.x) * right + (y - from.y) * down) / (right ** 2 + down ** 2);
  const share = clamp(along, 0, 1);
  return { x: from.x + share * right, y: from.y + share * down };
}
