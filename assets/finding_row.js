// One finding: its likelihood as a bar with its interval and a threshold, its place, and the reader's verdict and side.

import { seconds } from "./colour_scale.js";
import { nameOfSide, sideThatCounts, signOfSide } from "./finding_side.js";
import { toldApart } from "./probabilities.js";
import { svgElement } from "./svg.js";
import { textElement } from "./text_element.js";

const VERDICTS = {
  confirmed: { sign: "✓", testid: "confirm", title: "Confirm: it is there (Y); press again to take it back" },
  rejected: { sign: "✕", testid: "reject", title: "Reject: it is not there (N); press again to take it back" },
};

export class FindingRow {
  /**
   * `onVerdict(verdict)` is called when the reader confirms or rejects the finding, or takes that back, and `onSide()` when they
   * want to choose its side.
   */
  constructor(finding, onVerdict, onSide) {
    this.finding = finding;
    this.onVerdict = onVerdict;
    this.verdict = "undecided";
    this.said = null;
    this.name = textElement("span", hyphenated(finding), "finding-name");
    this.name.title = finding;
    this.bar = textElement("span", "", "finding-bar");
    this.interval = textElement("span", "", "finding-interval");
    this.likelihood = textElement("span", "", "finding-likelihood");
    this.threshold = textElement("span", "", "finding-threshold");
    this.bar.append(this.interval, this.likelihood, this.threshold);
    this.number = textElement("span", "", "finding-number");
    this.place = textElement("span", "", "finding-place");
    this.where = textElement("span", "", "finding-where");
    this.more = textElement("span", "", "finding-more");
    this.gaze = textElement("span", "", "finding-gaze");
    this.gaze.title = "Gaze on its regions";
    this.seconds = textElement("span", "", "finding-seconds");
    this.gaze.append(eye(), this.seconds);
    this.place.append(this.gaze, this.where, this.more);
    this.sideButton = this.buttonOfSide(onSide);
    this.buttons = Object.entries(VERDICTS).map(([verdict, look]) => this.button(verdict, look));
    this.element = textElement("li", "", "finding");
    this.element.dataset.testid = "finding";
    this.element.dataset.finding = finding;
    this.element.setAttribute("role", "group");
    this.element.append(this.name, this.sideButton, ...this.buttons, this.bar, this.number, this.place);
  }

  button(verdict, { sign, testid, title }) {
    const button = textElement("button", sign, "finding-verdict");
    button.type = "button";
    button.title = title;
    button.dataset.testid = testid;
    button.dataset.verdict = verdict;
    button.setAttribute("aria-label", `${verdict === "confirmed" ? "Confirm" : "Reject"} ${this.finding.toLowerCase()}`);
    button.addEventListener("click", () => this.press(verdict));
    return button;
  }

  buttonOfSide(onSide) {
    const button = textElement("button", "", "finding-side");
    button.type = "button";
    button.dataset.testid = "side";
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", onSide);
    return button;
  }

  press(verdict) {
    this.onVerdict(this.verdict === verdict ? "undecided" : verdict);
  }

  /** Whether the Tab key stops here; the arrow keys reach every row. */
  setReachable(reachable) {
    for (const stop of [this.element, this.sideButton, ...this.buttons]) {
      stop.tabIndex = reachable ? 0 : -1;
    }
  }

  get isAbove() {
    return this.told.probability >= this.told.threshold;
  }

  /** After classifier and reader, whose word on it counts at once. */
  get isThere() {
    return { confirmed: true, rejected: false }[this.verdict] ?? this.told.is_there;
  }

  /** What reaches its threshold takes more room than the rest. */
  settle() {
    this.element.classList.toggle("above", this.isAbove);
  }

