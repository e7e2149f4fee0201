// Why the film was taken, as the reader types it. It belongs to one patient: as soon as another frontal film is on its way
// it is gone, and what is typed from then on is for that film.

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
  document.addEventListener("film-awaited", () => field.awaitFilm());
  document.addEventListener("film-refused", () => field.keepFilm());
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
    this.film = null; // as long as it is for a film that is still to come
    this.before = null; // the film that is on the screen meanwhile, and why that one was taken
  }

  awaitFilm() {
    if (this.film !== null) {
      this.before = { film: this.film, text: this.input.value };
      this.film = null;
      this.input.value = "";
    }
  }

  /** The other film was refused: the one before stays, with its own indication. */
  keepFilm() {
    if (this.before !== null) {
      this.film = this.before.film;
      this.input.value = this.before.text;
      this.before = null;
    }
  }

  /** What was typed before a film came is that film's; what was typed for another one goes. */
  belongTo(film) {
    if (film === this.before?.film) {
      return; // its drafts may still be under way while the next one comes
    }
    if (this.film !== null && this.film !== film) {
      this.input.value = "";
    }
    this.film = film;
    this.before = null;
  }

  of(film) {
    this.belongTo(film);
    return { film, text: film === this.before?.film ? this.before.text : this.input.value };
  }
}
