// A button for what is not taken back: pressed once it asks, pressed once more it acts. A double click means no more than one.

const BEFORE_IT_IS_MEANT = 500; // milliseconds in which nobody has read the question

/** `say(asks)` shows which of the two it is, now and whenever that changes. Whoever goes elsewhere has not meant it. */
export function askFirst(button, { say, act }) {
  let askedAt = null;
  const ask = (at) => {
    askedAt = at;
    say(at !== null);
    const listen = at === null ? "removeEventListener" : "addEventListener";
    document[listen]("pointerdown", leave, { capture: true }); // in Safari a click brings no focus that could be lost
  };
  const leave = ({ target }) => !button.contains(target) && ask(null);
  button.addEventListener("blur", () => ask(null));
  button.addEventListener("click", ({ detail }) => {
    if (detail > 1) {
      return;
    }
    const now = performance.now();
    if (askedAt === null) {
      ask(now);
    } else if (now - askedAt >= BEFORE_IT_IS_MEANT) {
      ask(null);
      act();
    }
  });
  ask(null);
}
