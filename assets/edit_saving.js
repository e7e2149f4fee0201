// Saves an edit as it stands, after every rest and when it is signed off, and hears what became of it, also of the film before.

import { EditOnItsWay } from "./edit_on_its_way.js";
import { editState } from "./edit_state.js";
import { isSignedOff } from "./edit_submission.js";
import { timeNow } from "./moments.js";

const REST_BEFORE_SAVING = 700; // milliseconds
const MOST_LEFT_TEXTS = 20; // of more the server keeps none
const NO_ANSWER = "Not saved: the server does not answer. Your text is still here.";
const OF_FILM_BEFORE = "What you typed last on the film before is";
const OF_TEXT_BEFORE = "What you typed before you began anew is";
const UNKEPT = "not saved yet; it is sent again.";
const KEPT = "saved.";
const STALE = "not saved: its report was changed in another tab.";

export class EditSaving {
  /**
   * `trigger(event, message)` reaches the server. `edit()` is the edit as it stands, {text, side, draftsId, begun, reasons,
   * note}, or null before one is begun; `submission` and `words` are told what became of it. `changed()` is called after any
   * answer, and where none comes for long.
   */
  constructor(trigger, { edit, submission, words, changed }) {
    this.trigger = trigger;
    this.edit = edit;
    this.submission = submission;
    this.words = words;
    this.changed = changed;
    this.sequence = 0;
    this.onItsWay = undefined; // what was sent last, until it is kept
    this.unkept = false; // whether the server did not keep it
    this.submitting = undefined; // number of the submission that is not answered yet
    this.earlier = new Map(); // by their numbers, what was still on its way when another text was begun with
    this.leftBehind = new Map(); // by their numbers, what was still on its way when its film was left
    this.revisions = {}; // by drafts, the last revision that is known to be stored
    this.newer = null; // {draftsId, text, started_from, revision, submitted} that was stored in another tab meanwhile
    editState.waits = () => this.saveTimer !== undefined || this.onItsWay !== undefined || this.earlier.size > 0;
    editState.waitsForPlace = () => this.waitsForPlace;
    editState.isUnkept = () => this.unkept || this.waitsForPlace || [...this.earlier.values()].some((edit) => edit.hasFailed);
  }

  /** Two texts of the same drafts, between which the reader has to choose before anything more is saved. */
  get hasToChoose() {
    return this.newer !== null && this.isOf(this.newer.draftsId);
  }

  /** Texts are kept under the id of drafts. One that was begun before any were written waits for them. */
  get hasNoPlace() {
    return this.edit()?.draftsId === null;
  }

  get waitsForPlace() {
    return this.hasNoPlace && this.edit().text !== "";
  }

  get hasUnsaved() {
    return editState.waits() || this.leftBehind.size > 0 || editState.isUnkept();
  }

  /** Whether the edit as it stands is one of these drafts. */
  isOf(draftsId) {
    return this.edit()?.draftsId === draftsId;
  }

  // --- what the reader does ---------------------------------------------------------------------------------------

  saveSoon() {
    clearTimeout(this.saveTimer);
    if (this.hasToChoose) {
      return;
    }
    this.saveTimer = this.hasNoPlace ? undefined : setTimeout(() => this.saveNow(), REST_BEFORE_SAVING);
    this.words.sayThatItGoesOn("Not saved yet");
  }

  saveNow() {
    this.send("Saving…", "edit_changed", {});
  }

  /** What was typed a moment ago, or was not kept, must not wait for its time. */
  saveWhatWaits() {
    if (this.saveTimer !== undefined) {
      this.saveNow();
    } else if (this.unkept) {
      this.onItsWay?.send();
    }
  }

  /** The page may not be seen again: nothing must wait for its time, whichever film it is of. */
  sendWhatCan() {
    this.saveWhatWaits();
    this.allOnTheirWay.forEach((edit) => edit.send());
  }

