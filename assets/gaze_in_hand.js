// The gaze that is on the film, for whoever writes a report with it.

const inHand = { tell: () => null };

export function keepInHand(tell) {
  inHand.tell = tell;
}

/** What the server is told of it, or null where there is none yet. */
export function gazeInHand() {
  return inHand.tell();
}
