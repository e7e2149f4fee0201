// The findings beside the film: likelihood and place of each, what the reader says of it, and where the texts disagree.

import { answerCame, awaitAnswer } from "./awaited_answers.js";
import { clamp } from "./clamp.js";
import { seconds } from "./colour_scale.js";
import { FindingRow } from "./finding_row.js";
import { SideChoice } from "./finding_side.js";
import { Folding } from "./folding.js";
import { onceStudyIsForgotten, tellThatStudyIsForgotten, wordsOnForgottenStudy } from "./forgotten_study.js";
import { onKey } from "./hotkeys.js";
import { say } from "./live_words.js";
import { toldApart } from "./probabilities.js";
import { secondsWithin } from "./region_gaze.js";
import { onGazeShown, shownDurations } from "./shown_gaze.js";
import { isSwitchedOff } from "./single_keys.js";
import { textElement } from "./text_element.js";

const FOLDING = { open: "Fold the findings away", folded: "Show the findings (C)" };

export function mount(element, { trigger, watch, props }) {
  const panel = new FindingsPanel(element, trigger);
  watch("value", () => panel.update(props.value));
  panel.update(props.value);
  onGazeShown(() => panel.gazeChanged());
  onceStudyIsForgotten(() => panel.forgotten());
  onKey("c", () => {
    panel.folding.fold(false);
    panel.current?.element.focus();
  });
}

class FindingsPanel {
  constructor(element, trigger) {
    this.find = (selector) => element.querySelector(selector);
    this.trigger = trigger;
    this.list = this.find("[data-role=list]");
    this.folding = new Folding(this.find(".findings"), this.find("[data-action=fold]"), "findings", FOLDING);
    this.sides = new SideChoice(this.find(".findings"));
    this.rows = new Map();
    this.sent = 0;
    this.written = 0;
    this.list.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("focusin", (event) => this.focused(event));
    this.list.addEventListener("focusout", () => this.point());
    this.list.addEventListener("pointerleave", () => this.left());
  }

  /** The one row that the Tab key reaches. */
  get current() {
    return [...this.rows.values()].find((row) => row.element.tabIndex === 0);
  }

  /**
   * `value`: {state, sentence, film, findings, regions, incidental, attention, disagreements, judged, failure, number}, the
   * likeliest finding first.
   */
  update(value) {
    if (value.number < this.value?.number) {
      return; // of an earlier moment: its answer was overtaken
    }
    if (value.film === null && this.value?.film) {
      tellThatStudyIsForgotten();
      return;
    }
    if (value.film !== this.value?.film) {
      this.sent = 0;
      this.written = 0;
      this.hovered = undefined;
      this.sides.close();
    }
    this.value = value;
    this.verdictsCame();
    const section = this.find(".findings");
    section.dataset.state = value.state;
    this.keepStill(() => {
      this.say(value.failure ?? value.sentence, value.failure !== null);
      this.showRows(value.findings);
      this.showIncidental(value.incidental);
      this.showDisagreements(value.disagreements);
    });
    this.showCount();
    this.point();
  }

  say(sentence, failed) {
    const word = this.find("[data-role=word]");
    say(word, sentence);
    word.classList.toggle("failed", failed);
  }

  /** A verdict that was on its way is not kept, and does not look as if it were. */
  forgotten() {
    if (this.value.judged < this.sent) {
      this.sent = this.value.judged;
      this.say(wordsOnForgottenStudy(), true);
      this.showRows(this.value.findings);
      this.showCount();
    }
    answerCame("verdicts");
  }

  /** Drafts that are written again may come with other probabilities: no row changes places under the pointer for that. */
  showRows(findings) {
    const staysPut = this.hovered && this.rows.size === findings.length;
    if (!staysPut) {
      this.order(findings);
    }
    for (const told of findings) {
      // What the reader has just pressed stands until the server has answered it.
      const answered = this.value.judged >= this.sent;
      const row = this.rows.get(told.finding);
      const { verdict, said } = answered ? told : row;
      row.show({ ...told, gaze_seconds: this.gazeOn(told), verdict, said });
    }
    if (!staysPut) {
      this.settle();
    }
  }

