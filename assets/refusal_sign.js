// Why a film is not on the screen, said over the stage, and what may bring it there all the same.

import { isTyping } from "./hotkeys.js";

const REFUSED = { title: "This film was not opened", away: "Close" };

export class RefusalSign {
  /** `left()` is called when the reader leaves it at that, which brings the focus back to the `stage`. */
  constructor(sign, stage, left) {
    this.find = (selector) => sign.querySelector(selector);
    this.sign = sign;
    this.stage = stage;
    this.left = left;
    this.confirm = this.find(".refusal-confirm input");
    this.openAnyway = this.find("[data-action=open-anyway]");
    this.away = this.find("[data-action=dismiss]");
    this.away.addEventListener("click", () => this.leave());
    sign.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        this.leave();
      }
    });
    this.openAnyway.addEventListener("click", () => {
      this.hide();
      this.proceed();
    });
    this.confirm.addEventListener("change", () => { this.openAnyway.disabled = !this.confirm.checked; });
  }

  /** Say why, and offer under a `label` to `proceed`, perhaps only once it is `confirmed`. */
  show(sentence, { label = null, proceed = null, confirmed = true, words = REFUSED }) {
    this.proceed = proceed;
    this.confirm.checked = false;
    this.find(".refusal-confirm").hidden = confirmed;
    this.openAnyway.textContent = label;
    this.openAnyway.hidden = proceed === null;
    this.openAnyway.disabled = !confirmed;
    this.find("[data-role=refusal-title]").textContent = words.title;
    this.find("[data-role=refusal-text]").textContent = sentence;
    this.away.textContent = words.away;
    this.sign.hidden = false;
    if (!isTyping(document.activeElement)) {
      this.away.focus();
    }
  }

  get isShown() {
    return !this.sign.hidden;
  }

  leave() {
    this.hide();
    this.left();
  }

  hide() {
    const held = this.sign.contains(document.activeElement);
    this.sign.hidden = true;
    if (held) {
      this.stage.focus();
    }
  }
}
