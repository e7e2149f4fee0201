// The ruler's keys: arrows move a point that Space or Enter puts down, or the line that `,` or `.` takes; and what takes back.

import { onKey, onStep } from "./hotkeys.js";
import { ENDS } from "./measured_lines.js";

const STEP = 5; // CSS pixels that an arrow key moves the point or a line: more than a hand that is still does
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class RulerKeys {
  constructor(ruler) {
    this.ruler = ruler;
    this.viewer = ruler.viewer;
    this.measured = ruler.measured;
    this.forget();
    this.listen();
  }

  /** What was in hand is not any more, as where another film is seen. */
  forget() {
    this.taken = null; // index of the line that arrows move, as long as it is the chosen one
    this.point = null; // where keys have put it, on the film
  }

  listen() {
    const { ruler, measured } = this;
    const whileInHand = (run) => (event) => ruler.isInHand && run(event);
    for (const [key, [right, down]] of Object.entries(ARROWS)) {
      onKey(key, whileInHand(({ shiftKey }) => !shiftKey && this.nudge(right, down)));
    }
    for (const [keys, run] of [
      [[" ", "Enter"], () => this.press()],
      [[","], () => this.take(-1)],
      [["."], () => this.take(1)],
      [["Delete", "Backspace"], () => ruler.drawing ?? ruler.change(() => measured.remove())],
      [["Escape"], () => this.letGo()],
    ]) {
      keys.forEach((key) => onKey(key, whileInHand(run)));
    }
    // A line that is being drawn is taken back first, and alone.
    onStep((step) => ruler.isInHand && (ruler.drawing ? this.letGo() : ruler.change(() => measured.go(step))));
  }

  /** The first press shows the point, the next begins a line there, the third ends it. What a mouse draws is not ended by it. */
  press() {
    const { ruler, viewer } = this;
    if (viewer.gestures.held) {
      return;
    }
    this.taken = null;
    if (this.point === null) {
      const { width, height } = viewer.transform.stage;
      this.stand(ruler.onFilm({ x: width / 2, y: height / 2 }));
    } else if (ruler.drawing === null) {
      ruler.beginAt(this.point);
    } else {
      ruler.finish();
    }
  }

  /** Until there is a point, or a line is taken, arrows move the film as ever: false. */
  nudge(right, down) {
    const { ruler } = this;
    const step = STEP / this.viewer.transform.scale;
    if (this.takenLine !== null) {
      const line = ruler.moved(this.takenLine, ENDS, right * step, down * step);
      ruler.change(() => this.measured.putByKey(this.taken, line));
    } else if (this.point !== null) {
      this.stand(ruler.within({ x: this.point.x + right * step, y: this.point.y + down * step }));
    } else {
      return false;
    }
    return true;
  }

  /** The line that arrows move, or null. One that is chosen otherwise, or taken back, they leave where it is. */
  get takenLine() {
    return this.taken !== null && this.taken === this.measured.chosen ? (this.measured.all[this.taken] ?? null) : null;
  }

  /** Let arrows move the chosen line, and from then on the one before or after. */
  take(step) {
    const { all, next } = this.measured;
    if (all.length > 0 && !this.viewer.gestures.held) {
      this.putPointAway();
      this.taken = this.takenLine === null ? next : (next + step + all.length) % all.length;
      this.ruler.change(() => this.measured.choose(this.taken));
    }
  }

  stand(place) {
    this.point = place;
    this.ruler.extend(place);
    this.viewer.moved(() => this.viewer.transform.reveal(place.x, place.y));
    this.ruler.show();
  }

  /** Escape ends what is being drawn, or lets go of what arrows move; where there is neither, it puts the ruler away. */
  letGo() {
    if (this.takenLine !== null) {
      this.taken = null;
    } else if (this.ruler.drawing === null && this.point === null) {
      this.viewer.find("[data-tool=window]").click();
    } else {
      this.viewer.gestures.abandon();
      this.putPointAway();
    }
  }

  /** A mouse that moves shows itself where it is, unless a line is being drawn by key. */
  giveWay() {
    if (this.point !== null && this.ruler.drawing === null) {
      this.putPointAway();
    }
  }

  /** A press of the mouse begins something else. */
  putAway() {
    this.putPointAway();
    this.taken = null;
  }

  putPointAway() {
    if (this.point !== null) {
      this.point = null;
      this.ruler.cancel();
    }
  }
}
