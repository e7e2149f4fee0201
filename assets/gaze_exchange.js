// What gaze the server is asked for, and what leaves or comes as a file: queries, other readers, recordings, exports.

import { answerCame, awaitAnswer } from "./awaited_answers.js";
import { sendFilm } from "./film_upload.js";
import { onceStudyIsForgotten, wordsOnForgottenStudy } from "./forgotten_study.js";
import { onKey } from "./hotkeys.js";
import { say } from "./live_words.js";
import { RecordingChoice } from "./recording_choice.js";

const MOST_WAITING = 45000; // milliseconds
const LONGER_THAN_USUAL = "This takes longer than usual. If nothing comes, please ask again.";
const RECORDING = /\.(csv|tsv|txt|jsonl?)$/i;

/** A recording is told from a film by its file name, which goes no further than this. */
export function isRecording(file) {
  return RECORDING.test(file.name);
}

export class GazeExchange {
  constructor(viewer, editing, trigger) {
    this.viewer = viewer;
    this.editing = editing;
    this.trigger = trigger;
    this.requests = 0;
    this.answered = 0; // how many of them the server has answered
    this.givenUp = 0; // how many of them it was asked too long ago
    this.awaits = false; // whether any of them was not answered yet
    this.heard = new Map(); // what the server said last, by what it speaks of
    this.find = viewer.find;
    this.query = this.find("[data-role=query]");
    this.others = this.find("[data-layer=readers]");
    this.find("[data-role=ask]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
    document.addEventListener("drafts-changed", ({ detail }) => this.draftsChanged(detail));
    document.addEventListener("draft-chosen", () => this.bringQueryBack());
    document.addEventListener("film-awaited", () => this.say(""));
    onceStudyIsForgotten(() => this.forgotten());
    this.query.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && this.query.blur());
    this.others.addEventListener("change", () => this.showOthers());
    this.find("[data-role=recording]").addEventListener("change", (event) => this.chosen(event.target));
    this.choice = new RecordingChoice(this.find("[data-role=ask]"), {
      choose: (chosen) => {
        this.say("Reading the recording…");
        this.request("recording_arrived", { film: this.film, ...chosen });
      },
      leave: () => {
        this.say("");
        viewer.stage.focus();
      },
    });
    for (const button of viewer.findAll("[data-export]")) {
      button.addEventListener("click", () => this.save(button.dataset.export));
    }
    onKey("o", () => viewer.bare.clotheOr(() => this.others.click()));
  }

  get film() {
    return this.editing.film;
  }

