// How much time has passed, also while the machine slept: the page's own clock may stand still meanwhile, and the machine's may
// be set back.

export function momentNow() {
  return { ofPage: performance.now(), ofMachine: Date.now() };
}

export function millisecondsSince({ ofPage, ofMachine }) {
  return Math.max(performance.now() - ofPage, Date.now() - ofMachine);
}
