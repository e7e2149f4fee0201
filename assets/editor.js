// The edit box: starts from either draft, keeps every step, saves as one types, is signed off with reasons.

import { DRAFT_NAMES } from "./draft_names.js";
import { EditHistory } from "./edit_history.js";
import { EditOnItsWay } from "./edit_on_its_way.js";
import { editState } from "./edit_state.js";
import { onKey, stepAskedBy } from "./hotkeys.js";
import { say } from "./live_words.js";
import { timeNow } from "./moments.js";
import { putOnClipboard } from "./report_copy.js";

const REST_BEFORE_SAVING = 700; // milliseconds
const REST_BETWEEN_STEPS = 1200;
const COPIED = "The report is on the clipboard.";
const SELECTED = "This browser lets no page copy. The report is selected: copy it with Ctrl C.";
const OF_FILM_BEFORE = {
  unkept: "What you typed last on the film before is not saved yet; it is sent again.",
  kept: "What you typed last on the film before is saved.",
  stale: "What you typed last on the film before is not saved: its report was changed in another tab.",
};

export function mount(element, { trigger, watch, props }) {
  const editor = new Editor(element, trigger, props.value.reasons);
  watch("value", () => editor.answered(props.value));
}

class Editor {
  constructor(element, trigger, reasons) {
    this.find = (selector) => element.querySelector(selector);
    this.trigger = trigger;
    /**
     * A state is {text, side, draftsId, draft, caret, begun}; `draft` is the text that it began with, where that is known, and
     * `begun` the number of that beginning.
     */
    this.history = new EditHistory();
    this.begun = 0;
    this.reasonsFor = new Map(); // by the number of a beginning, the reasons for the text that was left for another
    this.box = this.find("textarea");
    this.note = this.find("[data-role=note]");
    this.sequence = 0;
    this.onItsWay = undefined; // what was sent last, until it is kept
    this.leftBehind = new Map(); // by their numbers, what was still on its way when its film was left
    this.revisions = {}; // by drafts, the last revision that is known to be stored
    this.hasWritten = false; // whether any text since the last submission is not the draft that it began with
    this.textIsSubmitted = false; // whether it was signed off as it stands, with these reasons or others
    this.hasGivenReasons = false; // whether reasons, or words of the reader's own, were given since then
    this.otherWords = ""; // what stood in the note when Other was unticked
    editState.waits = () => this.saveTimer !== undefined || this.onItsWay !== undefined;
    this.newer = null; // what was stored of these drafts in another tab meanwhile: {draftsId, text, started_from, revision, submitted}
    this.find("[data-role=reasons]").append(...reasons.map(([value, label]) => reasonBox(value, label)));
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    this.note.addEventListener("input", () => this.noteTyped());
    this.find("[data-role=reasons]").addEventListener("change", ({ target }) => this.ticked(target));
    for (const action of ["copy", "undo", "redo", "submit", "takeNewer", "keepMine"]) {
      this.find(`[data-action=${action}]`).addEventListener("click", () => this[action]());
    }
    document.addEventListener("draft-chosen", (event) => this.start(event.detail));
    document.addEventListener("drafts-changed", (event) => this.draftsChanged(event.detail));
    window.addEventListener("beforeunload", (event) => this.leaving(event));
    onKey("e", () => (this.box.disabled ? document.querySelector(".draft [data-action=edit]") : this.box).focus());
    this.show();
  }

  get current() {
    return this.history.present;
  }

  get other() {
    return this.find("input[value=other]");
  }

  get reasons() {
    return [...this.find("[data-role=reasons]").querySelectorAll("input:checked")].map((box) => box.value);
  }

  /** Two texts of the same drafts, between which the reader has to choose before anything more is saved. */
  get hasToChoose() {
    return this.newer !== null && this.newer.draftsId === this.current?.draftsId;
  }

  get unsaved() {
    return editState.waits() || this.leftBehind.size > 0 || editState.unkept;
  }

  // --- what the reader does ---------------------------------------------------------------------------------------