  request(event, message) {
    this.requests += 1;
    this.viewer.bare.set(false);
    this.awaits = true;
    awaitAnswer("gaze");
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.giveUp(), MOST_WAITING);
    this.trigger(event, { ...message, number: this.requests });
  }

  ask() {
    const query = this.query.value.trim();
    if (query) {
      this.asked = query;
      this.say("Predicting where a reader would look…");
      this.request("gaze_asked", { film: this.film, query });
    }
  }

  /** Of a whole question, what the gaze was predicted for stands in the box, which is too narrow for more. */
  showWhatWasAsked(answer) {
    if (answer && this.query.value.trim() === this.asked) {
      this.query.value = answer.query;
      this.asked = answer.query;
    }
  }

  draftsChanged({ draftsId, gaze }) {
    if (gaze && draftsId !== this.draftsId) { // none is told before drafts are written, or while they are withheld
      this.draftsId = draftsId;
      this.askedOfDrafts = gaze.asked?.query;
      this.bringQueryBack();
    }
  }

  /** What the gaze of the drafts was asked for stands in the box again, unless the reader is asking for something else. */
  bringQueryBack() {
    const asksForNothingNew = ["", this.asked].includes(this.query.value.trim());
    if (this.askedOfDrafts && asksForNothingNew && document.activeElement !== this.query) {
      this.query.value = this.askedOfDrafts;
      this.asked = this.askedOfDrafts;
    }
  }

  showOthers() {
    this.viewer.bare.set(false);
    this.viewer.readers.setVisible(this.others.checked);
    if (this.others.checked) {
      this.request("readers_wanted", { film: this.film, query: this.editing.present?.query ?? null });
    }
  }

  chosen(input) {
    const [file] = input.files;
    input.value = "";
    this.closeMenu();
    if (file) {
      this.send(file);
    }
  }

  /** What was pressed in the menu goes with it; who uses keys goes on from where it was opened. */
  closeMenu() {
    this.find(".file-menu").open = false;
    this.find(".file-menu summary").focus();
  }

  /** Bring a recording to the server: its bytes alone. */
  async send(file) {
    const { film } = this;
    if (!this.editing.takesGaze) {
      this.say("Open the frontal film first: a recording belongs to a film.", true);
      return;
    }
    this.say("Reading the recording…");
    try {
      const token = await sendFilm(file, () => {}, { kind: "recording" });
      if (film === this.film) {
        this.request("recording_arrived", { film, token });
      }
    } catch (error) {
      if (film === this.film) {
        this.say(error.message, true);
      }
    }
  }

  save(what) {
    this.closeMenu();
    this.say("Making the file…");
    this.request("export_wanted", { film: this.film, what, gaze: this.editing.message() });
  }

  /** The server's answers: a sentence, other readers, a file to take along. Each once. */
  told({ gaze }) {
    if (this.isNew("film")) {
      this.requests = 0;
      this.givenUp = 0;
      this.query.value = ""; // what was asked of one patient's film is not for the next one's
      this.askedOfDrafts = undefined;
    }
    this.answered = gaze.answered;
    if (this.answered + this.givenUp >= this.requests) {
      this.waitNoLonger();
    }
    if (this.isNew("gaze", [gaze.answer?.number, gaze.adopted?.number])) {
      this.say("");
      this.showWhatWasAsked(gaze.answer);
    }
    if (this.isNew("readers", gaze.readers)) {
      this.drawReaders(gaze.readers);
    }
    if (gaze.word && this.isNew("word", gaze.word.number)) {
      this.say(gaze.word.sentence, gaze.word.refused);
    }
    if (this.isNew("choice", gaze.choice?.number)) {
      if (gaze.choice) {
        this.viewer.controls.unfold(true);
      }
      this.choice.show(gaze.choice);
    }
    if (gaze.file && this.isNew("file", gaze.file.number)) {
      this.say("");
      download(gaze.file);
    }
  }

  /** What waited its turn when the stream of answers broke off is lost with it. An answer that comes late counts all the same. */
  giveUp() {
    this.givenUp = this.requests - this.answered;
    this.say(LONGER_THAN_USUAL);
    this.waitNoLonger();
  }

  waitNoLonger() {
    this.awaits = false;
    clearTimeout(this.patience);
    answerCame("gaze");
  }

  /** What was asked of the study is not answered, nor will be. */
  forgotten() {
    if (this.awaits) {
      this.say(wordsOnForgottenStudy(), true);
    }
    this.waitNoLonger();
  }

  drawReaders(readers) {
    const { frontal } = this.viewer.films;
    this.viewer.readers.show(readers, frontal?.columns ?? 1, frontal?.rows ?? 1);
    if (readers.length === 0) {
      this.others.checked = false;
    }
  }

  /** Whether the server says something else of this than it said last; of another film, everything is new. */
  isNew(what, said) {
    const now = JSON.stringify([this.film, said]);
    const before = this.heard.get(what);
    this.heard.set(what, now);
    return now !== before;
  }

  say(sentence, refused = false) {
    const word = this.find("[data-role=gaze-word]");
    say(word, sentence);
    word.classList.toggle("refused", refused);
  }
}

function download({ token, name }) {
  const link = document.createElement("a");
  link.href = new URL(`views/${token}`, document.baseURI);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
