// The film with nothing over it, so that a side marker in its corner or a small finding under a fixation can be seen.

import { onKey } from "./hotkeys.js";

export class BareFilm {
  constructor(stage, button) {
    this.stage = stage;
    this.button = button;
    button.addEventListener("click", () => this.set(!this.isBare));
    onKey("v", () => button.click());
  }

  get isBare() {
    return this.stage.classList.contains("bare");
  }

  /** What switches a layer, for a key: on a bare film it shows the layers again, as they were. */
  orClothe(switchLayer) {
    return () => (this.isBare ? this.set(false) : switchLayer());
  }

  /** Who asks for anything on the film wants to see it: that ends it too. */
  set(bare) {
    this.stage.classList.toggle("bare", bare);
    this.button.setAttribute("aria-pressed", String(bare));
  }
}
