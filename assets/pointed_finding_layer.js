// What lights up on the film while the reader points at a finding: its regions, and what the classifiers looked at.

import { filmRectangle, patches } from "./patches.js";

export class PointedFindingLayer {
  /** `frontal()` is the film that it lies on, with its columns and rows, if one is there. */
  constructor({ regions, attention, caption }, frontal) {
    document.addEventListener("finding-pointed", ({ detail }) => {
      const film = frontal();
      const pointed = film && detail;
      regions.replaceChildren(...(pointed ? detail.boxes.map((box) => rectangle(box, film)) : []));
      attention.replaceChildren(...(pointed ? patches(detail.attention, film.columns, film.rows, paint) : []));
      caption.textContent = pointed ? detail.sentence : "";
    });
  }
}

/** `percent` of the patch that was looked at most. */
function paint(patch, percent) {
  patch.setAttribute("fill-opacity", percent / 100);
}

/** `box`: left, top, right, bottom in 0..1 of the film. */
function rectangle([left, top, right, bottom], { columns, rows }) {
  return filmRectangle(left * columns, top * rows, (right - left) * columns, (bottom - top) * rows);
}
