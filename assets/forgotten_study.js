// A server that was started anew, or let go of the film, knows of none here. What the page has is more than that, so it stays,
// and whichever part hears of it first has all of them say so.

import { editState } from "./edit_state.js";

const FORGOTTEN = "The server was started anew, or needed the room for other films, and has this study no longer open.";
const IS_UNFINISHED = "Your text is kept: open the study again from those that are unfinished.";
const HAS_NO_PLACE = "Your text is not kept, since no drafts were written yet: copy it, and open the film anew.";
const IS_SUBMITTED = "Your report is submitted: to go on with this study, open its film anew.";

export function wordsOnForgottenStudy() {
  return `${FORGOTTEN} ${whatBecameOfTheText()}`;
}

function whatBecameOfTheText() {
  if (editState.waitsForPlace()) {
    return HAS_NO_PLACE;
  }
  return editState.submitted ? IS_SUBMITTED : IS_UNFINISHED;
}

export function tellThatStudyIsForgotten() {
  document.dispatchEvent(new CustomEvent("study-forgotten"));
}

export function onceStudyIsForgotten(hear) {
  document.addEventListener("study-forgotten", hear);
}
