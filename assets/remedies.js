// What puts the films of a study right: asked for by a press here, done by the server.

/** `event` names it; `told` is what the server says of its films, which must still be those; `also` is said with it. */
export function chooseRemedy(event, told, also) {
  const films = Object.fromEntries(Object.entries(told).map(([view, { token }]) => [view, token]));
  const pressed = document.activeElement;
  document.dispatchEvent(new CustomEvent("remedy-chosen", { detail: { event, films, ...also } }));
  if (document.activeElement === pressed) { // and not a question that leads back to the button
    document.querySelector(".stage").focus({ preventScroll: true }); // the button goes, and what comes of it is seen there
  }
}
