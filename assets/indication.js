// Why the film was taken, as the reader types it. It belongs to the film that it was typed for, which has the number of its
// choice from the moment it is chosen: as soon as another frontal film is on its way the field is empty, and what is typed from
// then on is for that film, whatever the server still reads or writes of others.

import { awaitAnswer } from "./awaited_answers.js";
import { onKey } from "./hotkeys.js";

const onThePage = { field: null };

/** What stands there now for the film of these `drafts`; undefined where the model reads no indications. */
export function indicationNow(drafts) {
  return onThePage.field?.of(drafts);
}

export function mount(element, { trigger, props }) {
  const field = new IndicationField(element, props.value.longest);
  onThePage.field = field;
  document.addEventListener("drafts-changed", ({ detail }) => field.opened(detail.choice));
  document.addEventListener("film-awaited", ({ detail }) => field.turnTo(detail.choice));
  document.addEventListener("film-refused", ({ detail }) => field.turnTo(detail.choice));
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.isForTheScreen) {
      awaitAnswer("drafts");
      trigger("indication_given");
    }
  });
  field.input.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && field.input.blur());
  onKey("t", () => field.input.focus());
}

class IndicationField {
  constructor(element, longest) {
    this.form = element.querySelector(".indication");
    this.input = this.form.querySelector("input");
    this.input.maxLength = longest;
    this.choice = 0; // the number of the film that the field is for; 0 where none is chosen
    this.onScreen = 0; // the number of the film on the screen
    this.typed = new Map(); // by number, what was typed for films that the field is not for at the moment
    this.found = ""; // what stood in the field when it was last turned to
  }

  get isForTheScreen() {
    return this.choice !== 0 && this.choice === this.onScreen;
  }

  /**
   * What was typed stays with its film; where none was chosen yet, it is for the one that comes next. One that was chosen before
   * keeps what was typed for it then, unless something was typed since.
   */
  turnTo(choice) {
    if (choice === this.choice) {
      return;
    }
    const text = this.input.value;
    const isAhead = this.choice === 0 && (text !== this.found || !this.typed.has(choice));
    this.typed.set(this.choice, text);
    this.found = isAhead ? text : (this.typed.get(choice) ?? "");
    this.input.value = this.found;
    this.choice = choice;
  }

  /** Films come in the order in which they were chosen: of those before, nothing is needed any more. */
  opened(choice) {
    this.onScreen = choice;
    if (this.choice < choice) {
      this.turnTo(choice);
    }
    for (const one of [...this.typed.keys()].filter((number) => number < choice)) {
      this.typed.delete(one);
    }
  }

  of({ choice }) {
    return choice === this.choice ? this.input.value : (this.typed.get(choice) ?? "");
  }
}