  order(findings) {
    const order = findings.map(({ finding }) => finding);
    if (order.join() !== [...this.rows.keys()].join()) {
      const focused = this.focusedRow?.finding;
      const held = document.activeElement; // the row itself, or one of its buttons
      this.rows = new Map(order.map((finding) => [finding, this.rows.get(finding) ?? this.newRow(finding)]));
      this.list.replaceChildren(...[...this.rows.values()].map((row) => row.element));
      this.makeCurrent(this.rows.get(focused) ?? [...this.rows.values()][0]);
      if (focused) {
        held.focus({ preventScroll: true });
      }
    }
  }

  settle() {
    for (const row of this.rows.values()) {
      row.settle();
    }
  }

  /** What comes and goes below takes its room from the list, which, scrolled down, would slide under the pointer. */
  keepStill(change) {
    const { scrollTop } = this.list;
    change();
    const slid = scrollTop - this.list.scrollTop;
    if (this.hovered && slid > 0) {
      this.list.style.paddingBottom = `${parseFloat(getComputedStyle(this.list).paddingBottom) + slid}px`;
      this.list.scrollTop = scrollTop;
    }
  }

  /**
   * Seconds on its regions of the gaze that is on the film, steered perhaps since the classifiers heard of it; null where there
   * is none, as on a lateral film.
   */
  gazeOn({ regions, gaze_seconds: heard }) {
    const boxes = this.boxesOf(regions);
    const durations = shownDurations();
    return boxes.length > 0 && durations.length > 0 ? secondsWithin(boxes, durations) : heard || null;
  }

  /** None on a lateral film. */
  boxesOf(regions) {
    return regions.map((region) => this.value.regions[region]).filter(Boolean);
  }

  gazeChanged() {
    for (const row of this.rows.values()) {
      row.show({ ...row.told, gaze_seconds: this.gazeOn(row.told) });
    }
    this.point();
  }

  newRow(finding) {
    const row = new FindingRow(
      finding,
      (verdict) => this.judge(row, verdict),
      () => this.chooseSide(row),
    );
    row.element.addEventListener("pointerenter", () => this.hover(row));
    return row;
  }

  /** What is still seen of the panel when it is folded away. */
  showCount() {
    const count = this.find("[data-role=count]");
    const rows = [...this.rows.values()];
    count.textContent = rows.length > 0 ? `${rows.filter((row) => row.isThere).length} of ${rows.length}` : "";
    count.title = "How many are there: by your word where you gave it, else by the classifier";
  }

  showIncidental(incidental) {
    this.find("[data-role=incidental]").hidden = incidental.length === 0;
    this.find("[data-role=incidental-list]").replaceChildren(...incidental.map(incidentalFinding));
  }

  /** They come with every save, and are spoken. */
  showDisagreements(disagreements) {
    const told = JSON.stringify(disagreements);
    if (told === this.toldDisagreements) {
      return;
    }
    this.toldDisagreements = told;
    this.find(".findings").classList.toggle("disagrees", disagreements.length > 0);
    this.find("[data-role=disagreements]").hidden = disagreements.length === 0;
    this.find("[data-role=sentences]").replaceChildren(...disagreements.map(disagreement));
  }

  /** The button that opens the list closes it as well. */
  chooseSide(row) {
    if (this.sides.isOpen && this.sides.button === row.sideButton) {
      this.sides.close();
    } else if (row.told.may_have_side) {
      this.sides.open(row, (said) => this.sideChosen(row, said));
    }
  }

  /** Who says a side confirms the finding, also the classifier's; what stands already is not said again. */
  sideChosen(row, said) {
    if (said !== row.said || row.verdict !== "confirmed") {
      this.judge(row, "confirmed", said);
    }
  }