  start({ side, draftsId, text, film }) {
    this.saveWhatWaits();
    this.film = film;
    this.begun += 1;
    this.moved(() => this.history.push({ text, side, draftsId, draft: text, caret: text.length, begun: this.begun }));
    this.forgetKeys();
    this.submitted = false;
    this.textIsSubmitted = false;
    this.show();
    this.box.focus();
    this.box.setSelectionRange(0, 0);
    this.box.scrollTop = 0; // the focus went to the end of the text, and the box with it
    this.saveNow();
  }

  forgetKeys() {
    this.firstKey = undefined;
    this.lastKey = undefined;
  }

  typed() {
    const state = { ...this.current, text: this.box.value, caret: this.box.selectionEnd };
    this.history.pushInOneGo(state, "typing", REST_BETWEEN_STEPS);
    this.hasWritten = true;
    this.lastKey = performance.now();
    this.firstKey ??= this.lastKey;
    this.submitted = false;
    this.textIsSubmitted = false;
    this.forgetCopy();
    this.showButtons();
    this.saveSoon();
  }

  noteTyped() {
    if (this.note.value.trim()) {
      this.other.checked = true;
    }
    this.reasonsChanged();
  }

  /** What stands in the note is what is sent: when Other is unticked its words go, and when it is ticked they are back. */
  ticked(box) {
    if (box === this.other && box.checked) {
      this.note.value ||= this.otherWords;
    } else if (box === this.other) {
      this.otherWords = this.note.value;
      this.note.value = "";
    }
    this.reasonsChanged();
  }

  reasonsChanged() {
    this.submitted = false;
    this.hasGivenReasons = this.reasons.length > 0;
    this.showButtons();
    this.saveSoon();
  }

  pressed(event) {
    const step = stepAskedBy(event);
    if (event.key === "Escape" && !event.isComposing) {
      this.box.blur();
    } else if (step) {
      event.preventDefault();
      this[step]();
    }
  }

  undo() {
    this.goTo(this.moved(() => this.history.undo()));
  }

  redo() {
    this.goTo(this.moved(() => this.history.redo()));
  }

  /** Reasons say why one text was changed: they stay behind with it when another draft is begun with, and come back with it. */
  moved(move) {
    const before = this.current?.begun;
    const reached = move();
    if (before !== undefined && before !== this.current.begun) {
      this.reasonsFor.set(before, { reasons: this.reasons, note: this.note.value });
      const { reasons, note } = this.reasonsFor.get(this.current.begun) ?? { reasons: [], note: "" };
      const wereGiven = this.hasGivenReasons;
      this.giveReasons(reasons, note);
      this.hasGivenReasons ||= wereGiven; // and are not submitted
    }
    return reached;
  }

  /** A text that is kept already; one that began with another draft than the text before is a beginning of its own. */
  goOnFrom(kept) {
    const goesOn = kept.draftsId === this.current?.draftsId && kept.side === this.current.side;
    this.begun += goesOn ? 0 : 1;
    this.history.push({ ...kept, begun: goesOn ? this.current.begun : this.begun });
  }

  goTo(state) {
    if (state !== null) {
      const pressed = document.activeElement;
      this.submitted = false;
      this.textIsSubmitted = false;
      this.hasWritten ||= state.text !== state.draft;
      this.show();
      this.box.setSelectionRange(state.caret, state.caret);
      if (pressed.disabled) {
        this.box.focus(); // that was the last step, and a button that is no more use keeps no focus
      }
      this.saveSoon();
    }
  }

  /** Where the browser lets no page copy, the text is selected for the reader's own hand. */
  async copy() {
    const copied = this.current;
    const isOnClipboard = await putOnClipboard(copied.text);
    if (this.current !== copied) {
      return; // the browser asked first, and another text stands here by now
    }
    if (!isOnClipboard) {
      this.box.focus();
      this.box.select();
    }
    say(this.find("[data-role=copied]"), isOnClipboard ? COPIED : SELECTED);
  }

  /** What was copied is not the text any more. */
  forgetCopy() {
    say(this.find("[data-role=copied]"), "");
  }

