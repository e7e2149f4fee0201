// Why a film is not on the screen, said over the stage, and what may bring it there all the same.

import { isTyping } from "./hotkeys.js";
import { QuestionedFilm } from "./questioned_film.js";

const NOT_SEEN = "The picture of this film did not come from the server. Please close this and choose the film again.";
const REFUSED = { title: "This film was not opened", away: "Close" };

export class RefusalSign {
  /** `left()` is called when the reader leaves it at that, which brings the focus back to where it was, or to the `stage`. */
  constructor(sign, stage, left) {
    this.find = (selector) => sign.querySelector(selector);
    this.sign = sign;
    this.stage = stage;
    this.left = left;
    this.question = {}; // the last that was shown
    this.asker = stage; // what had the focus before it was
    this.confirm = this.find(".refusal-confirm input");
    this.openAnyway = this.find("[data-action=open-anyway]");
    this.away = this.find("[data-action=dismiss]");
    this.film = new QuestionedFilm(this.find(".refusal-film"), (seen) => { this.confirm.disabled = !seen; });
    this.away.addEventListener("click", () => this.leave());
    sign.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        this.leave();
      }
    });
    this.openAnyway.addEventListener("click", () => {
      this.hide();
      this.question.proceed();
    });
    this.confirm.addEventListener("change", () => { this.openAnyway.disabled = !this.confirm.checked; });
  }

  /** Say why, and offer under a `label` to `proceed`; where there is a `picture`, only once that has been looked at. */
  show(sentence, { label = null, proceed = null, picture = null, words = REFUSED }) {
    if (!this.isShown) {
      this.asker = document.activeElement === document.body ? this.stage : document.activeElement;
    }
    this.question = { label, proceed, picture, words };
    this.confirm.checked = false;
    this.find(".refusal-confirm").hidden = picture === null;
    this.openAnyway.textContent = label;
    this.openAnyway.hidden = proceed === null;
    this.openAnyway.disabled = picture !== null;
    this.find("[data-role=refusal-title]").textContent = words.title;
    this.find("[data-role=refusal-text]").textContent = sentence;
    this.away.textContent = words.away;
    this.sign.hidden = false;
    this.showFilm(picture);
    if (!isTyping(document.activeElement)) {
      this.away.focus();
    }
  }

  async showFilm(picture) {
    if (!(await this.film.show(picture))) {
      this.find("[data-role=refusal-text]").textContent = NOT_SEEN;
    }
  }

  get isShown() {
    return !this.sign.hidden;
  }

  leave() {
    this.hide(this.asker);
    this.left();
  }

  /**
   * The focus, where the sign had it, goes `back`, or to the stage where that is not on the page any more or cannot be pressed.
   */
  hide(back = this.stage) {
    const held = this.sign.contains(document.activeElement);
    this.sign.hidden = true;
    this.film.show(null);
    if (held) {
      back.focus();
      if (document.activeElement !== back) {
        this.stage.focus();
      }
    }
  }
}