  /** The page is being left: what waits for its turn goes along with what it waits for, and the server keeps their order. */
  sendAll() {
    this.sendWhatCan();
    const last = this.allOnTheirWay.slice(-MOST_LEFT_TEXTS);
    if (last.some((edit) => !edit.wasSent)) {
      last.forEach((edit) => { edit.wasSent = true; });
      this.trigger("page_left", { texts: last.map(({ event, message }) => ({ ...message, event })) });
    }
  }

  /** `keys`: how long ago the reader began to write and ended, as the server is told it. */
  submit(keys) {
    this.submission.begins();
    this.send("Submitting…", "edit_submitted", keys);
    this.submitting = this.onItsWay.sequence;
  }

  /** The reader has seen the newer text, which is returned: whichever they go on with goes over it. */
  endChoice() {
    const { newer } = this;
    this.noteRevision(newer.draftsId, newer.revision);
    this.newer = null;
    return newer;
  }

  noteRevision(draftsId, revision) {
    this.revisions[draftsId] = revision;
  }

  /** Another film is open: what is still on its way is kept though that has an edit of its own. */
  leaveFilm() {
    this.saveWhatWaits();
    this.leftBehind = new Map(this.allOnTheirWay.map((edit) => [edit.sequence, edit]));
    this.earlier.clear();
    this.onItsWay = undefined;
    this.newer = null;
    this.unkept = false;
    this.words.sayWhatBecame("");
  }

  // --- what goes to the server ------------------------------------------------------------------------------------

  /** Send the edit as it stands until the server answers, and do not leave the reader without a word if it does not. */
  send(sentence, event, more) {
    clearTimeout(this.saveTimer);
    this.saveTimer = undefined;
    const { begun } = this.edit();
    this.giveWay(begun);
    this.earlier.forEach((earlier) => earlier.hasFailed && earlier.send());
    this.sequence += 1;
    this.words.sayThatItGoesOn(sentence);
    const inTurn = (one) => this.sendInTurn(one);
    const unanswered = () => this.unanswered(edit);
    const edit = new EditOnItsWay(inTurn, event, { ...this.message(), ...more }, { begun, unanswered });
    this.onItsWay = edit;
  }

  /** A later text takes the place of the one that it goes on from. One that began otherwise is another, and both are kept. */
  giveWay(begun) {
    if (this.onItsWay !== undefined && this.onItsWay.begun !== begun) {
      this.earlier.set(this.onItsWay.sequence, this.onItsWay);
      this.onItsWay = undefined;
    }
    this.stopWaiting();
  }

  /** Of texts of the same drafts the server keeps none after a later one: each waits until those before it are kept. */
  sendInTurn(edit) {
    const isBefore = (other) => other.draftsId === edit.draftsId && other.sequence < edit.sequence;
    const first = this.allOnTheirWay.find(isBefore);
    if (first === undefined) {
      edit.wasSent = true;
      this.trigger(edit.event, edit.message);
    } else {
      first.send();
    }
  }

  /** What waits until this one is kept. */
  nextAfter({ draftsId, sequence }) {
    return this.allOnTheirWay.find((edit) => edit.draftsId === draftsId && edit.sequence > sequence);
  }

  /** First the one that was sent first. */
  get allOnTheirWay() {
    return [...this.leftBehind.values(), ...this.earlier.values(), ...(this.onItsWay === undefined ? [] : [this.onItsWay])];
  }

  message() {
    const { text, side, draftsId, reasons, note } = this.edit();
    const revision = this.revisions[draftsId] ?? 0;
    return { text, started_from: side, drafts_id: draftsId, sequence: this.sequence, revision, reasons, note };
  }

  stopWaiting() {
    this.onItsWay?.end();
    this.onItsWay = undefined;
  }

  // --- what becomes of it -----------------------------------------------------------------------------------------

  /** The server's word on a save or a submission: {sequence, drafts_id, revision, failure, signed_off, newer, submitted}. */
  answered(answer) {
    if (!answer) {
      return;
    }
    const { drafts_id: draftsId, revision, sequence } = answer;
    this.noteRevision(draftsId, Math.max(revision ?? 0, this.revisions[draftsId] ?? 0));
    if (sequence === this.submitting) {
      this.submissionAnswered(answer);
    }
    if (sequence === this.onItsWay?.sequence) {
      this.saveAnswered(answer);
    } else {
      this.leftAnswered(this.earlier.get(sequence) ?? this.leftBehind.get(sequence), answer);
    }
    this.changed();
  }

