// The edit box: starts from either draft, keeps every step, saves as one types, is signed off with reasons.

import { beginningOf } from "./draft_names.js";
import { EditHistory } from "./edit_history.js";
import { EditReasons } from "./edit_reasons.js";
import { EditSaving } from "./edit_saving.js";
import { editState } from "./edit_state.js";
import { EditSubmission } from "./edit_submission.js";
import { EditWords } from "./edit_words.js";
import { isTyping, onKey, stepAskedBy } from "./hotkeys.js";
import { say } from "./live_words.js";
import { putOnClipboard } from "./report_copy.js";

const REST_BETWEEN_STEPS = 1200; // milliseconds
const BEGINNINGS = "Choose “Edit this draft” on either side to begin, or “Empty” to write all of it yourself.";
const OWN_WORDS = "Write your report here.";

export function mount(element, { trigger, watch, props }) {
  const editor = new Editor(element, trigger, props.value.reasons);
  watch("value", () => editor.saving.answered(props.value.answer));
}

class Editor {
  constructor(element, trigger, reasons) {
    this.find = (selector) => element.querySelector(selector);
    /**
     * A state is {text, side, draftsId, draft, caret, begun}; `draft` is the text that it began with, where that is known, and
     * `begun` the number of that beginning. A text that began with nothing has the side "empty"; of a film that is read first it
     * may stand there before its drafts are written, and has no `draftsId` till then.
     */
    this.history = new EditHistory();
    this.begun = 0;
    this.box = this.find("textarea");
    this.words = new EditWords(this.find(".editor-word"));
    this.reasons = new EditReasons(this.find(".reasons"), reasons, () => this.reasonsChanged());
    this.submission = new EditSubmission();
    this.saving = new EditSaving(trigger, {
      edit: () => this.current && { ...this.current, ...this.reasons.given },
      submission: this.submission,
      words: this.words,
      changed: () => this.showButtons(),
    });
    editState.text = () => this.current?.text ?? "";
    this.box.addEventListener("input", () => this.typed());
    element.addEventListener("keydown", (event) => this.pressed(event));
    for (const action of ["empty", "copy", "undo", "redo", "submit", "takeNewer", "keepMine"]) {
      this.find(`[data-action=${action}]`).addEventListener("click", () => this[action]());
    }
    document.addEventListener("draft-chosen", (event) => this.start(event.detail));
    document.addEventListener("drafts-changed", (event) => this.draftsChanged(event.detail));
    window.addEventListener("beforeunload", (event) => this.leaving(event));
    window.addEventListener("pagehide", () => this.saving.sendAll()); // some browsers leave a page without a question
    document.addEventListener("visibilitychange", () => document.hidden && this.saving.sendWhatCan()); // or end it while hidden
    onKey("e", () => (this.box.disabled ? document.querySelector(".draft [data-action=edit]") : this.box).focus());
    this.show();
  }

  get current() {
    return this.history.present;
  }

  // --- what the reader does ---------------------------------------------------------------------------------------

  start({ side, draftsId, text, film }) {
    this.saving.saveWhatWaits();
    this.film = film;
    this.begun += 1;
    this.moved(() => this.history.push({ text, side, draftsId, draft: text, caret: text.length, begun: this.begun }));
    this.forgetKeys();
    this.submission.textChanged(false);
    this.show();
    this.box.focus();
    this.box.setSelectionRange(0, 0);
    this.box.scrollTop = 0; // the focus went to the end of the text, and the box with it
    this.saving.saveNow();
  }

  /** For who would rather write the whole of it. */
  empty() {
    this.start({ side: "empty", draftsId: this.draftsHere, text: "", film: this.film });
  }

  forgetKeys() {
    this.firstKey = undefined;
    this.lastKey = undefined;
  }

