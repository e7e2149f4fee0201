// Both drafts side by side as they are written, and once they are finished the words in which they differ.

import { asFor } from "./asked_gaze.js";
import { answerCame, awaitAnswer } from "./awaited_answers.js";
import { DRAFT_NAMES } from "./draft_names.js";
import { areStillWanted, changedSettings, draftsCame } from "./draft_requests.js";
import { onceStudyIsForgotten, tellThatStudyIsForgotten, wordsOnForgottenStudy } from "./forgotten_study.js";
import { onKey } from "./hotkeys.js";
import { lendFocus } from "./lent_focus.js";
import { say } from "./live_words.js";
import { setUpReadFirst } from "./read_first.js";
import { explainWaysOfWriting } from "./ways_of_writing.js";
import { WithheldWord } from "./withheld_word.js";

const SIDES = ["gaze_on", "gaze_off"];
const UNDER_WAY = ["waiting", "writing"];

export function mount(element, { trigger, watch, props }) {
  const panel = new DraftPanel(element, (message) => trigger("machine_wanted", message));
  watch("value", () => panel.update(props.value));
  panel.update(props.value);
  document.addEventListener("click", ({ target }) => target.closest("#regenerate") && awaitAnswer("drafts"));
  onceStudyIsForgotten(() => panel.forgotten());
  for (const kind of ["input", "change"]) {
    document.querySelector("#report-side").addEventListener(kind, () => panel.showChanged());
  }
  onKey("g", () => press(document.querySelector("#regenerate")));
  onKey("x", () => press(document.querySelector("#stop")));
  lendFocus([document.querySelector("#regenerate"), document.querySelector("#stop")], panel.state);
  explainWaysOfWriting();
  setUpReadFirst(element.querySelector("[data-role=read-first]"));
}

/** As who has a mouse presses it: not while it is set aside with its film, which a click from here would not heed. */
function press(button) {
  if (!button.closest("[inert]")) {
    button.click();
  }
}

class DraftPanel {
  /** `askForMachine(message)`: the reader wants to be shown what is withheld. */
  constructor(element, askForMachine) {
    this.section = element.querySelector(".drafts");
    this.state = element.querySelector("[data-role=state]");
    this.changed = element.querySelector("[data-role=changed]");
    this.sides = Object.fromEntries(SIDES.map((side) => [side, element.querySelector(`[data-side=${side}]`)]));
    this.withheld = new WithheldWord(element.querySelector("[data-role=withheld]"), {
      ask: askForMachine,
      shown: this.sides.gaze_on.querySelector("[data-role=text]"),
    });
    for (const side of SIDES) {
      this.button(side).addEventListener("click", () => this.choose(side));
    }
  }

  button(side) {
    return this.sides[side].querySelector("[data-action=edit]");
  }

  /**
   * `value`: {state, sentence, drafts_id, request, begun, gaze_on, gaze_off, texts, reasons, note, withheld, number}, each side a
   * list of {text, differs}, which are empty where they are withheld.
   */
  update(value) {
    if (value.number < this.value?.number) {
      return; // of an earlier moment: its answer was overtaken
    }
    if (value.film === null && this.value?.film) {
      tellThatStudyIsForgotten();
      return;
    }
    this.value = value;
    (UNDER_WAY.includes(value.state) || areStillWanted(value) ? awaitAnswer : answerCame)("drafts");
    this.section.dataset.state = value.state;
    this.section.dataset.draftsId = value.drafts_id ?? "";
    for (const side of SIDES) {
      this.sides[side].hidden = value.withheld;
    }
    this.withheld.show(value.withheld ? value.film : null);
    say(this.state, value.sentence); // which comes with every word that is written
    this.sides.gaze_on.querySelector("[data-role=source]").textContent = value.gaze ? origin(value.gaze) : "image and gaze";
    for (const side of SIDES) {
      this.showSide(side, value[side]);
      const button = this.button(side);
      button.disabled = value.drafts_id === null;
      const title = `Start the edit from the ${DRAFT_NAMES[side]} draft`;
      button.title = button.disabled ? "Wait until the drafts are written" : title;
    }
    if (value.drafts_id !== null && value.drafts_id !== this.writtenId) {
      draftsCame(value);
    }
    this.writtenId = value.drafts_id ?? this.writtenId;
    this.showChanged();
    const { drafts_id: draftsId, film, choice, gaze, texts, reasons, note, withheld } = value;
    const detail = { draftsId, film, choice, gaze, texts, reasons, note, withheld };
    document.dispatchEvent(new CustomEvent("drafts-changed", { detail }));
  }

  /** What stands above the drafts is not always what they were written with. */
  showChanged() {
    const areWritten = this.value.drafts_id !== null && !UNDER_WAY.includes(this.value.state);
    say(this.changed, areWritten ? changedSettings(this.value) : "");
  }

  forgotten() {
    answerCame("drafts");
    this.section.dataset.state = "failed";
    say(this.state, wordsOnForgottenStudy());
  }

  showSide(side, runs) {
    const text = this.sides[side].querySelector("[data-role=text]");
    text.replaceChildren(...runs.map((run) => (run.differs ? marked(run.text, side) : document.createTextNode(run.text))));
    const words = plain(runs).split(/\s+/).filter(Boolean).length;
    const count = this.sides[side].querySelector("[data-role=count]");
    count.textContent = words === 0 ? "" : `${words} ${words === 1 ? "word" : "words"}`;
  }

  choose(side) {
    const detail = { side, draftsId: this.value.drafts_id, text: plain(this.value[side]), film: this.value.film };
    document.dispatchEvent(new CustomEvent("draft-chosen", { detail }));
  }
}

/** Where the gaze of drafts comes from, and what was looked for in it. */
function origin({ source, asked, fixations }) {
  if (fixations.length === 0) {
    return "without gaze"; // a lateral film alone
  }
  return `${source} gaze${asFor(asked?.query, asked?.share)}`;
}

function plain(runs) {
  return runs.map((run) => run.text).join("");
}

function marked(text, side) {
  const mark = document.createElement("mark");
  mark.textContent = text;
  mark.title = `Only in the ${DRAFT_NAMES[side]} draft`;
  return mark;
}