  /** Heard also by a reader who has typed on, and so has sent more since. */
  submissionAnswered(answer) {
    this.submitting = undefined;
    this.submission.answered(answer, this.isOf(answer.drafts_id));
    if (answer.submitted) {
      this.changed(); // who hears of it looks at what is not submitted now
      document.dispatchEvent(new CustomEvent("report-submitted"));
    }
    if (this.submission.wasRefused && answer.sequence !== this.onItsWay?.sequence) {
      this.words.sayWhatBecame(answer.failure, true);
    }
  }

  saveAnswered(answer) {
    const hasFailed = answer.failure !== null;
    if (answer.newer) {
      this.newer = { ...answer.newer, draftsId: answer.drafts_id };
      clearTimeout(this.saveTimer); // what was typed since waits for the choice, too
      this.saveTimer = undefined;
    } else if (hasFailed) {
      this.onItsWay.becomeASave();
      this.notKept(answer.failure);
      return;
    }
    this.stopWaiting();
    if (this.isOf(answer.drafts_id)) {
      this.unkept = hasFailed;
      if (this.saveTimer === undefined) {
        const { wasRefused } = this.submission;
        this.submission.textKept(answer);
        this.words.sayWhatBecame(answer.failure ?? kept(answer, wasRefused), hasFailed || wasRefused);
      }
    }
  }

  /** Nobody can choose any more between it and the newer text of another tab: its reader hears at least that it was not saved. */
  leftAnswered(edit, answer) {
    if (edit === undefined) {
      return; // a later text has taken its place, or it was answered before
    }
    const next = this.nextAfter(edit);
    if (answer.failure !== null && !answer.newer) {
      edit.becomeASave();
      this.leftNotKept(edit);
      if (next?.wasSent === false) {
        this.answered({ ...answer, sequence: next.sequence }); // it had to wait, and so is not kept either
      }
      return;
    }
    edit.end();
    if (answer.newer) {
      this.sayOfLeft(edit, STALE, true);
    } else if (edit.hasFailed) {
      this.sayOfLeft(edit, KEPT);
    }
    this.earlier.delete(edit.sequence);
    this.leftBehind.delete(edit.sequence);
    next?.send();
  }

  unanswered(edit) {
    if (edit === this.onItsWay) {
      this.notKept(NO_ANSWER);
      this.changed();
    } else {
      this.leftNotKept(edit);
    }
  }

  notKept(sentence) {
    this.onItsWay.goOnMoreSeldom();
    if (this.isOf(this.onItsWay.draftsId)) {
      this.unkept = true;
      if (this.saveTimer === undefined) {
        this.words.sayWhatBecame(sentence, true);
      }
    }
  }

  leftNotKept(edit) {
    if (!edit.hasFailed) {
      this.sayOfLeft(edit, UNKEPT, true);
    }
    edit.goOnMoreSeldom();
  }

  sayOfLeft(edit, whatBecame, failed = false) {
    const which = this.earlier.has(edit.sequence) ? OF_TEXT_BEFORE : OF_FILM_BEFORE;
    this.words.sayWhatBecame(`${which} ${whatBecame}`, failed);
  }
}

/** `wasRefused`: whether the reader has signed it off, in vain. */
function kept(answer, wasRefused) {
  const { revision, submitted } = answer;
  const number = revision > 0 ? ` · revision ${revision}` : " · as drafted";
  const before = submitted ? "" : submittedBefore(answer);
  return `${submitted ? "Submitted" : "Saved"} ${timeNow()}${number}${before}${wasRefused ? ", but not submitted" : ""}`;
}

function submittedBefore(answer) {
  if (answer.signed_off === null) {
    return "";
  }
  return isSignedOff(answer) ? " · this text is submitted" : ` · submitted is revision ${answer.signed_off}`;
}
