// A server that was started anew, or let go of the film, knows of none here. What the page has is more than that, so it stays, and
// whichever part hears of it first has all of them say so.

export const FORGOTTEN = "The server was started anew, or needed the room for other films, and has this study no longer open. Your text is kept: open the study again from those that are unfinished.";

export function tellThatStudyIsForgotten() {
  document.dispatchEvent(new CustomEvent("study-forgotten"));
}

export function onceStudyIsForgotten(hear) {
  document.addEventListener("study-forgotten", hear);
}
