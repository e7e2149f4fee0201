// A file with several recordings: the reader is asked which one is of this film.

import { isTyping } from "./hotkeys.js";

const MOST_OFFERED = 50; // at once; a longer list is slow, and nobody reads it

export class RecordingChoice {
  /** `choose({token, recording})` is called with a name; `leave()` when the reader wants none of them. */
  constructor(after, { choose, leave }) {
    this.leave = leave;
    this.form = document.createElement("form");
    this.form.className = "recording-choice";
    this.form.dataset.testid = "recording-choice";
    this.form.hidden = true;
    this.form.innerHTML = `
      <input type="text" class="text-field" list="recording-names" autocomplete="off" required aria-label="Which recording is of this film" data-testid="recording-name">
      <datalist id="recording-names" data-testid="recording-names"></datalist>
      <button type="submit" data-testid="use-recording">Use this recording</button>`;
    this.name = this.form.querySelector("input");
    this.offered = this.form.querySelector("datalist");
    this.name.addEventListener("input", () => this.offer());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.form.hidden = true;
      choose({ token: this.token, recording: this.name.value });
    });
    this.form.addEventListener("keydown", (event) => this.pressed(event));
    after.after(this.form);
  }

  /** Ask for one of these recordings; without any, ask no longer. Of the same file what was typed stays, to be mended. */
  show(choice) {
    this.form.hidden = !choice;
    if (choice) {
      if (choice.token !== this.token) {
        this.name.value = "";
      }
      this.token = choice.token;
      this.names = choice.names;
      this.name.placeholder = `Which of ${choice.names.length} recordings …`;
      this.offer();
      if (!isTyping(document.activeElement)) {
        this.name.focus();
        this.name.select();
      }
    }
  }

  /** Names that hold what is typed so far, in whatever capitals. */
  offer() {
    const typed = this.name.value.trim().toLowerCase();
    const fitting = this.names.filter((name) => name.toLowerCase().includes(typed)).slice(0, MOST_OFFERED);
    this.offered.replaceChildren(...fitting.map((name) => new Option(name, name)));
  }

  pressed(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      this.form.hidden = true;
      this.leave();
    }
  }
}
