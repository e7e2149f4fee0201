// The line below the edit box: what became of the text, whether it was copied, and why it cannot be signed off.

import { say } from "./live_words.js";

const COPIED = "The report is on the clipboard.";
const SELECTED = "This browser lets no page copy. The report is selected: copy it with Ctrl C.";

export class EditWords {
  constructor(line) {
    this.find = (selector) => line.querySelector(selector);
    this.saveState = this.find(".save-state");
  }

  /** What became of the text is spoken; that it is on its way, with every rest in typing, is only seen. */
  sayWhatBecame(sentence, failed = false) {
    say(this.find("[data-role=saving]"), "");
    say(this.find("[data-role=saved]"), sentence);
    this.saveState.classList.toggle("failed", failed);
  }

  sayThatItGoesOn(sentence) {
    this.sayWhatBecame("");
    say(this.find("[data-role=saving]"), sentence);
  }

  sayThatItIsCopied(isOnClipboard) {
    say(this.find("[data-role=copied]"), isOnClipboard ? COPIED : SELECTED);
  }

  /** What was copied is not the text any more. */
  forgetCopy() {
    say(this.find("[data-role=copied]"), "");
  }

  /**
   * `text`: what stands in the box, or null before an edit is begun; it has `most` characters at most. `hasNoPlace`: it cannot
   * be kept yet.
   */
  hint(text, most, hasNoPlace) {
    say(this.find(".editor-hint"), hintOn(text, most, hasNoPlace));
  }
}

function hintOn(text, most, hasNoPlace) {
  if (text === null) {
    return "Submit opens once you edit a draft.";
  }
  if (text.length >= most) {
    return `A report has ${most.toLocaleString("en")} characters at most: what is pasted or typed beyond them is left out.`;
  }
  if (hasNoPlace && text.trim() !== "") {
    return "It is saved, and can be submitted, once drafts are written: where they were stopped, ask for them (G).";
  }
  return text.trim() === "" ? "An empty report cannot be submitted." : "";
}
