// The hand on the film: a click adds a fixation, a drag moves one, the wheel changes its time, a brush paints "look here".

import { clamp } from "./clamp.js";
import { cell, GRID } from "./patch_durations.js";
import { filmRectangle } from "./patches.js";

const STILL = 4; // CSS pixels within which a press is a click
const BRUSH = 0.75; // patches around the mouse

export class GazeTool {
  constructor(viewer, editing) {
    this.viewer = viewer;
    this.editing = editing;
    this.region = viewer.find("g.region");
    this.drags = 0;
    this.over = null; // the place of the film under the mouse, in 0..1
  }

  get usable() {
    return this.editing.canEdit && this.viewer.view === "frontal";
  }

  /** What a press at a place of the stage takes hold of with this tool: {move, release, cancel}, or null for nothing. */
  grip(tool, place) {
    if (!this.usable || (tool !== "gaze" && tool !== "region")) {
      return null;
    }
    if (tool === "region") {
      return this.brush(place);
    }
    const fixation = this.fixationAt(place);
    return fixation ? this.dragged(fixation.number - 1, place) : this.clicked(place);
  }

  /** Other gaze may take the place of what is dragged, such as the answer to a query: that is not held by the hand. */
  dragged(index, begin) {
    const { editing } = this;
    const drag = (this.drags += 1);
    const { x, y } = editing.fixations[index];
    const grasped = this.onFilm(begin);
    const before = editing.remember();
    let inHand = editing.present;
    let moves = false;
    editing.select(index);
    return {
      move: (place) => {
        moves ||= distance(place, begin) > STILL;
        if (moves && editing.present === inHand) {
          const now = this.onFilm(place);
          editing.move(index, { x: x + now.x - grasped.x, y: y + now.y - grasped.y }, drag);
          inHand = editing.present;
        }
      },
      release: () => {},
      cancel: () => {
        if (moves && editing.present === inHand) {
          editing.takeBack(before);
        }
      },
    };
  }

  /** A click adds a fixation; who drags from where there is none changes the window, as ever. */
  clicked(begin) {
    let before = begin;
    let moves = false;
    return {
      move: (place) => {
        moves ||= distance(place, begin) > STILL;
        if (moves) {
          this.viewer.dragWindow(place.x - before.x, place.y - before.y);
          before = place;
        }
      },
      release: (place) => {
        if (!moves) {
          this.add(this.onFilm(place));
        }
      },
      cancel: () => {},
    };
  }

  brush(begin) {
    const stroke = this.stroke();
    const move = (place) => stroke.paint(this.patchesAround(this.onFilm(place)));
    move(begin);
    return { move, release: stroke.lift, cancel: stroke.cancel };
  }

  /** What one stroke of the brush paints is looked at once it is lifted, unless another film is there by then. */
  stroke() {
    const painted = new Map();
    const { film } = this.editing;
    const cancel = () => this.region.replaceChildren();
    return {
      paint: (patches) => {
        for (const patch of patches) {
          const name = `${patch.row} ${patch.column}`;
          if (!painted.has(name)) {
            painted.set(name, patch);
            this.region.append(this.rectangle(patch));
          }
        }
      },
      lift: () => {
        cancel();
        if (painted.size > 0 && film === this.editing.film) {
          this.editing.cover([...painted.values()]);
        }
      },
      cancel,
    };
  }

  /** Where the brush begins that no mouse holds: under the mouse all the same, or in the middle of what is seen. */
  patchInSight() {
    const { x, y } = this.over && isInside(this.over) ? this.over : this.inTheMiddle;
    const held = (place) => cell(clamp(place, 0, 1));
    return { row: held(y), column: held(x) };
  }

  /** Move the film so far that a patch is seen. */
  reveal({ row, column }) {
    const { columns, rows } = this.viewer.films.frontal;
    const middle = [((column + 0.5) * columns) / GRID, ((row + 0.5) * rows) / GRID];
    this.viewer.moved(() => this.viewer.transform.reveal(...middle));
  }

  /** The patch at a place of the film and those whose middle the brush reaches, none for a place beside the film. */
  patchesAround({ x, y }) {
    if (!isInside({ x, y })) {
      return [];
    }
    const here = { row: cell(y), column: cell(x) };
    const reached = [here];
    for (let row = here.row - 1; row <= here.row + 1; row += 1) {
      for (let column = here.column - 1; column <= here.column + 1; column += 1) {
        const inside = row >= 0 && column >= 0 && row < GRID && column < GRID;
        const apart = Math.hypot(GRID * x - column - 0.5, GRID * y - row - 0.5);
        if (inside && apart <= BRUSH && !(row === here.row && column === here.column)) {
          reached.push({ row, column });
        }
      }
    }
    return reached;
  }

  rectangle({ row, column }) {
    const { columns, rows } = this.viewer.films.frontal;
    return filmRectangle((column * columns) / GRID, (row * rows) / GRID, columns / GRID, rows / GRID);
  }

  /** Over a fixation the wheel changes how long it lasts; elsewhere it zooms. */
  wheel(tool, place, turned) {
    const fixation = tool === "gaze" && this.usable ? this.fixationAt(place) : null;
    if (fixation) {
      const factor = Math.exp(-Math.sign(turned) * Math.min(0.3, Math.abs(turned) / 500));
      const step = turned < 0 ? 0.01 : -0.01; // so that the shortest move too
      this.editing.setDuration(fixation.number - 1, fixation.duration * factor + step);
    }
    return Boolean(fixation);
  }

  hover(tool, place) {
    this.over = place && this.usable ? this.onFilm(place) : null;
    const fixation = place && tool === "gaze" && this.usable ? this.fixationAt(place) : null;
    this.viewer.stage.classList.toggle("over-fixation", Boolean(fixation));
  }

  /** By key: a new fixation under the mouse, or in the middle of what is seen. */
  addHere() {
    this.add(this.over ?? this.inTheMiddle);
  }

  get inTheMiddle() {
    const { width, height } = this.viewer.transform.stage;
    return this.onFilm({ x: width / 2, y: height / 2 });
  }

  /** Beside the film there is nothing to look at. */
  add(place) {
    if (isInside(place)) {
      this.editing.add(place);
    }
  }

  fixationAt(place) {
    const { x, y } = this.viewer.transform.toFilm(place.x, place.y);
    return this.viewer.scanpath.fixationAt(x, y);
  }

  onFilm(place) {
    const { columns, rows } = this.viewer.films.frontal;
    const { x, y } = this.viewer.transform.toFilm(place.x, place.y);
    return { x: x / columns, y: y / rows };
  }
}

function isInside({ x, y }) {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