  typed() {
    const state = { ...this.current, text: this.box.value, caret: this.box.selectionEnd };
    this.history.pushInOneGo(state, "typing", REST_BETWEEN_STEPS);
    this.lastKey = performance.now();
    this.firstKey ??= this.lastKey;
    this.submission.textChanged(true);
    this.words.forgetCopy();
    this.showButtons();
    this.saving.saveSoon();
  }

  reasonsChanged() {
    this.submission.reasonsChanged(this.reasons.areGiven);
    this.showButtons();
    this.saving.saveSoon();
  }

  pressed(event) {
    const isInBox = event.target === this.box;
    const step = isInBox || !isTyping(event.target) ? stepAskedBy(event) : null;
    if (isInBox && event.key === "Escape" && !event.isComposing) {
      this.box.blur();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.repeat) {
      event.preventDefault();
      this.find("[data-action=submit]").click(); // which does nothing while it is out of use
    } else if (step && this.current) {
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

  /** To another text, whose reasons are others where it began with another draft. */
  moved(move) {
    const before = this.current?.begun;
    const reached = move();
    if (before !== undefined && before !== this.current.begun) {
      this.reasons.exchange(before, this.current.begun);
      this.submission.reasonsExchanged(this.reasons.areGiven);
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
      this.submission.textChanged(state.text !== state.draft);
      this.show();
      this.box.setSelectionRange(state.caret, state.caret);
      if (pressed.disabled) {
        this.box.focus(); // that was the last step, and a button that is no more use keeps no focus
      }
      this.saving.saveSoon();
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
    this.words.sayThatItIsCopied(isOnClipboard);
  }

  /** What was typed here goes over the text of the other tab, by the reader's own word. */
  keepMine() {
    this.saving.endChoice();
    this.chosen();
  }

  /** The text of the other tab stands here too; undo brings back what was typed here. */
  takeNewer() {
    const { draftsId, text, started_from: side, submitted } = this.saving.endChoice();
    this.moved(() => this.goOnFrom({ text, side, draftsId, caret: text.length }));
    this.submission.newerTaken(submitted);
    this.chosen();
  }

  chosen() {
    this.show();
    this.box.focus();
    this.saving.saveNow();
  }

  submit() {
    const now = performance.now();
    const secondsAgo = (moment) => (moment === undefined ? null : (now - moment) / 1000);
    this.leaveSubmit();
    this.saving.submit({
      first_key_seconds_ago: secondsAgo(this.firstKey),
      last_key_seconds_ago: secondsAgo(this.lastKey),
    });
  }

  /** A button that is no more use keeps no focus: who pressed it is brought to where it will say what became of it. */
  leaveSubmit() {
    const button = this.find("[data-action=submit]");
    const held = button === document.activeElement;
    button.disabled = true;
    if (held) {
      this.words.saveState.focus({ preventScroll: true });
    }
  }

  /** Who leaves the page is asked; what was just typed goes to the records meanwhile. */
  leaving(event) {
    this.saving.sendAll();
    if (this.saving.hasUnsaved || editState.unsubmitted) {
      event.preventDefault();
    }
  }

  // --- what other films bring -------------------------------------------------------------------------------------

  draftsChanged({ draftsId, film, texts = [], reasons, note, withheld }) {
    this.shownDrafts = draftsId ?? this.shownDrafts;
    this.draftsHere = draftsId;
    if (film !== this.film) {
      this.leaveFilm();
      this.film = film;
      this.reasons.give({ reasons, note });
      this.submission.reasonsChanged(this.reasons.areGiven);
      this.showButtons();
      if (texts.length > 0) {
        this.goOnWith(texts);
      } else if (withheld) {
        this.beginUnseen(draftsId);
      }
    }
    if (draftsId !== null && this.current !== null) {
      this.findPlace(draftsId);
    }
    this.showSource();
    this.showButtons();
  }

  /** The film is read first: its report begins with nothing, whether or not its drafts are written yet. */
  beginUnseen(draftsId) {
    this.begun += 1;
    this.history.push({ text: "", side: "empty", draftsId, draft: "", caret: 0, begun: this.begun });
    this.show();
  }

  /**
   * The drafts are written, under whose id a text is kept that was begun before them. One that was begun with nothing, and of
   * which nothing is written yet, is of the films and the gaze that are on the screen once it is: it goes to each later pair.
   */
  findPlace(draftsId) {
    const hadNone = this.current.draftsId === null;
    if (hadNone || this.isUnwritten) {
      this.history.amendAll((state) => ({ ...state, draftsId: hadNone ? state.draftsId ?? draftsId : draftsId }));
    }
    if (hadNone && this.history.canUndo) {
      this.saving.saveSoon();
    }
  }

  get isUnwritten() {
    return this.current.side === "empty" && this.current.text === "" && !this.history.canUndo && !this.history.canRedo;
  }

  /** Another film is open: the edit of the one before, which is saved or on its way, must not meet the new film. */
  leaveFilm() {
    this.saving.leaveFilm();
    this.history.clear();
    this.reasons.forgetTexts();
    this.forgetKeys();
    this.submission.forget();
    this.show();
  }

  /** A study that was left is open again: its last text stands, and undo reaches back over those before. */
  goOnWith(texts) {
    for (const { text, started_from: side, drafts_id: draftsId, revision } of texts) {
      this.goOnFrom({ text, side, draftsId, caret: text.length });
      this.saving.noteRevision(draftsId, revision);
    }
    this.submission.textChanged(true);
    this.show();
    this.words.sayWhatBecame("As you left it");
    if (document.activeElement === document.body || document.activeElement.matches(".stage")) {
      this.box.focus();
      this.box.setSelectionRange(this.box.value.length, this.box.value.length);
    }
  }

  // --- what the reader sees ---------------------------------------------------------------------------------------

  show() {
    const state = this.current;
    this.box.value = state?.text ?? "";
    this.box.placeholder = state ? OWN_WORDS : BEGINNINGS;
    this.words.forgetCopy();
    this.showSource();
    this.showButtons();
  }

  showChoice() {
    const { hasToChoose, newer } = this.saving;
    const choice = this.find(".newer-text");
    const comes = choice.hidden && hasToChoose;
    choice.hidden = !hasToChoose;
    say(this.find("[data-role=newer]"), hasToChoose ? storedElsewhere(newer) : "");
    if (comes) {
      choice.scrollIntoView({ block: "nearest" });
    }
  }

  showSource() {
    const state = this.current;
    const which = [null, this.shownDrafts].includes(state?.draftsId) ? "the" : "an earlier";
    this.find("[data-role=source]").textContent = state ? beginningOf(state.side, which) : "";
  }

  showButtons() {
    const text = this.current?.text ?? null;
    const editing = text !== null;
    const empty = !editing || text.trim() === "";
    editState.unsubmitted = editing && this.submission.lacksSomething;
    editState.submitted = this.submission.holdsText;
    this.box.disabled = !editing;
    this.find(".reasons").disabled = !editing;
    this.find(".reasons").hidden = this.current?.side === "empty"; // nothing was changed
    this.find("[data-action=empty]").disabled = !this.draftsHere || (this.current?.side === "empty" && text === "");
    this.find("[data-action=undo]").disabled = !this.history.canUndo;
    this.find("[data-action=redo]").disabled = !this.history.canRedo;
    this.find("[data-action=copy]").disabled = empty;
    const { hasToChoose, hasNoPlace } = this.saving;
    const submit = this.find("[data-action=submit]");
    submit.disabled = empty || this.submission.isComplete || hasToChoose || hasNoPlace;
    submit.textContent = this.current?.side === "empty" ? "Submit report" : "Submit correction";
    this.words.hint(text, this.box.maxLength, hasNoPlace);
    this.showChoice();
  }
}

/** What is stored, as a reader compares it with what they typed. */
function storedElsewhere({ text, submitted }) {
  return `${submitted ? "Submitted" : "Saved"} in another tab: ${text}`;
}
