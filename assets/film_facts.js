// What is known of a film, written around it: technical facts, warnings, its windows by name.

export function showFacts(find, film) {
  find(".corner-facts").textContent = film.facts_line;
  const rows = film.facts.flatMap(([name, fact]) => [textElement("dt", name), textElement("dd", fact)]);
  find(".film-facts dl").replaceChildren(...rows);
  find(".film-facts").hidden = false;
  const warnings = find(".film-warnings");
  warnings.replaceChildren(...film.warnings.map(warningItem));
  warnings.hidden = film.warnings.length === 0;
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
