// Studies that the reader left without submitting a report of them, those with a text first, and the way back to each.

import { askFirst } from "./asks_first.js";
import { connection } from "./connection.js";
import { isCurtainDrawn } from "./curtain.js";
import { onceStudyIsForgotten } from "./forgotten_study.js";
import { listedCount } from "./listed_count.js";
import { dayAndTime } from "./moments.js";
import { textElement } from "./text_element.js";
import { showItems } from "./told_items.js";

// Milliseconds, twice as long each time: what waits in Gradio's queue is lost when its stream breaks.
const FIRST_PATIENCE = 10000;

const SHOWN_FOLDED = 5; // studies: as many as the server lists unasked
const SHOWN_MORE = 20; // with each press: most readers leave fewer, and more are not looked through at once

export function mount(element, { trigger, watch, props }) {
  let patience;
  const ask = (longest = FIRST_PATIENCE) => {
    clearTimeout(patience);
    patience = setTimeout(() => ask(2 * longest), longest);
    connection.isLost || isCurtainDrawn() || trigger("unfinished_wanted", { most: list.most });
  };
  const list = new UnfinishedStudies(element.querySelector(".unfinished"), {
    ask,
    discard: (study) => trigger("study_discarded", { study, most: list.most }),
  });
  watch("value", () => {
    clearTimeout(patience);
    patience = undefined;
    list.show(props.value);
  });
  list.show(props.value);
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
  /**
   * `ask()` is called for the list as long as it is unfolded, `discard(study)` when the reader does not want to be offered one
   * any more.
   */
  constructor(section, { ask, discard }) {
    this.section = section;
    this.ask = ask;
    this.discard = discard;
    this.most = SHOWN_FOLDED;
    this.find = (selector) => section.querySelector(selector);
    this.list = this.find("[data-role=list]");
    this.more = newButton("unfinished-more");
    this.more.hidden = true;
    this.more.addEventListener("click", () => this.unfold());
    section.append(this.more);
  }

  /** `most` counts from what is seen: who presses twice does not want twice as many. */
  unfold() {
    this.most = this.list.children.length + SHOWN_MORE;
    this.ask();
  }

  /**
   * `studies`: the first of all `count`, [{study, opened_at, has_lateral, text, is_whole, submitted}], times in ISO 8601, `text`
   * null where nothing was edited, and its beginning where it is not whole; `submitted` the revision that is, or null. A smaller
   * `number` is of an earlier moment. Or a `failure` alone, which leaves the list as it is.
   */
  show({ studies, count, number, failure = "" }) {
    this.find("[data-role=failure]").textContent = failure;
    if (failure || number < this.number) {
      return;
    }
    if (studies.length < Math.min(this.most, count)) {
      this.ask(); // told by the way, and of fewer than are unfolded: who looks for one keeps the list
      return;
    }
    this.number = number;
    this.keepFocus(() => {
      this.section.hidden = count === 0;
      this.find("[data-role=count]").textContent = listedCount(count, studies.length, "the first");
      showItems(this.list, studies, (one) => this.listed(one));
      this.more.hidden = studies.length === count;
      const isRest = count - studies.length <= SHOWN_MORE;
      this.more.textContent = isRest ? `Show all ${count}` : `Show ${SHOWN_MORE} more of ${count}`;
    });
  }

  /** Whoever asked for more goes on with the first of it, and whose study has gone with the one that took its place. */
  keepFocus(change) {
    const focused = document.activeElement;
    const items = [...this.list.children];
    const isMore = focused === this.more;
    const place = isMore ? items.length : items.findIndex((item) => item.contains(focused));
    change();
    const hasGone = isMore ? this.more.hidden || this.list.children.length > place : !focused.isConnected;
    if (place >= 0 && hasGone) {
      const item = this.list.children[place] ?? this.list.lastElementChild;
      (item?.querySelector(".open-again") ?? document.querySelector(".stage")).focus({ preventScroll: !isMore });
    }
  }

  listed({ study, opened_at: openedAt, has_lateral: hasLateral, text, is_whole: isWhole, submitted }) {
    const item = document.createElement("li");
    item.dataset.testid = "unfinished-study";
    const time = document.createElement("time");
    time.dateTime = openedAt;
    time.textContent = dayAndTime(openedAt);
    const heading = document.createElement("p");
    const films = hasLateral ? " · frontal and lateral" : "";
    heading.append("Opened ", time, films, submitted === null ? "" : ` · submitted is revision ${submitted}`);
    const buttons = document.createElement("div");
    buttons.append(openingAgain(study, time.textContent), this.discarding(study, time.textContent));
    item.append(heading, buttons, whatStands(text, isWhole));
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

/** The beginning of the text; the whole of it is read by unfolding it, where it found room in the answer. */
function whatStands(text, isWhole) {
  if (text === null) {
    return textElement("span", "Nothing was edited.", "unfinished-untouched");
  }
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append("Your text", textElement("span", text.trim() === "" ? " is empty" : `: ${text}`));
  details.append(summary, textElement("p", isWhole ? text : `${text}…`));
  if (!isWhole) {
    details.append(textElement("p", "Open the study again to read the rest.", "unfinished-rest"));
  }
  return details;
}
