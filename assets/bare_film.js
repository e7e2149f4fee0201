// The film with nothing over it but what is being measured, so that a side marker in its corner or a small finding under a
// fixation can be seen.

import { onKey } from "./hotkeys.js";

export class BareFilm {
  /** `putToolAway`: nobody works on gaze that is not seen. The ruler may stay in hand, and its lengths are seen while it does. */
  constructor(stage, button, putToolAway) {
    this.stage = stage;
    this.button = button;
    this.putToolAway = putToolAway;
    button.addEventListener("click", () => this.set(!this.isBare));
    onKey("v", () => button.click());
  }

  get isBare() {
    return this.stage.classList.contains("bare");
  }

  /** What switches a layer: on a bare film its key shows the layers again, as they were. */
  clotheOr(switchLayer) {
    return this.isBare ? this.set(false) : switchLayer();
  }

  /** Who asks for anything but lengths wants to see what is on the film: that ends it, as do other gaze and another film. */
  set(bare) {
    if (bare) {
      this.putToolAway();
    }
    this.stage.classList.toggle("bare", bare);
    this.button.setAttribute("aria-pressed", String(bare));
  }
}
