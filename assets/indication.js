// Why the film was taken, as the reader types it. It belongs to one patient: with another frontal film it is gone.

import { awaitAnswer } from "./awaited_answers.js";
import { onKey } from "./hotkeys.js";

const onThePage = { field: null };

/** What the server is told when drafts of `film` are written; null where the model reads no indications. */
export function indicationFor(film) {
  return onThePage.field?.of(film) ?? null;
}

export function mount(element, { trigger, props }) {
  const field = new IndicationField(element, props.value.longest);
  onThePage.field = field;
  document.addEventListener("drafts-changed", ({ detail }) => field.belongTo(detail.film));
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.film !== null) {
      awaitAnswer("drafts");
      trigger("indication_given");
    }
  });
  field.input.addEventListener("keydown", (event) => event.key === "Escape" && field.input.blur());
  onKey("t", () => field.input.focus());
}

class IndicationField {
  constructor(element, longest) {
    this.form = element.querySelector(".indication");
    this.input = this.form.querySelector("input");
    this.input.maxLength = longest;
    this.film = null;
  }

  /** What was typed before the first film is that film's; what was typed for another one goes. */
  belongTo(film) {
    if (this.film !== null && this.film !== film) {
      this.input.value = "";
    }
    this.film = film;
  }

  of(film) {
    this.belongTo(film);
    return { film, text: this.input.value };
  }
}
