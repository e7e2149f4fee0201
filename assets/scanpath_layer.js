// The scanpath in film coordinates: numbered circles whose area is the duration, joined by arrows in their order.

import { seconds } from "./colour_scale.js";

const SVG = "http://www.w3.org/2000/svg";
const ONE_SECOND_RADIUS = 0.045; // of the film's shorter side
const LEAST_RADIUS = 0.014; // a number must stay legible in the shortest fixation
const LINE_WIDTH = 0.0032;

export class ScanpathLayer {
  constructor(group) {
    this.group = group;
    this.fixations = [];
  }

  /** `fixations`: [{x, y, duration}], x and y in 0..1 of the film, duration in seconds. */
  show(fixations, columns, rows) {
    const side = Math.min(columns, rows);
    let begins = 0;
    this.fixations = fixations.map((fixation, index) => {
      const placed = {
        number: index + 1,
        x: fixation.x * columns,
        y: fixation.y * rows,
        radius: side * Math.max(LEAST_RADIUS, ONE_SECOND_RADIUS * Math.sqrt(fixation.duration)),
        duration: fixation.duration,
        begins,
        ends: begins + fixation.duration,
      };
      begins = placed.ends;
      return placed;
    });
    this.arrows = this.fixations.slice(1).map((fixation, index) => arrow(this.fixations[index], fixation));
    this.circles = this.fixations.map((fixation) => circle(fixation));
    this.group.setAttribute("stroke-width", side * LINE_WIDTH);
    this.group.replaceChildren(...this.arrows, ...this.circles);
    this.goTo(this.total);
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
  const group = document.createElementNS(SVG, "g");
  group.classList.add("fixation");
  group.dataset.number = fixation.number;
  const disc = document.createElementNS(SVG, "circle");
  disc.setAttribute("cx", fixation.x);
  disc.setAttribute("cy", fixation.y);
  disc.setAttribute("r", fixation.radius);
  const number = document.createElementNS(SVG, "text");
  number.setAttribute("x", fixation.x);
  number.setAttribute("y", fixation.y);
  number.setAttribute("font-size", fixation.radius * 0.95);
  number.textContent = fixation.number;
  group.append(disc, number);
  return group;
}

/** From rim to rim; where two circles overlap the arrow joins their centres. */
function arrow(from, to) {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const apart = distance > from.radius + to.radius;
  const along = (place, radius, sign) => ({
    x: place.x + (apart ? (sign * radius * (to.x - from.x)) / distance : 0),
    y: place.y + (apart ? (sign * radius * (to.y - from.y)) / distance : 0),
  });
  const start = along(from, from.radius, 1);
  const end = along(to, to.radius, -1);
  const line = document.createElementNS(SVG, "line");
  line.setAttribute("x1", start.x);
  line.setAttribute("y1", start.y);
  line.setAttribute("x2", end.x);
  line.setAttribute("y2", end.y);
  line.classList.add("saccade");
  line.setAttribute("marker-end", "url(#scanpath-arrow)");
  return line;
}
