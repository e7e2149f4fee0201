// What is known of a film, written around it: technical facts, warnings, its windows by name.

import { chooseRemedy } from "./remedies.js";
import { textElement } from "./text_element.js";

const OTHER = { frontal: "lateral", lateral: "frontal" };

/** Of the film in this `view`; `told` is what the server says of all films, since the drafts rest on the other one as well. */
export function showFacts(find, view, film, told) {
  find(".corner-facts").textContent = film.facts_line;
  const rows = film.facts.flatMap(([name, fact]) => [textElement("dt", name), textElement("dd", fact)]);
  find(".film-facts dl").replaceChildren(...rows);
  find(".film-facts").hidden = false;
  const own = told[view].warnings; // a film that has come since may have changed what is said of this one
  const all = [...own, ...warningsOfTheOther(OTHER[view], told, own)].sort((one, next) => next.grave - one.grave);
  const warnings = find(".film-warnings");
  if (warnings.contains(document.activeElement)) {
    find(".stage").focus({ preventScroll: true }); // the button that had it goes
  }
  warnings.replaceChildren(...all.map((one) => warningItem(one, view, told)));
  warnings.hidden = all.length === 0;
}

export function hideFacts(find) {
  find(".corner-facts").textContent = "";
  find(".corner-window").textContent = "";
  find("[data-role=presets]").replaceChildren(new Option("Window"));
  find(".film-facts").hidden = true;
  find(".film-warnings").hidden = true;
}

export function fillPresets(find, film) {
  const options = film.presets.map((window, index) => new Option(`${index + 1}  ${window.name}`, index));
  const byHand = new Option("By hand", "by-hand");
  byHand.hidden = true;
  find("[data-role=presets]").replaceChildren(...options, byHand);
}

/**
 * What may make the drafts mean nothing must not be out of sight with the film that it is said of; `said` are in sight anyway.
 */
function warningsOfTheOther(view, told, said) {
  const isSaid = (sentence) => said.some((one) => one.sentence === sentence);
  if (!told[view]?.warnings.some(({ grave, sentence }) => grave && !isSaid(sentence))) {
    return [];
  }
  return [{ sentence: `The drafts may mean nothing because of the ${view} film: see its warnings (L).`, grave: true }];
}

function warningItem({ sentence, grave, remedy }, view, told) {
  const item = textElement("li", sentence);
  item.classList.toggle("grave", grave);
  if (remedy) {
    item.append(" ", remedyButton(remedy, view, told));
  }
  return item;
}

/** What mends the cause of a warning, by the server's name for it. */
const REMEDIES = {
  exchange: { event: "films_exchanged", label: "Exchange the two films" },
  "exchange back": { event: "films_exchanged", label: "Exchange them back" },
  invert: { event: "film_inverted", label: "Invert it for the drafts too" },
};

function remedyButton(remedy, view, told) {
  const { event, label } = REMEDIES[remedy];
  const button = textElement("button", label);
  button.type = "button";
  button.dataset.testid = "remedy";
  button.title = "Gaze and drafts are written anew; pressed once more, it is as it was.";
  button.addEventListener("click", () => chooseRemedy(event, told, { which: view }));
  return button;
}
