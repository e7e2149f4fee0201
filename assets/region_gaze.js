// Seconds of gaze on regions of the film, computed as the model's own code does: gaze2report_core/findings/places/regions.py.

import { clamp } from "./clamp.js";

/**
 * `boxes`: left, top, right, bottom in 0..1 of the film; `durations[row][column]` in seconds. A patch counts by its part in
 * the boxes, and once where several of them overlap: the edges of patches and boxes cut the film into cells, each of which
 * lies in a box as a whole or not at all.
 */
export function secondsWithin(boxes, durations) {
  const grid = durations.length;
  const across = cuts(boxes.flatMap(([left, , right]) => [left, right]), grid);
  const down = cuts(boxes.flatMap(([, top, , bottom]) => [top, bottom]), grid);
  let seconds = 0;
  for (const [y, height] of down) {
    for (const [x, width] of across) {
      if (boxes.some(([left, top, right, bottom]) => left < x && x < right && top < y && y < bottom)) {
        seconds += durations[Math.floor(y * grid)][Math.floor(x * grid)] * height * width * grid * grid;
      }
    }
  }
  return seconds;
}

/** The pieces that these edges, and those of `grid` equal patches, cut 0..1 into: the middle and the length of each. */
function cuts(edges, grid) {
  const all = [...edges, ...Array.from({ length: grid + 1 }, (_, place) => place / grid)];
  const places = all.map((place) => clamp(place, 0, 1)).sort((one, other) => one - other);
  return places.slice(1).map((end, place) => [(places[place] + end) / 2, end - places[place]]).filter(([, length]) => length > 0);
}