  /** What was typed here goes over the text of the other tab, by the reader's own word. */
  keepMine() {
    this.revisions[this.newer.draftsId] = this.newer.revision;
    this.chosen();
  }

  /** The text of the other tab stands here too; undo brings back what was typed here. */
  takeNewer() {
    const { draftsId, text, started_from: side, revision, submitted } = this.newer;
    this.revisions[draftsId] = revision;
    this.moved(() => this.goOnFrom({ text, side, draftsId, caret: text.length }));
    this.hasWritten = !submitted;
    this.notSubmitted = false;
    this.chosen();
  }

  chosen() {
    this.newer = null;
    this.show();
    this.box.focus();
    this.saveNow();
  }

  /** Who leaves the page is asked; what was just typed goes to the records meanwhile. */
  leaving(event) {
    this.saveWhatWaits();
    this.leftBehind.forEach((edit) => edit.send());
    if (this.unsaved || editState.unsubmitted) {
      event.preventDefault();
    }
  }

  draftsChanged({ draftsId, film, texts = [], reasons = [], note = "" }) {
    this.shownDrafts = draftsId ?? this.shownDrafts;
    this.showSource();
    if (film !== this.film) {
      this.leaveFilm();
      this.film = film;
      this.giveReasons(reasons, note);
      if (texts.length > 0) {
        this.goOnWith(texts);
      }
    }
  }

  /** Another film is open: the edit of the one before, which is saved or on its way, must not meet the new film. */
  leaveFilm() {
    this.saveWhatWaits();
    this.leaveBehind();
    this.history.clear();
    this.reasonsFor.clear();
    this.forgetKeys();
    this.hasWritten = false;
    this.submitted = false;
    this.textIsSubmitted = false;
    this.notSubmitted = false;
    this.newer = null;
    editState.unkept = false;
    this.saveState("");
    this.show();
  }

  /** What is still on its way is kept though the next film has an edit of its own. */
  leaveBehind() {
    if (this.onItsWay !== undefined) {
      this.leftBehind.set(this.onItsWay.sequence, this.onItsWay);
      this.onItsWay = undefined;
    }
  }

  /** As they were given for this film before; most films have none yet. */
  giveReasons(reasons, note) {
    for (const box of this.find("[data-role=reasons]").querySelectorAll("input")) {
      box.checked = reasons.includes(box.value);
    }
    this.note.value = note;
    this.otherWords = "";
    this.hasGivenReasons = reasons.length > 0;
    this.showButtons();
  }

  /** A study that was left is open again: its last text stands, and undo reaches back over those before. */
  goOnWith(texts) {
    for (const { text, started_from: side, drafts_id: draftsId, revision } of texts) {
      this.goOnFrom({ text, side, draftsId, caret: text.length });
      this.revisions[draftsId] = revision;
    }
    this.hasWritten = true;
    this.show();
    this.saveState("As you left it");
    if (document.activeElement === document.body || document.activeElement.matches(".stage")) {
      this.box.focus();
      this.box.setSelectionRange(this.box.value.length, this.box.value.length);
    }
  }

  // --- saving -----------------------------------------------------------------------------------------------------

  saveSoon() {
    clearTimeout(this.saveTimer);
    if (this.hasToChoose) {
      return;
    }
    this.saveTimer = setTimeout(() => this.saveNow(), REST_BEFORE_SAVING);
    this.goesOn("Not saved yet");
  }

  saveNow() {
    this.send("Saving…", "edit_changed", {});
  }

  /** What was typed a moment ago, or was not kept, must not wait for its time. */
  saveWhatWaits() {
    if (this.saveTimer !== undefined) {
      this.saveNow();
    } else if (editState.unkept) {
      this.onItsWay?.send();
    }
  }

  edit() {
    const { text, side, draftsId } = this.current;
    const revision = this.revisions[draftsId] ?? 0;
    const why = { reasons: this.reasons, note: this.note.value };
    return { text, started_from: side, drafts_id: draftsId, sequence: this.sequence, revision, ...why };
  }

