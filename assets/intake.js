// From a chosen file to an opened film: sending, waiting, and what to do when it was refused.

import { answerCame, awaitAnswer } from "./awaited_answers.js";
import { editState } from "./edit_state.js";
import { sendFilm } from "./film_upload.js";
import { isTyping } from "./hotkeys.js";

const LONGER_THAN_USUAL = 45000; // milliseconds
const REFUSED = { title: "This film was not opened", away: "Close" };
const UNSUBMITTED = { title: "Your report is not submitted", away: "Stay with this film" };
const LEAVES_WITH_ITS_FILM = "What you typed is saved, but not submitted, and it leaves the page with its film.";

export class Intake {
  constructor(element, trigger) {
    this.find = (selector) => element.querySelector(selector);
    this.trigger = trigger;
    this.sending = new Map(); // by view, what stops it
    this.confirm = this.find(".refusal-confirm input");
    this.openAnyway = this.find("[data-action=open-anyway]");
    this.away = this.find("[data-action=dismiss]");
    this.away.addEventListener("click", () => this.dismiss());
    this.find(".refusal").addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        this.dismiss();
      }
    });
    this.openAnyway.addEventListener("click", () => this.proceed());
    this.confirm.addEventListener("change", () => { this.openAnyway.disabled = !this.confirm.checked; });
    const sample = this.find("[data-action=sample]");
    sample.addEventListener("click", () => this.unlessEditing(() => this.openSample()));
    // Until here nobody would have answered.
    sample.disabled = false;
    this.find("input[data-view=frontal]").disabled = false;
  }

  /** A film that the reader chose or dropped. */
  accept(file, view) {
    if (view === "lateral") {
      this.send(file, view);
    } else {
      this.unlessEditing(() => this.send(file, view));
    }
  }

  /** A new film takes the edit of the one before off the page: let the reader say that this is meant. */
  unlessEditing(open) {
    if (editState.unsubmitted) {
      this.offer(LEAVES_WITH_ITS_FILM, "Open the new film", open, { words: UNSUBMITTED });
    } else {
      open();
    }
  }

  async send(file, view) {
    this.dismiss();
    this.awaitFilm(view);
    this.busy("Sending the film…", 0);
    this.stopSending(view);
    this.sending.set(view, new AbortController());
    const { signal } = this.sending.get(view);
    try {
      const token = await sendFilm(file, (share) => this.busy("Sending the film…", share), { signal });
      this.ask({ token, view, allow_burned_in: false, frame: null });
    } catch (error) {
      if (!signal.aborted) {
        this.refuse({ sentence: error.message });
      }
    }
  }

  openSample() {
    this.dismiss();
    this.stopSending("frontal");
    this.awaitFilm("frontal");
    this.busy("Reading the film…");
    this.trigger("sample_wanted", {});
  }

  ask(film) {
    this.dismiss();
    this.awaitFilm(film.view);
    this.busy("Reading the film…");
    this.trigger("film_arrived", film);
  }

  /** The film that was chosen last is the one that comes, however long each takes to be sent; a frontal one comes alone. */
  stopSending(view) {
    this.sending.get("lateral")?.abort();
    if (view === "frontal") {
      this.sending.get("frontal")?.abort();
    }
  }

  /** A frontal film is another patient's: what the page says of the one before must not meet it. */
  awaitFilm(view) {
    if (view === "frontal") {
      document.dispatchEvent(new CustomEvent("film-awaited"));
    }
  }

  /** The server's answer: an opened film is brought to the screen by the viewer, a refusal is shown here. */
  answer({ refusal }) {
    if (refusal && refusal.number !== this.shownRefusal) {
      this.shownRefusal = refusal.number;
      this.refuse(refusal);
    }
  }

  refuse({ sentence, reason, film }) {
    document.dispatchEvent(new CustomEvent("film-refused"));
    if (reason === "burned_in_annotation") {
      this.offer(sentence, "Open this film", () => this.ask({ ...film, allow_burned_in: true }), { confirmed: false });
    } else if (reason === "several_frames") {
      this.offer(sentence, "Open the first frame", () => this.ask({ ...film, frame: 0 }));
    } else {
      this.offer(sentence);
    }
  }

  /** Say why the film is not open, and what may open it all the same, perhaps only once it is `confirmed`. */
  offer(sentence, label = null, proceed = null, { confirmed = true, words = REFUSED } = {}) {
    this.done();
    this.proceed = proceed;
    this.confirm.checked = false;
    this.find(".refusal-confirm").hidden = confirmed;
    this.openAnyway.textContent = label;
    this.openAnyway.hidden = proceed === null;
    this.openAnyway.disabled = !confirmed;
    this.find("[data-role=refusal-title]").textContent = words.title;
    this.find("[data-role=refusal-text]").textContent = sentence;
    this.away.textContent = words.away;
    this.find(".refusal").hidden = false;
    if (!isTyping(document.activeElement)) {
      this.away.focus();
    }
  }

  dismiss() {
    const refusal = this.find(".refusal");
    const held = refusal.contains(document.activeElement);
    refusal.hidden = true;
    if (held) {
      this.find(".stage").focus();
    }
  }

  busy(sentence, share = null) {
    awaitAnswer("film");
    this.find("[data-role=busy-text]").textContent = sentence;
    const progress = this.find(".busy progress");
    if (share === null) {
      progress.removeAttribute("value");
    } else {
      progress.value = Math.round(100 * share);
    }
    this.find(".busy").hidden = false;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      this.find("[data-role=busy-text]").textContent = `${sentence} This takes longer than usual. If it stays so, load the page anew.`;
    }, LONGER_THAN_USUAL);
  }

  done() {
    answerCame("film");
    clearTimeout(this.patience);
    this.find(".busy").hidden = true;
  }

  enableLateral(hasFrontal) {
    const label = this.find("[data-role=lateral-label]");
    label.querySelector("input").disabled = !hasFrontal;
    label.title = hasFrontal ? "A lateral film of the same patient" : "Open the frontal film first.";
    this.find("[data-drop-view=lateral]").hidden = !hasFrontal;
  }
}
