// How several other readers might have gone over the film: one faint path each, under the scanpath.

const SVG = "http://www.w3.org/2000/svg";

export class ReadersLayer {
  constructor(group) {
    this.group = group;
  }

  /** `readers`: a list of fixations, [{x, y, duration}], for each reader; x and y in 0..1 of the film. */
  show(readers, columns, rows) {
    this.group.replaceChildren(
      ...readers.map((fixations) => {
        const path = document.createElementNS(SVG, "polyline");
        path.setAttribute("points", fixations.map(({ x, y }) => `${x * columns},${y * rows}`).join(" "));
        return path;
      }),
    );
  }

  setVisible(visible) {
    this.group.classList.toggle("switched-off", !visible);
  }
}
