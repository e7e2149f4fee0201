// A part of the page that can be folded away; the browser remembers how it was left.

import { remember, remembered } from "./remembered.js";

export class Folding {
  /**
   * `button` folds `part` and unfolds it; `names` are what the button is called while the part is open and while it is folded.
   */
  constructor(part, button, name, names) {
    this.part = part;
    this.button = button;
    this.name = name;
    this.names = names;
    button.addEventListener("click", () => this.fold(!this.isFolded));
    this.fold(remembered(name) === "folded");
  }

  get isFolded() {
    return this.part.classList.contains("folded");
  }

  fold(folded) {
    this.part.classList.toggle("folded", folded);
    this.button.setAttribute("aria-expanded", String(!folded));
    this.button.setAttribute("aria-label", folded ? this.names.folded : this.names.open);
    this.button.title = folded ? this.names.folded : this.names.open;
    remember(this.name, folded ? "folded" : "open");
  }
}
