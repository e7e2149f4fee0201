// The scanpath in film coordinates: numbered circles whose area is the duration, joined by arrows in their order.

import { seconds } from "./colour_scale.js";
import { svgElement } from "./svg.js";

const ONE_SECOND_RADIUS = 0.045; // of the film's shorter side
const LEAST_RADIUS = 0.014;
const LEAST_LETTERS = 9; // CSS pixels: a number must stay legible in the shortest fixation, on a small screen too
const LINE_WIDTH = 0.0032;

export class ScanpathLayer {
  constructor(group) {
    this.group = group;
    this.fixations = [];
    this.circles = [];
    this.arrows = [];
    this.side = 1;
    this.zoom = 1;
    this.scale = 1;
  }

  /** `fixations`: [{x, y, duration}], x and y in 0..1 of the film, duration in seconds. */
  show(fixations, columns, rows) {
    this.side = Math.min(columns, rows);
    let begins = 0;
    this.fixations = fixations.map(({ x, y, duration }, index) => {
      const placed = { number: index + 1, x: x * columns, y: y * rows, duration, begins, ends: begins + duration };
      begins = placed.ends;
      return placed;
    });
    this.arrows = this.fixations.slice(1).map(() => svgElement("line", { class: "saccade", "marker-end": "url(#scanpath-arrow)" }));
    this.circles = this.fixations.map(circle);
    this.group.replaceChildren(...this.arrows, ...this.circles);
    this.layOut();
    this.goTo(this.total);
  }

  /**
   * Keep circles, numbers and arrows at the size they have when the whole film is seen: zooming is for the film. A pixel of
   * the film takes `scale` CSS pixels, `zoom` times as many as when the whole of it is seen.
   */
  setZoom(zoom, scale) {
    if (zoom !== this.zoom || scale !== this.scale) {
      this.zoom = zoom;
      this.scale = scale;
      this.layOut();
    }
  }

  layOut() {
    const unit = this.side / this.zoom;
    this.group.setAttribute("stroke-width", unit * LINE_WIDTH);
    this.fixations.forEach((fixation, index) => {
      fixation.radius = unit * Math.max(LEAST_RADIUS, ONE_SECOND_RADIUS * Math.sqrt(fixation.duration));
      const [disc, number] = this.circles[index].children;
      disc.setAttribute("r", fixation.radius);
      number.setAttribute("font-size", Math.max(fixation.radius * 0.95, LEAST_LETTERS / this.scale));
    });
    this.arrows.forEach((arrow, index) => {
      join(arrow, this.fixations[index], this.fixations[index + 1]);
    });
  }

  get total() {
    return this.fixations.at(-1)?.ends ?? 0;
  }

  setVisible(visible) {
    this.group.classList.toggle("switched-off", !visible);
  }

  setOpacity(opacity) {
    this.group.style.opacity = opacity;
  }

  /** Single out the fixation that the hand works on, by its index, or none. */
  select(index) {
    this.circles.forEach((mark, other) => mark.classList.toggle("selected", other === index));
  }

  /** Show what had been looked at after `time` seconds; at the end nothing is singled out. */
  goTo(time) {
    const finished = time >= this.total;
    this.fixations.forEach((fixation, index) => {
      const reached = finished || time >= fixation.begins;
      const current = !finished && reached && time < fixation.ends;
      this.circles[index].classList.toggle("ahead", !reached);
      this.circles[index].classList.toggle("current", current);
      if (index > 0) {
        this.arrows[index - 1].classList.toggle("ahead", !reached);
      }
    });
  }

  /** The fixation under a place of the film, the smallest where several overlap, or null. */
  fixationAt(x, y) {
    const under = this.fixations.filter((fixation) => Math.hypot(fixation.x - x, fixation.y - y) <= fixation.radius);
    under.sort((one, other) => one.radius - other.radius);
    return under[0] ?? null;
  }
}

export function describe(fixation) {
  return `Fixation ${fixation.number}: ${seconds(fixation.duration)}, begun at ${seconds(fixation.begins)}`;
}

function circle(fixation) {
  const group = svgElement("g", { class: "fixation" });
  group.dataset.number = fixation.number;
  const number = svgElement("text", { x: fixation.x, y: fixation.y });
  number.textContent = fixation.number;
  group.append(svgElement("circle", { cx: fixation.x, cy: fixation.y }), number);
  return group;
}

/** From rim to rim; where two circles overlap the arrow joins their centres. */
function join(arrow, from, to) {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const apart = distance > from.radius + to.radius ? 1 / distance : 0;
  const [right, down] = [(to.x - from.x) * apart, (to.y - from.y) * apart];
  arrow.setAttribute("x1", from.x + right * from.radius);
  arrow.setAttribute("y1", from.y + down * from.radius);
  arrow.setAttribute("x2", to.x - right * to.radius);
  arrow.setAttribute("y2", to.y - down * to.radius);
}