  /**
   * `told`: {probability, low, high, threshold, side, regions, gaze_seconds, verdict, said, may_have_side, is_there}; `side` is
   * the classifier's, `said` the reader's. It takes the room that it took until it settles.
   */
  show(told) {
    this.told = told;
    this.verdict = told.verdict;
    this.said = told.said ?? null;
    const { probability, low, high, threshold } = told;
    this.element.dataset.verdict = told.verdict;
    this.element.classList.toggle("there", this.isThere);
    this.element.setAttribute("aria-label", spoken(told, this.isAbove));
    this.likelihood.style.width = share(probability);
    this.interval.style.left = share(low);
    this.interval.style.width = share(high - low);
    this.threshold.style.left = share(threshold);
    const [number, least] = toldApart(probability, threshold);
    this.number.textContent = number;
    this.bar.title = `${number}, ${interval(told)}; counts from ${least} on`;
    this.showPlace(told);
    this.showSide(told);
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === told.verdict));
    }
  }

  /** R or L, as on a film; who says another side than the classifier sees it stand out. */
  showSide(told) {
    const counts = sideThatCounts(told);
    const who = this.said === null ? "as the classifier says" : "as you say";
    const label = `Side of ${this.finding.toLowerCase()}: ${nameOfSide(counts)}, ${who}`;
    this.sideButton.hidden = !told.may_have_side;
    this.sideButton.textContent = signOfSide(counts);
    this.sideButton.dataset.side = counts;
    this.sideButton.classList.toggle("said", this.said !== null);
    this.sideButton.setAttribute("aria-label", label);
    this.sideButton.title = `${label}. Say another one (Enter), which confirms it`;
  }

  /** One region, how many more there are, which no line parts from it, and the gaze on all of them. */
  showPlace(told) {
    const { regions, gaze_seconds: gaze } = told;
    this.place.title = regions.join(", ");
    this.where.textContent = place(told);
    const more = regions.length - (twinOf(told) ? 2 : 1);
    this.more.textContent = more > 0 ? `\u00a0+${more}` : "";
    this.gaze.hidden = regions.length === 0 || gaze === null;
    this.seconds.textContent = gaze === null ? "" : seconds(gaze);
  }
}

/** The one word that is longer than a narrow row, above all in bold, says where it may be parted. */
function hyphenated(finding) {
  return finding.replace("Cardiomediastinum", "Cardio\u00admediastinum");
}

function share(value) {
  return `${100 * value}%`;
}

function interval({ low, high }) {
  return `95 % interval ${low.toFixed(2)} to ${high.toFixed(2)}`;
}

function place({ side, said, regions }) {
  if (twinOf({ side, said, regions })) {
    const word = { both: "both: ", none: "" }[said];
    return short(regions[0].replace(/^(right|left) ?/, word ?? "either "));
  }
  const counts = said === "none" ? null : (said ?? side);
  const onSide = regions.find((region) => counts && region.startsWith(counts));
  return short(onSide ?? [counts, regions[0]].filter(Boolean).join(": "));
}

/** The region on the other side of the first one, where not one side is told: to name the first alone would tell one. */
function twinOf({ side, said, regions }) {
  const sides = { right: "left", left: "right" };
  const twin = regions[0]?.replace(/^(right|left)/, (word) => sides[word]);
  const isOnOne = ["right", "left"].includes(said ?? side);
  return !isOnOne && twin !== regions[0] && regions.includes(twin) ? twin : undefined;
}

/** On a chest film every zone is one of the lungs, and there is little room. */
function short(region) {
  return region.replace(" lung zone", " zone");
}

function eye() {
  const picture = svgElement("svg", { viewBox: "0 0 16 10", width: 13, height: 9, "aria-hidden": "true" });
  picture.append(svgElement("path", { d: "M1 5q7-8 14 0q-7 8-14 0z" }), svgElement("circle", { cx: 8, cy: 5, r: 1.8 }));
  return picture;
}

function spoken(told, isAbove) {
  const { finding, probability, threshold, side, said, regions, gaze_seconds: gaze, verdict } = told;
  const [number, least] = toldApart(probability, threshold);
  const likelihood = `${finding}: ${number}, ${interval(told)}, ${isAbove ? "above" : "below"} its threshold ${least}`;
  const looked = gaze === null ? "" : `, looked at for ${seconds(gaze)}`;
  const where = regions.length > 0 ? `${regions.join(", ")}${looked}` : null;
  const sides = said ? `${nameOfSide(said)} as you say` : side;
  return [likelihood, sides, where, verdict].filter(Boolean).join("; ");
}
