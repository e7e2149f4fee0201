// Studies that the reader left without submitting a report of them, newest first, and the way back to each.

import { askFirst } from "./asks_first.js";
import { connection } from "./connection.js";
import { isCurtainDrawn } from "./curtain.js";
import { onceStudyIsForgotten } from "./forgotten_study.js";
import { listedCount } from "./listed_count.js";
import { dayAndTime } from "./moments.js";
import { textElement } from "./text_element.js";

// Milliseconds, twice as long each time: what waits in Gradio's queue is lost when its stream breaks.
const FIRST_PATIENCE = 10000;

export function mount(element, { trigger, watch, props }) {
  const list = new UnfinishedStudies(element.querySelector(".unfinished"), (study) => trigger("study_discarded", { study }));
  const show = () => list.show(props.value);
  let patience;
  watch("value", () => {
    clearTimeout(patience);
    patience = undefined;
    show();
  });
  show();
  const ask = (longest = FIRST_PATIENCE) => {
    clearTimeout(patience);
    patience = setTimeout(() => ask(2 * longest), longest);
    connection.isLost || isCurtainDrawn() || trigger("unfinished_wanted", {});
  };
  document.addEventListener("connection-changed", () => patience !== undefined && !connection.isLost && ask());
  let film = null; // whose drafts are on the page
  document.addEventListener("drafts-changed", ({ detail }) => {
    if (detail.film !== film) {
      film = detail.film;
      ask(); // the one before has been left
    }
  });
  document.addEventListener("report-submitted", () => ask());
  onceStudyIsForgotten(() => ask());
  document.addEventListener("curtain-opened", () => ask());
  document.addEventListener("visibilitychange", () => !document.hidden && ask()); // another tab may have submitted one
}

class UnfinishedStudies {
  /** `discard(study)` is called when the reader does not want to be offered one any more. */
  constructor(section, discard) {
    this.section = section;
    this.discard = discard;
    this.find = (selector) => section.querySelector(selector);
  }

  /**
   * `studies`: the newest of all `count`, [{study, opened_at, has_lateral, text}], times in ISO 8601, `text` null where nothing
   * was edited; a smaller `number` is of an earlier moment. Or a `failure` alone, which leaves the list as it is.
   */
  show({ studies, count, number, failure = "" }) {
    this.find("[data-role=failure]").textContent = failure;
    if (failure || number < this.number) {
      return;
    }
    this.number = number;
    const told = JSON.stringify([studies, count]);
    if (told === this.told) {
      return; // what has the focus, or is unfolded, stays so
    }
    this.told = told;
    const held = this.section.contains(document.activeElement);
    this.section.hidden = count === 0;
    this.find("[data-role=count]").textContent = listedCount(count, studies.length, "the newest");
    this.find("[data-role=list]").replaceChildren(...studies.map((one) => this.listed(one)));
    if (held) {
      (this.find(".open-again") ?? document.querySelector(".stage")).focus({ preventScroll: true });
    }
  }

  listed({ study, opened_at: openedAt, has_lateral: hasLateral, text }) {
    const item = document.createElement("li");
    item.dataset.testid = "unfinished-study";
    const time = document.createElement("time");
    time.dateTime = openedAt;
    time.textContent = dayAndTime(openedAt);
    const heading = document.createElement("p");
    heading.append("Opened ", time, hasLateral ? " · frontal and lateral" : "");
    const buttons = document.createElement("div");
    buttons.append(openingAgain(study, time.textContent), this.discarding(study, time.textContent));
    item.append(heading, buttons, whatStands(text));
    return item;
  }

  discarding(study, when) {
    const button = newButton("discard");
    const say = (asks) => {
      button.classList.toggle("asks", asks);
      button.textContent = asks ? "Really discard" : "Discard";
      button.setAttribute("aria-label", `${button.textContent} the study of ${when}`);
    };
    askFirst(button, { say, act: () => this.discard(study) });
    return button;
  }
}

function openingAgain(study, when) {
  const button = newButton("open-again");
  button.textContent = "Open again";
  button.setAttribute("aria-label", `Open again the study of ${when}`);
  button.addEventListener("click", () => {
    document.dispatchEvent(new CustomEvent("study-chosen", { detail: { study } }));
    if (document.activeElement === button) { // and not a question that leads back to it
      document.querySelector(".stage").focus({ preventScroll: true }); // the button goes, and what comes is seen there
    }
  });
  return button;
}

/** Enter that is held down presses it once, and none that gets the focus meanwhile. */
function newButton(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = name;
  button.dataset.testid = name;
  button.addEventListener("keydown", (event) => event.repeat && event.key === "Enter" && event.preventDefault());
  return button;
}

/** The beginning of the text; the whole of it is read by unfolding it. */
function whatStands(text) {
  if (text === null) {
    return textElement("span", "Nothing was edited.", "unfinished-untouched");
  }
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append("Your text", textElement("span", text.trim() === "" ? " is empty" : `: ${text}`));
  details.append(summary, textElement("p", text));
  return details;
}
