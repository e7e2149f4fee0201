// Rectangles of a film, one for each patch that has something to show.

import { svgElement } from "./svg.js";

/** `values[row][column]`; `paint(rectangle, value)` is called for each above 0. Returns the rectangles, in film coordinates. */
export function patches(values, columns, rows, paint) {
  const width = columns / (values[0]?.length || 1);
  const height = rows / (values.length || 1);
  const above = [];
  values.forEach((line, row) => {
    line.forEach((value, column) => {
      if (value > 0) {
        const rectangle = filmRectangle(column * width, row * height, width, height);
        paint(rectangle, value);
        above.push(rectangle);
      }
    });
  });
  return above;
}

export function filmRectangle(x, y, width, height) {
  return svgElement("rect", { x, y, width, height });
}