  submit() {
    const now = performance.now();
    const secondsAgo = (moment) => (moment === undefined ? null : (now - moment) / 1000);
    this.submitted = null; // not yet, and nothing has changed since
    this.notSubmitted = false;
    this.leaveSubmit();
    this.send("Submitting…", "edit_submitted", {
      first_key_seconds_ago: secondsAgo(this.firstKey),
      last_key_seconds_ago: secondsAgo(this.lastKey),
    });
    this.submission = this.onItsWay.sequence;
  }

  /** A button that is no more use keeps no focus: who pressed it is brought to where it will say what became of it. */
  leaveSubmit() {
    const button = this.find("[data-action=submit]");
    const held = button === document.activeElement;
    button.disabled = true;
    if (held) {
      this.find(".save-state").focus({ preventScroll: true });
    }
  }

  /** The server's word on a save or a submission: {sequence, drafts_id, revision, failure, submitted}. */
  answered({ answer }) {
    if (!answer) {
      return;
    }
    const { drafts_id: draftsId, revision, sequence } = answer;
    this.revisions[draftsId] = Math.max(revision ?? 0, this.revisions[draftsId] ?? 0);
    if (sequence === this.submission) {
      this.submissionAnswered(answer);
    }
    if (sequence === this.onItsWay?.sequence) {
      this.saveAnswered(answer);
    } else if (this.leftBehind.has(sequence)) {
      this.leftAnswered(this.leftBehind.get(sequence), answer);
    }
    this.showButtons();
  }

