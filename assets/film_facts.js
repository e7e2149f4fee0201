// What is known of a film, written around it: technical facts, warnings, its windows by name.

const OTHER = { frontal: "lateral", lateral: "frontal" };

/** Of the film in this `view`; `told` is what the server says of all films, since the drafts rest on the other one as well. */
export function showFacts(find, view, film, told) {
  find(".corner-facts").textContent = film.facts_line;
  const rows = film.facts.flatMap(([name, fact]) => [textElement("dt", name), textElement("dd", fact)]);
  find(".film-facts dl").replaceChildren(...rows);
  find(".film-facts").hidden = false;
  const all = [...film.warnings, ...warningsOfTheOther(OTHER[view], told)].sort((one, next) => next.grave - one.grave);
  const warnings = find(".film-warnings");
  warnings.replaceChildren(...all.map(warningItem));
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

/** What may make the drafts mean nothing must not be out of sight with the film that it is said of. */
function warningsOfTheOther(view, told) {
  if (!told[view]?.warnings.some(({ grave }) => grave)) {
    return [];
  }
  return [{ sentence: `The drafts may mean nothing because of the ${view} film: see its warnings (L).`, grave: true }];
}

function warningItem({ sentence, grave }) {
  const item = textElement("li", sentence);
  item.classList.toggle("grave", grave);
  return item;
}

function textElement(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
