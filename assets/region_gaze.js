// Seconds of gaze on a region of the film, computed as the model's own code does: gaze2report_core/findings/regions.py.

/** `box`: left, top, right, bottom in 0..1 of the film; `durations[row][column]` in seconds. A patch counts by its part in the box. */
export function secondsOn([left, top, right, bottom], durations) {
  const down = shares(top, bottom, durations.length);
  const across = shares(left, right, durations.length);
  let seconds = 0;
  durations.forEach((line, row) => {
    line.forEach((duration, column) => {
      seconds += duration * down[row] * across[column];
    });
  });
  return seconds;
}

/** The share of each of `grid` equal pieces of 0..1 that lies between start and end. */
function shares(start, end, grid) {
  return Array.from({ length: grid }, (_, piece) => {
    return Math.max(0, Math.min((piece + 1) / grid, end) - Math.max(piece / grid, start)) * grid;
  });
}
