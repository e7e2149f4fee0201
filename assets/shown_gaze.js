// The seconds of gaze on each patch, as the film shows them at this moment, for whoever speaks of them elsewhere on the page.

const shown = { durations: [], hear: () => {} };

/** `durations[row][column]` in seconds; none while there is no gaze. */
export function gazeShown(durations) {
  shown.durations = durations;
  shown.hear();
}

export function shownDurations() {
  return shown.durations;
}

export function onGazeShown(hear) {
  shown.hear = hear;
}
