// What is withheld while a film is read first, and the way to it: a button, and a key that is pressed twice. It cannot be taken
// back, and who types "Unremarkable" with the focus still on the film does not mean it.

import { editState } from "./edit_state.js";
import { onKey } from "./hotkeys.js";
import { say } from "./live_words.js";

const ASKING_AGAIN = 3000; // milliseconds; Gradio's stream of answers can close on a message that was just sent
const FOR_ONCE_MORE = 4000; // milliseconds
const ONCE_MORE = "Press U once more to show what the machine says";
const MOST_TRIES = 5; // what cannot be shown says why, and is asked for again by the reader alone

export class WithheldWord {
  /** `ask(message)` reaches the server; `shown` is what the focus goes to from the button, which goes. */
  constructor(part, { ask, shown }) {
    this.part = part;
    this.button = part.querySelector("button");
    this.word = part.querySelector("p");
    this.usual = this.word.textContent;
    this.ask = ask;
    this.shown = shown;
    this.film = null; // whose word is withheld
    this.button.addEventListener("click", () => this.asked());
    onKey("u", () => this.film !== null && !part.closest("[inert]") && this.pressed());
    document.addEventListener("keydown", ({ key }) => key.toLowerCase() !== "u" && this.disarm(), true);
  }

  /** The second press is that of the button. */
  pressed() {
    if (this.armed === undefined) {
      say(this.word, ONCE_MORE);
      this.armed = setTimeout(() => this.disarm(), FOR_ONCE_MORE);
    } else {
      this.button.click();
    }
  }

  disarm() {
    clearTimeout(this.armed);
    this.armed = undefined;
    say(this.word, this.usual);
  }

  /** `film`: that on the screen, where its word is withheld; null else. */
  show(film) {
    if (film !== this.film) {
      this.answered();
    }
    const held = this.button === document.activeElement;
    this.film = film;
    this.part.hidden = film === null;
    if (held && film === null) {
      this.shown.focus({ preventScroll: true });
      requestAnimationFrame(() => this.shown.scrollIntoView({ block: "nearest" })); // once what has come has its place
    }
  }

  asked() {
    this.disarm();
    this.answered();
    this.askOn(MOST_TRIES);
  }

  /** What was written by now is told along, whenever it is asked again: until an answer comes, nothing was seen. */
  askOn(tries) {
    this.ask({ film: this.film, text: editState.text() });
    this.asking = tries > 1 ? setTimeout(() => this.askOn(tries - 1), ASKING_AGAIN) : undefined;
  }

  answered() {
    clearTimeout(this.asking);
  }
}
