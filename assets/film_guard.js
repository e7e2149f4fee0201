// Before a film takes the place of another: the report of that one may not be submitted, or the page may not be heard any more.

import { connection } from "./connection.js";
import { editState } from "./edit_state.js";

export const NONE_OPENED = { title: "No film was opened", away: "Close" };
export const NOT_HEARD =
  "Nothing is opened on this page any more. Copy what you typed, if it is not saved, then load the page anew.";

const UNSUBMITTED = { title: "Your report is not submitted", away: "Stay with this film" };
const REASONS_UNSUBMITTED = { title: "Your reasons are not submitted", away: "Stay with this film" };
const SUBMITTED = { title: "Your report is submitted", away: "Stay with this film" };
const IS_NOT_KEPT =
  "What you typed last is not saved, and it leaves the page with its film. Copy it first, or stay until it is saved.";
const IS_BEING_KEPT =
  "What you typed is being saved, but not submitted, and it leaves the page with its film. " +
  "It stays among your unfinished studies.";
const IS_KEPT =
  "What you typed is saved, but not submitted, and it leaves the page with its film. It stays among your unfinished studies.";
const REASONS_ARE_NOT = "Your report is submitted, without the reasons that you gave since: they leave the page with its film.";
const NOTHING_IS_LOST = "It was submitted meanwhile, so nothing of it is lost with its film.";

export class FilmGuard {
  /** `questions`: where it asks. */
  constructor(questions) {
    this.questions = questions;
    document.addEventListener("report-submitted", () => this.submitted());
  }

  /** A new film takes the edit of the one before off the page: let the reader say that this is meant. */
  unlessEditing(open, label = "Open the new film") {
    if (editState.unsubmitted && !connection.isOutdated) {
      const words = editState.submitted ? REASONS_UNSUBMITTED : UNSUBMITTED;
      this.questions.sayFirst(whatBecomesOfTheText(), { label, proceed: open, words });
    } else {
      this.ifHeard(open);
    }
  }

  /** No server hears an outdated page, so no film may take the place of what the reader still has there. */
  ifHeard(open) {
    if (connection.isOutdated) {
      this.questions.sayFirst(NOT_HEARD, { words: NONE_OPENED });
    } else {
      open();
    }
  }

  /** What was asked about is done, and the film that the reader chose still waits for an answer. */
  submitted() {
    const { sign } = this.questions;
    const { words, ...question } = sign.question;
    const isAsked = sign.isShown && [UNSUBMITTED, REASONS_UNSUBMITTED].includes(words);
    if (isAsked && !editState.unsubmitted) {
      sign.show(NOTHING_IS_LOST, { ...question, words: SUBMITTED });
    }
  }
}

/** Should it leave the page now, with its film. */
function whatBecomesOfTheText() {
  if (editState.isUnkept() || (editState.waits() && connection.isLost)) {
    return IS_NOT_KEPT;
  }
  if (editState.submitted) {
    return REASONS_ARE_NOT;
  }
  return editState.waits() ? IS_BEING_KEPT : IS_KEPT;
}