  /** Heard also by a reader who has typed on, and so has sent more since. */
  submissionAnswered({ drafts_id: draftsId, sequence, failure, submitted }) {
    this.submission = undefined;
    const isHere = this.current?.draftsId === draftsId;
    this.submitted = submitted && this.submitted === null; // not if the reader has typed on since
    if (this.submitted) {
      this.hasWritten = false;
      this.hasGivenReasons = false;
    }
    if (submitted) {
      this.showButtons(); // who hears of it looks at what is not submitted now
      document.dispatchEvent(new CustomEvent("report-submitted"));
    }
    this.notSubmitted = isHere && failure !== null;
    if (this.notSubmitted && sequence !== this.onItsWay?.sequence) {
      this.saveState(failure, true);
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
    if (this.current?.draftsId === answer.drafts_id) {
      editState.unkept = hasFailed;
      if (this.saveTimer === undefined) {
        this.textIsSubmitted = isSignedOff(answer);
        this.hasWritten &&= !this.textIsSubmitted;
        this.saveState(answer.failure ?? kept(answer, this.notSubmitted), hasFailed || this.notSubmitted);
      }
    }
  }

  /** Nobody can choose any more between it and the newer text of another tab: its reader hears at least that it was not saved. */
  leftAnswered(edit, { failure, newer }) {
    if (failure !== null && !newer) {
      edit.becomeASave();
      edit.goOnMoreSeldom();
      this.saveState(OF_FILM_BEFORE.unkept, true);
      return;
    }
    edit.end();
    this.leftBehind.delete(edit.sequence);
    if (newer) {
      this.saveState(OF_FILM_BEFORE.stale, true);
    } else if (edit.hasFailed) {
      this.saveState(OF_FILM_BEFORE.kept);
    }
  }

  /** Send the edit as it stands until the server answers, and do not leave the reader without a word if it does not. */
  send(sentence, event, more) {
    clearTimeout(this.saveTimer);
    this.saveTimer = undefined;
    this.stopWaiting();
    this.sequence += 1;
    this.goesOn(sentence);
    const edit = new EditOnItsWay(this.trigger, event, { ...this.edit(), ...more }, () => this.unanswered(edit));
    this.onItsWay = edit;
  }

  unanswered(edit) {
    if (edit === this.onItsWay) {
      this.notKept("Not saved: the server does not answer. Your text is still here.");
      this.showButtons();
    } else {
      edit.goOnMoreSeldom();
      this.saveState(OF_FILM_BEFORE.unkept, true);
    }
  }

  notKept(sentence) {
    this.onItsWay.goOnMoreSeldom();
    if (this.current?.draftsId === this.onItsWay.draftsId) {
      editState.unkept = true;
      if (this.saveTimer === undefined) {
        this.saveState(sentence, true);
      }
    }
  }

  stopWaiting() {
    this.onItsWay?.end();
    this.onItsWay = undefined;
  }

  // --- what the reader sees ---------------------------------------------------------------------------------------

  /** What became of the text is spoken; that it is on its way, with every rest in typing, is only seen. */
  saveState(sentence, failed = false) {
    say(this.find("[data-role=saving]"), "");
    say(this.find("[data-role=saved]"), sentence);
    this.find(".save-state").classList.toggle("failed", failed);
  }

  goesOn(sentence) {
    this.saveState("");
    say(this.find("[data-role=saving]"), sentence);
  }

  show() {
    const state = this.current;
    this.box.value = state?.text ?? "";
    this.box.placeholder = state ? "" : "Choose “Edit this draft” on either side to begin.";
    this.forgetCopy();
    this.showSource();
    this.showButtons();
  }

  showChoice() {
    const choice = this.find(".newer-text");
    const comes = choice.hidden && this.hasToChoose;
    choice.hidden = !this.hasToChoose;
    say(this.find("[data-role=newer]"), this.hasToChoose ? storedElsewhere(this.newer) : "");
    if (comes) {
      choice.scrollIntoView({ block: "nearest" });
    }
  }

  showSource() {
    const state = this.current;
    const which = state?.draftsId === this.shownDrafts ? "the" : "an earlier";
    this.find("[data-role=source]").textContent = state ? `from ${which} ${DRAFT_NAMES[state.side]} draft` : "";
  }

  showButtons() {
    const editing = this.current !== null;
    editState.unsubmitted = editing && (this.hasWritten || this.hasGivenReasons);
    editState.submitted = this.submitted === true || this.textIsSubmitted;
    this.box.disabled = !editing;
    this.find(".reasons").disabled = !editing;
    this.find("[data-action=undo]").disabled = !this.history.canUndo;
    this.find("[data-action=redo]").disabled = !this.history.canRedo;
    const empty = editing && this.current.text.trim() === "";
    const full = editing && this.current.text.length >= this.box.maxLength;
    this.find("[data-action=copy]").disabled = !editing || empty;
    this.find("[data-action=submit]").disabled = !editing || empty || this.submitted === true || this.hasToChoose;
    say(this.find(".editor-hint"), hint(editing, empty, full ? this.box.maxLength : null));
    this.showChoice();
  }
}

/** What is stored, as a reader compares it with what they typed. */
function storedElsewhere({ text, submitted }) {
  return `${submitted ? "Submitted" : "Saved"} in another tab: ${text}`;
}

/** `notSubmitted`: whether the reader has signed it off, and that was refused. */
function kept(answer, notSubmitted) {
  const { revision, submitted } = answer;
  const number = revision > 0 ? ` · revision ${revision}` : " · as drafted";
  const before = submitted ? "" : submittedBefore(answer);
  return `${submitted ? "Submitted" : "Saved"} ${timeNow()}${number}${before}${notSubmitted ? ", but not submitted" : ""}`;
}

function submittedBefore(answer) {
  if (answer.signed_off === null) {
    return "";
  }
  return isSignedOff(answer) ? " · this text is submitted" : ` · submitted is revision ${answer.signed_off}`;
}

/** Whether the text that was kept is the one that was signed off, here or in another tab. */
function isSignedOff({ revision, signed_off: signedOff }) {
  return signedOff !== null && signedOff === revision;
}

/** `reached`: the most characters that a report may have, where this one has them. */
function hint(editing, empty, reached) {
  if (!editing) {
    return "Submit opens once you edit a draft.";
  }
  if (reached !== null) {
    return `A report has ${reached.toLocaleString("en")} characters at most: what is pasted or typed beyond them is left out.`;
  }
  return empty ? "An empty report cannot be submitted." : "";
}

function reasonBox(value, label) {
  const holder = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.value = value;
  box.dataset.testid = `reason-${value}`;
  holder.append(box, ` ${label}`);
  return holder;
}
