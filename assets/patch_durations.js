// The fixation time on each patch, computed as the model's own code does: gaze2report_core/gaze/scanpath.py.

export const GRID = 14;

/** `fixations`: [{x, y, duration}], x and y in 0..1 → seconds[row][column]. */
export function patchDurations(fixations) {
  const durations = Array.from({ length: GRID }, () => new Array(GRID).fill(0));
  for (const { x, y, duration } of fixations) {
    durations[cell(y)][cell(x)] += duration;
  }
  return durations;
}

/** The row of a y, or the column of an x; a place on the film's far rim belongs to the last one. */
export function cell(place) {
  return Math.min(GRID - 1, Math.floor(GRID * place));
}
