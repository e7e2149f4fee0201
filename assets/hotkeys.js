// The keys of the reading room, silent while someone types, and the dialog that explains them and the ways of writing.

import { isCurtainDrawn } from "./curtain.js";
import { isSwitchedOff, setUpSingleKeys } from "./single_keys.js";
import { WAYS } from "./ways_of_writing.js";

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
const OF_THE_FILM = [...ARROWS, " ", "Enter", "Delete", "Backspace"];
const WRITTEN_WITH_ALT = ["[", "]"]; // on many keyboards only with AltGr, told as Ctrl and Alt, or with Option, told as Alt
const MAY_BE_HELD = [...ARROWS, "+", "=", "-"]; // any other would switch to and fro, or ask for more than is meant

const actions = new Map(); // key -> those that may answer it
const steps = [];

const KEYS = [
  ["Window", [
    ["1", "The film's own window; where it has none, one that fits it"],
    ["2 3 4 5", "Full range, lungs, mediastinum, bones"],
    ["6 … 9", "Further windows of the film"],
    ["I", "Swap black and white"],
    ["Shift arrows", "Change the window, as dragging does"],
    ["W", "Dragging changes the window (right: wider; down: darker; left and up: the reverse)"],
  ]],
  ["Place", [
    ["P", "Dragging moves the film (also: right button, or Shift and drag)"],
    ["+ −", "Zoom (also: wheel, and = for +)"],
    ["← ↑ → ↓", "Move the film"],
    ["F", "Show the whole film"],
    ["R", "The film's own window, the whole film"],
    ["L", "Change between frontal and lateral"],
    ["V", "Take gaze and words off the film, and put them back (lengths stay while the ruler is in hand)"],
  ]],
  ["Ruler", [
    ["M", "Measure lengths and angles: drag from point to point; an end can be moved, and so can the whole line"],
    ["Space, Enter", "Show the ruler's point, begin a line there, and end it"],
    [", .", "Choose the length before or after, for the arrows to move"],
    ["← ↑ → ↓", "Move the point, once it is shown, or the length that was chosen by key"],
    ["Delete", "Remove the last length, or the one that was chosen by a click (also: Backspace)"],
    ["Escape", "End what is being drawn, or let go of a length; where there is neither, put the ruler away"],
    ["Ctrl Z", "Undo while the ruler is in hand; Ctrl Shift Z redoes"],
  ]],
  ["Gaze", [
    ["S", "Scanpath on or off"],
    ["H", "Heatmap on or off"],
    ["Space", "Play or pause the scanpath"],
    ["O", "Other readers, as faint paths"],
    ["Q", "Ask where a reader would look for something"],
  ]],
  ["Gaze by hand", [
    ["D", "Edit the gaze, which shows it: click adds, dragging moves, the wheel on a fixation changes its time"],
    ["B", "Look here: paint over a region, with the mouse or by key"],
    ["A", "Add a fixation under the mouse, or in the middle"],
    [", .", "Choose the fixation before or after"],
    ["[ ]", "Let the chosen fixation come earlier or later"],
    ["← ↑ → ↓", "Move the chosen fixation, or the brush of “look here”"],
    ["Space, Enter", "Put the brush down, and lift it: what it went over is then looked at"],
    ["Delete", "Remove the chosen fixation (also: Backspace)"],
    ["Escape", "Let go of the fixation; where none is chosen, put Edit or “look here” away"],
    ["Ctrl Z", "Undo on the film"],
    ["Ctrl Shift Z", "Redo on the film (also: Ctrl Y)"],
  ]],
  ["Findings", [
    ["C", "Go to the findings (what the classifier gives)"],
    ["↑ ↓", "The finding before or after (also: Home and End, the first and the last)"],
    ["Y", "Confirm the finding, or take that back; the drafts are written again"],
    ["N", "Reject the finding, or take that back"],
    ["Enter", "Say its side: R right, L left, B both, N none, A as the classifier says; this confirms it"],
  ]],
  ["Report", [
    ["T", "Go to the indication; Enter writes the drafts again, Escape leaves it"],
    ["G", "Write the drafts again, with the gaze on the film"],
    ["X", "Stop writing"],
    ["U", "Pressed twice: show what the machine says of a film that you read first"],
    ["E", "Go to the edit box, or to what begins an edit; Escape leaves it"],
    ["Ctrl Enter", "Submit the report, from its text or from its reasons"],
    ["Ctrl Z", "Undo in the edit box"],
    ["Ctrl Shift Z", "Redo in the edit box (also: Ctrl Y)"],
  ]],
  ["Ways of writing", WAYS.map(({ name, meaning }) => [name, meaning])],
  ["Help", [["?", "This list"]]],
];