  /** `said` is the side on which the reader sees what they confirm, null where that is as the classifier says. */
  judge(row, verdict, said = null) {
    row.show({ ...row.told, verdict, said });
    this.showCount();
    this.sent += 1;
    awaitAnswer("verdicts");
    this.trigger("finding_judged", { finding: row.finding, verdict, side: said, film: this.value.film, sequence: this.sent });
  }

  /** Verdicts that were kept make the server write the drafts again. */
  verdictsCame() {
    const { judged, failure } = this.value;
    if (judged === this.sent) {
      answerCame("verdicts");
      if (judged > this.written && failure === null) {
        awaitAnswer("drafts");
        document.dispatchEvent(new CustomEvent("verdict-kept"));
      }
      this.written = judged;
    }
  }

  // --- which finding is pointed at --------------------------------------------------------------------------------

  get focusedRow() {
    return [...this.rows.values()].find((row) => row.element.contains(document.activeElement));
  }

  hover(row) {
    this.hovered = row;
    this.point();
  }

  /** What had to stay as it was under the pointer is put right. */
  left() {
    this.hover(undefined);
    this.order(this.value.findings);
    this.settle();
    this.list.style.paddingBottom = "";
  }

  focused(event) {
    this.makeCurrent([...this.rows.values()].find((row) => row.element.contains(event.target)));
    this.point();
  }

  makeCurrent(chosen) {
    for (const row of this.rows.values()) {
      row.setReachable(row === chosen);
    }
  }

  /** Let the film show where the finding under the pointer, or else the focused one, is to be seen. */
  point() {
    const focused = document.activeElement.matches(":focus-visible") ? this.focusedRow : undefined; // by keyboard
    const row = this.hovered ?? focused;
    const detail = row ? this.place(row.told) : null;
    document.dispatchEvent(new CustomEvent("finding-pointed", { detail }));
  }

  place({ finding, side, said, regions, gaze_seconds: gaze }) {
    const looked = gaze === null ? "" : `${seconds(gaze)} of gaze on `;
    const where = regions.length > 0 ? `${looked}${regions.join(", ")}` : "no place of its own";
    const boxes = this.boxesOf(regions);
    const outlined = boxes.length > 0 ? ". Outlined: its regions" : "";
    const attention = this.value.attention[finding] ?? []; // none where nothing is found
    const aside = side && !said ? "; another one tells the side" : ""; // it need not be where most of the blue is
    const shaded = attention.length > 0 ? `. Shaded blue: what the classifiers looked at${aside}` : "";
    return { boxes, attention, sentence: `${finding}: ${where}${outlined}${shaded}` };
  }

  pressed(event) {
    const rows = [...this.rows.values()];
    const at = rows.indexOf(this.focusedRow);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || isSwitchedOff(event) || at < 0) {
      return;
    }
    if (next !== undefined) {
      event.preventDefault();
      rows[clamp(next, 0, rows.length - 1)].element.focus();
    } else if (event.key.toLowerCase() === "y" || event.key.toLowerCase() === "n") {
      event.preventDefault();
      if (!event.repeat) {
        rows[at].press(event.key.toLowerCase() === "y" ? "confirmed" : "rejected");
      }
    } else if (event.key === "Enter" && event.target === rows[at].element) {
      event.preventDefault();
      if (!event.repeat) {
        this.chooseSide(rows[at]);
      }
    }
  }
}

/** What is likely enough is mentioned by the drafts; nobody confirms or rejects it here. */
function incidentalFinding({ finding, probability, mentioned }) {
  const item = document.createElement("li");
  item.classList.toggle("above", mentioned);
  item.title = mentioned ? "Likely enough: the drafts mention it" : "Not likely enough to be mentioned";
  item.append(finding, textElement("span", probability.toFixed(2), "finding-number"));
  return item;
}

/** `threshold` is null where the reader's own word stands against the text. */
function disagreement({ texts, sentence, probability, threshold }) {
  const item = document.createElement("li");
  const counts = threshold === null ? [] : [`Counts from ${toldApart(probability, threshold)[1]} on`];
  item.append(`${sentence} `, textElement("span", [...counts, texts.join(", ")].join(" · ")));
  return item;
}
