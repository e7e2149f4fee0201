// The brush of "look here" without a mouse: arrows move it from patch to patch, Space or Enter puts it down and lifts it.

import { clamp } from "./clamp.js";
import { seconds } from "./colour_scale.js";
import { GRID } from "./patch_durations.js";
import { shownDurations } from "./shown_gaze.js";

export class KeyBrush {
  /** `hand` paints; `cursor` is the part of the overlay that shows where the brush is; `changed()` is called after any change. */
  constructor(hand, cursor, changed) {
    this.hand = hand;
    this.cursor = cursor;
    this.changed = changed;
    this.patch = null; // where it is, once a key has asked for it
    this.stroke = null; // what it paints, while it is down
  }

  move(right, down) {
    const { row, column } = this.patch ?? this.hand.patchInSight();
    this.stand({ row: onGrid(row + down), column: onGrid(column + right) });
  }

  /** Nothing is painted where the brush is not seen yet: the first press only shows where it is. */
  press() {
    if (this.patch === null) {
      this.stand(this.hand.patchInSight());
    } else if (this.stroke === null) {
      this.stroke = this.hand.stroke();
      this.stand(this.patch);
    } else {
      const { stroke } = this;
      this.stroke = null;
      stroke.lift();
      this.stand(this.patch);
    }
  }

  stand(patch) {
    this.patch = patch;
    this.film = this.hand.editing.film;
    this.stroke?.paint([patch]);
    this.cursor.replaceChildren(this.hand.rectangle(patch));
    this.cursor.classList.toggle("painting", this.stroke !== null);
    this.hand.reveal(patch);
    this.changed();
  }

  /** A mouse that moves shows itself where it is, unless a stroke by key is under way. */
  giveWay() {
    if (this.patch !== null && this.stroke === null) {
      this.putAway();
      this.changed();
    }
  }

  /** What it has painted without being lifted is not looked at. */
  putAway() {
    this.stroke?.cancel();
    this.stroke = null;
    this.patch = null;
    this.cursor.replaceChildren();
  }

  /** Where it is, for those who do not see it; nothing while it is put away. */
  get word() {
    if (this.patch === null) {
      return "";
    }
    const { row, column } = this.patch;
    const place = `row ${row + 1}, column ${column + 1}`;
    const spent = shownDurations()[row]?.[column] ?? 0;
    return this.stroke ? `Painting ${place}: Space lifts the brush` : `Brush over ${place}: ${seconds(spent)}`;
  }
}

function onGrid(index) {
  return clamp(index, 0, GRID - 1);
}
