// How several other readers might have gone over the film: one faint path each, under the scanpath.

import { svgElement } from "./svg.js";

export class ReadersLayer {
  constructor(group) {
    this.group = group;
  }

  /** `readers`: a list of fixations, [{x, y, duration}], for each reader; x and y in 0..1 of the film. */
  show(readers, columns, rows) {
    const path = (fixations) => {
      return svgElement("polyline", { points: fixations.map(({ x, y }) => `${x * columns},${y * rows}`).join(" ") });
    };
    this.group.replaceChildren(...readers.map(path));
  }

  setVisible(visible) {
    this.group.classList.toggle("switched-off", !visible);
  }
}