/**
 * Let `action` answer `key` (as in KeyboardEvent.key, letters in lower case). One that returns false, as where its tool is not in
 * hand, leaves it to the next.
 */
export function onKey(key, action) {
  actions.set(key, [...(actions.get(key) ?? []), action]);
}

/**
 * Let `take` answer what asks for a step, "undo" or "redo", wherever the focus is but where text is typed. Where it returns
 * false, it leaves that to the next.
 */
export function onStep(take) {
  steps.push(take);
}

export function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=range]):not([type=file])"))
  );
}

/** The step that a key asks for wherever something can be taken back: "undo", "redo", or null for neither. */
export function stepAskedBy(event) {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== "z" && key !== "y")) {
    return null;
  }
  return key === "y" || event.shiftKey ? "redo" : "undo";
}

/** Keys that the focused control itself answers: Space on a button, the arrows on a slider, but not Space on a slider. */
function belongsToControl(event) {
  const control = event.target instanceof Element && event.target.closest("button, summary, a, label, input, [role=radio]");
  if (!control) {
    return false;
  }
  const isSlider = control.matches("input[type=range]");
  const pressed = (event.key === " " || event.key === "Enter") && !isSlider;
  const slides = (isSlider || control.matches("input[type=radio]")) && event.key.startsWith("Arrow");
  return pressed || slides;
}

/** What scrolls elsewhere on the page is scrolled by these keys, and nobody who reads there means the gaze. */
function belongsToText({ key, target }) {
  const isOnFilm = target === document.body || (target.closest?.(".viewer") && !target.closest(".refusal"));
  return OF_THE_FILM.includes(key) && !isOnFilm;
}

/** With Ctrl, Alt or Command, which here do not write a sign. */
function isShortcut(event) {
  const writes = WRITTEN_WITH_ALT.includes(event.key) && (event.getModifierState("AltGraph") || !event.ctrlKey);
  return event.metaKey || (!writes && (event.ctrlKey || event.altKey));
}

function answer(event) {
  if (isElsewhere(event) || isSwitchedOff(event) || isShortcut(event)) {
    return;
  }
  if (isTyping(event.target) || belongsToControl(event) || belongsToText(event)) {
    return;
  }
  const ofThisKey = actions.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (ofThisKey) {
    event.preventDefault();
    if (!event.repeat || MAY_BE_HELD.includes(event.key)) {
      ofThisKey.some((action) => action(event) !== false);
    }
  }
}

/** A list is chosen from, and not typed in: what was done to the film can be taken back from there. */
function takeStep(event) {
  const step = stepAskedBy(event);
  const isInText = isTyping(event.target) && !event.target.matches("select");
  if (step && !isElsewhere(event) && !isInText && steps.some((take) => take(step) !== false)) {
    event.preventDefault();
  }
}

function isElsewhere(event) {
  return event.defaultPrevented || isCurtainDrawn() || document.querySelector("dialog[open]") !== null;
}

document.addEventListener("keydown", answer);
document.addEventListener("keydown", takeStep);

/** Fill the help dialog from the table above and let `?` and the button open it. */
export function setUpHelp(dialog, button) {
  const groups = KEYS.map(([title, keys]) => {
    const section = document.createElement("section");
    const heading = document.createElement("h3");
    heading.textContent = title;
    const list = document.createElement("dl");
    for (const [key, meaning] of keys) {
      const term = document.createElement("dt");
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap);
      const explanation = document.createElement("dd");
      explanation.textContent = meaning;
      list.append(term, explanation);
    }
    section.append(heading, list);
    return section;
  });
  dialog.querySelector("[data-role=keys]").replaceChildren(...groups);
  setUpSingleKeys(dialog.querySelector("[data-role=single-keys]"));
  const open = () => dialog.showModal();
  button.addEventListener("click", open);
  button.disabled = false;
  onKey("?", open);
}
