// From a chosen file to an opened film: sending, waiting, and what to do when it was refused.

import { sendFilm } from "./film_upload.js";

export class Intake {
  constructor(element, trigger) {
    this.find = (selector) => element.querySelector(selector);
    this.trigger = trigger;
    this.confirm = this.find(".refusal-confirm input");
    this.openAnyway = this.find("[data-action=open-anyway]");
    const sample = this.find("[data-action=sample]");
    sample.addEventListener("click", () => this.openSample());
    // Until here nobody would have answered.
    sample.disabled = false;
    this.find("input[data-view=frontal]").disabled = false;
    this.find("[data-action=dismiss]").addEventListener("click", () => this.dismiss());
    this.openAnyway.addEventListener("click", () => this.ask(this.offer));
    this.confirm.addEventListener("change", () => { this.openAnyway.disabled = !this.confirm.checked; });
  }

  async send(file, view) {
    this.dismiss();
    this.busy("Sending the film…", 0);
    try {
      const token = await sendFilm(file, (share) => this.busy("Sending the film…", share));
      this.ask({ token, view, allow_burned_in: false, frame: null });
    } catch (error) {
      this.refuse({ sentence: error.message });
    }
  }

  openSample() {
    this.dismiss();
    this.busy("Reading the film…");
    this.trigger("sample_wanted", {});
  }

  ask(film) {
    this.dismiss();
    this.busy("Reading the film…");
    this.trigger("film_arrived", film);
  }

  /** The server's answer: an opened film is brought to the screen by the viewer, a refusal is shown here. */
  answer(value) {
    const refusal = value.refusal ?? null;
    if (refusal && refusal.number !== this.shownRefusal) {
      this.shownRefusal = refusal.number;
      this.refuse(refusal);
    }
  }

  refuse(refusal) {
    this.done();
    this.offer = null;
    if (refusal.reason === "burned_in_annotation") {
      this.offer = { ...refusal.film, allow_burned_in: true };
      this.openAnyway.textContent = "Open this film";
    } else if (refusal.reason === "several_frames") {
      this.offer = { ...refusal.film, frame: 0 };
      this.openAnyway.textContent = "Open the first frame";
    }
    const mustConfirm = refusal.reason === "burned_in_annotation";
    this.confirm.checked = false;
    this.find(".refusal-confirm").hidden = !mustConfirm;
    this.openAnyway.hidden = this.offer === null;
    this.openAnyway.disabled = mustConfirm;
    this.find("[data-role=refusal-text]").textContent = refusal.sentence;
    this.find(".refusal").hidden = false;
  }

  dismiss() {
    this.find(".refusal").hidden = true;
  }

  busy(sentence, share = null) {
    this.find("[data-role=busy-text]").textContent = sentence;
    const progress = this.find(".busy progress");
    if (share === null) {
      progress.removeAttribute("value");
    } else {
      progress.value = Math.round(100 * share);
    }
    this.find(".busy").hidden = false;
  }

  done() {
    this.find(".busy").hidden = true;
  }

  enableLateral(hasFrontal) {
    const label = this.find("[data-role=lateral-label]");
    label.querySelector("input").disabled = !hasFrontal;
    label.title = hasFrontal ? "A lateral film of the same patient" : "Open the frontal film first.";
    this.find("[data-drop-view=lateral]").hidden = !hasFrontal;
  }
}
