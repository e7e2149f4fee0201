// Regions of the film that light up while the reader points at a finding.

const SVG = "http://www.w3.org/2000/svg";

export class RegionLayer {
  /** `frontal()` is the film that the regions lie on, with its columns and rows, if one is there. */
  constructor(group, caption, frontal) {
    document.addEventListener("finding-pointed", ({ detail }) => {
      const film = frontal();
      const pointed = film && detail;
      group.replaceChildren(...(pointed ? detail.boxes.map((box) => rectangle(box, film)) : []));
      caption.textContent = pointed ? detail.sentence : "";
    });
  }
}

/** `box`: left, top, right, bottom in 0..1 of the film. */
function rectangle([left, top, right, bottom], { columns, rows }) {
  const element = document.createElementNS(SVG, "rect");
  element.setAttribute("x", left * columns);
  element.setAttribute("y", top * rows);
  element.setAttribute("width", (right - left) * columns);
  element.setAttribute("height", (bottom - top) * rows);
  return element;
}
